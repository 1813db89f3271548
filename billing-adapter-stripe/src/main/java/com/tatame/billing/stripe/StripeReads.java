package com.tatame.billing.stripe;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.stripe.param.SubscriptionRetrieveParams;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ProviderUnavailable.Execution;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads single objects and whole lists, and makes observations of what calls answer. */
final class StripeReads implements ObjectReads {
  /** Without it Stripe names a subscription's discounts only by their ids. */
  static final String DISCOUNTS = "discounts.source.coupon";

  /** Without it a subscription names its prices in their default currency alone. */
  static final String CURRENCIES = "items.data.price.currency_options";

  private final StripeCalls calls;

  StripeReads(StripeCalls calls) {
    this.calls = calls;
  }

  @Override
  public Observation read(ObjectRef object, SubjectId subject) {
    String operation = Shapes.name(object.kind()) + ".read";
    return observation(object, subject, calls.read(operation, retrieve(object)));
  }

  /**
   * What a mutation answered, as a read. A replayed answer is what was true when the mutation was
   * first executed, so the object is read again; so is one whose answer leaves something out that
   * must be asked for.
   */
  Observation answered(String operation, ObjectKind kind, StripeResult answer) {
    JsonObject body = answer.body().orElseThrow(() -> senseless(operation));
    ObjectRef ref = ref(operation, kind, body);
    SubjectId subject = Shapes.subject(ref, body).orElseGet(() -> new SubjectId(ref.id()));
    if (answer.replayed()) {
      return afterwards(operation, ref, subject);
    }
    Observation answered = observation(ref, subject, answer);
    return answered.content() instanceof Observation.Unreadable
        ? afterwards(operation, ref, subject)
        : answered;
  }

  /**
   * The object that another one names, read together with it.
   *
   * @throws NotFound if it names none yet
   */
  Observation named(String operation, ObjectKind kind, String field, StripeResult answer) {
    JsonElement named = answer.body().orElseThrow(() -> senseless(operation)).get(field);
    if (named == null || !named.isJsonObject()) {
      throw new NotFound(Shapes.name(kind), "none is named yet");
    }
    JsonObject body = named.getAsJsonObject();
    ObjectRef ref = ref(operation, kind, body);
    SubjectId subject = Shapes.subject(ref, body).orElseGet(() -> new SubjectId(ref.id()));
    return present(ref, subject, body, answer.asOf());
  }

  /** A read after a mutation. If it fails, that must not look as if nothing had been executed. */
  Observation afterwards(String operation, ObjectRef ref, SubjectId subject) {
    try {
      return read(ref, subject);
    } catch (ProviderUnavailable e) {
      throw unknown(operation + " was executed before, but can't be followed up now.", e);
    }
  }

  static ProviderUnavailable unknown(String message, ProviderUnavailable cause) {
    Execution execution = cause.execution() == Execution.REPLAYED_FAILURE
        ? Execution.REPLAYED_FAILURE
        : Execution.UNKNOWN;
    return new ProviderUnavailable(execution, cause.retryAfter(), message, cause);
  }

  /**
   * All objects of a list, page by page.
   *
   * @param page the call for the page after this id, or for the first
   */
  List<Observation> all(
      String operation, ObjectKind kind, Function<Optional<String>, StripeCalls.Call> page) {
    List<Observation> all = new ArrayList<>();
    StripePages.each(
        calls,
        operation,
        page,
        (answer, bodies) -> all.addAll(listed(operation, kind, answer, bodies)));
    return List.copyOf(all);
  }

  /** The objects of one page of a list. */
  List<Observation> page(String operation, ObjectKind kind, StripeCalls.Call call) {
    StripeResult answer = calls.send(operation, call);
    JsonObject list = answer.body().orElseThrow(() -> senseless(operation));
    return listed(operation, kind, answer, StripePages.objects(operation, list));
  }

  private static List<Observation> listed(
      String operation, ObjectKind kind, StripeResult answer, List<JsonObject> bodies) {
    return bodies.stream()
        .map(body -> {
          ObjectRef ref = ref(operation, kind, body);
          return present(ref, new SubjectId(ref.id()), body, answer.asOf());
        })
        .toList();
  }

  static Observation observation(ObjectRef ref, SubjectId subject, StripeResult answer) {
    return answer
        .live()
        .filter(body -> !Shapes.gone(ref.kind(), body))
        .map(body -> present(ref, subject, body, answer.asOf()))
        .orElseGet(() -> Observation.absent(ref, subject, answer.asOf()));
  }

  private static Observation present(
      ObjectRef ref, SubjectId believed, JsonObject body, Instant asOf) {
    try {
      return Observation.read(Shapes.read(ref.kind(), body), asOf);
    } catch (UnreadableShape e) {
      return new Observation(
          ref,
          Shapes.subject(ref, body).orElse(believed),
          Observation.Source.READ,
          asOf,
          new Observation.Unreadable(e.reason()),
          Optional.empty());
    }
  }

  private static ObjectRef ref(String operation, ObjectKind kind, JsonObject body) {
    return new ObjectRef(kind, Shapes.id(body).orElseThrow(() -> senseless(operation)));
  }

  /** What was read from an answer, which is none of Stripe's if it can't be. */
  static <T> T understood(String operation, Supplier<T> read) {
    try {
      return read.get();
    } catch (UnreadableShape e) {
      throw senseless(operation);
    }
  }

  static ProviderUnavailable senseless(String operation) {
    return new ProviderUnavailable(
        Execution.UNKNOWN,
        Duration.ofMinutes(1),
        "The answer to " + operation + " is not what Stripe documents.");
  }

  private static StripeCalls.Call retrieve(ObjectRef object) {
    String id = object.id();
    SubscriptionRetrieveParams whole = SubscriptionRetrieveParams.builder()
        .addExpand(DISCOUNTS)
        .addExpand(CURRENCIES)
        .build();
    return switch (object.kind()) {
      case CUSTOMER -> client -> client.v1().customers().retrieve(id);
      case SUBSCRIPTION -> client -> client.v1().subscriptions().retrieve(id, whole);
      case INVOICE -> client -> client.v1().invoices().retrieve(id);
      case CHECKOUT_SESSION -> client -> client.v1().checkout().sessions().retrieve(id);
      case PRODUCT -> client -> client.v1().products().retrieve(id);
      case PRICE -> client -> client.v1().prices().retrieve(id);
      case PAYMENT_METHOD -> client -> client.v1().paymentMethods().retrieve(id);
      case PAYMENT_INTENT -> client -> client.v1().paymentIntents().retrieve(id);
      case SETUP_INTENT -> client -> client.v1().setupIntents().retrieve(id);
      case INVOICE_PAYMENT -> client -> client.v1().invoicePayments().retrieve(id);
      case REFUND -> client -> client.v1().refunds().retrieve(id);
      case DISPUTE -> client -> client.v1().disputes().retrieve(id);
      case COUPON -> client -> client.v1().coupons().retrieve(id);
      case PROMOTION_CODE -> client -> client.v1().promotionCodes().retrieve(id);
      case TAX_ID -> client -> client.v1().taxIds().retrieve(id);
      case SUBSCRIPTION_SCHEDULE ->
        client -> client.v1().subscriptionSchedules().retrieve(id);
    };
  }
}
