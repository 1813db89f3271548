package com.tatame.billing.stripe;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.stripe.param.CustomerListParams;
import com.stripe.param.EventListParams;
import com.stripe.param.InvoiceListParams;
import com.stripe.param.PaymentIntentListParams;
import com.stripe.param.RefundListParams;
import com.stripe.param.SetupIntentListParams;
import com.stripe.param.SubscriptionListParams;
import com.stripe.param.SubscriptionScheduleListParams;
import com.stripe.param.checkout.SessionListParams;
import com.tatame.billing.command.CommandTraces;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** Looks through lists for what a command did. */
final class StripeTraces implements CommandTraces {
  private static final long PAGE = 100;

  private final StripeCalls calls;

  StripeTraces(StripeCalls calls) {
    this.calls = calls;
  }

  @Override
  public Optional<ObjectRef> made(
      ObjectKind kind, Optional<String> owner, String commandId, Instant since) {
    return first(
            Shapes.name(kind) + ".list",
            after -> list(kind, owner, since.getEpochSecond(), after),
            object -> text(object, "metadata", Metadata.COMMAND)
                .filter(commandId::equals)
                .isPresent())
        .flatMap(Shapes::id)
        .map(id -> new ObjectRef(kind, id));
  }

  @Override
  public Optional<ObjectRef> changed(ObjectKind kind, String idempotencyKey, Instant since) {
    List<String> types = EventTypes.of(kind);
    return first(
            "events.list",
            after -> events(types, since.getEpochSecond(), after),
            event -> text(event, "request", "idempotency_key")
                .filter(key -> key.equals(idempotencyKey) || key.startsWith(idempotencyKey + ":"))
                .isPresent())
        .flatMap(event -> child(event, "data"))
        .flatMap(data -> child(data, "object"))
        .flatMap(Shapes::id)
        .map(id -> new ObjectRef(kind, id));
  }

  private Optional<JsonObject> first(
      String operation,
      Function<Optional<String>, StripeCalls.Call> page,
      Predicate<JsonObject> isIt) {
    return StripePages.first(
        calls,
        operation,
        page,
        (answer, objects) -> objects.stream().filter(isIt).findFirst());
  }

  private static Optional<String> text(JsonObject object, String child, String name) {
    return child(object, child)
        .map(within -> within.get(name))
        .filter(JsonElement::isJsonPrimitive)
        .map(JsonElement::getAsString);
  }

  private static Optional<JsonObject> child(JsonObject object, String name) {
    return Optional.ofNullable(object.get(name))
        .filter(JsonElement::isJsonObject)
        .map(JsonElement::getAsJsonObject);
  }

  private static StripeCalls.Call events(List<String> types, long since, Optional<String> after) {
    EventListParams.Builder params = EventListParams.builder()
        .setLimit(PAGE)
        .setCreated(EventListParams.Created.builder().setGte(since).build())
        .addAllType(types);
    after.ifPresent(params::setStartingAfter);
    return client -> client.v1().events().list(params.build());
  }

  private static StripeCalls.Call list(
      ObjectKind kind, Optional<String> owner, long since, Optional<String> after) {
    return switch (kind) {
      case CUSTOMER -> customers(since, after);
      case CHECKOUT_SESSION -> checkoutSessions(named(kind, owner), since, after);
      case SUBSCRIPTION -> subscriptions(named(kind, owner), since, after);
      case INVOICE -> invoices(named(kind, owner), since, after);
      case PAYMENT_INTENT -> paymentIntents(named(kind, owner), since, after);
      case SETUP_INTENT -> setupIntents(named(kind, owner), since, after);
      case SUBSCRIPTION_SCHEDULE -> schedules(named(kind, owner), since, after);
      case REFUND -> refunds(named(kind, owner), since, after);
      case PRODUCT,
          PRICE,
          PAYMENT_METHOD,
          INVOICE_PAYMENT,
          DISPUTE,
          COUPON,
          PROMOTION_CODE,
          TAX_ID ->
        throw new IllegalArgumentException("no " + Shapes.name(kind) + " carries a command");
    };
  }

  private static StripeCalls.Call customers(long since, Optional<String> after) {
    CustomerListParams.Builder params = CustomerListParams.builder()
        .setLimit(PAGE)
        .setCreated(CustomerListParams.Created.builder().setGte(since).build());
    after.ifPresent(params::setStartingAfter);
    return client -> client.v1().customers().list(params.build());
  }

  private static StripeCalls.Call checkoutSessions(
      String customer, long since, Optional<String> after) {
    SessionListParams.Builder params = SessionListParams.builder()
        .setLimit(PAGE)
        .setCustomer(customer)
        .setCreated(SessionListParams.Created.builder().setGte(since).build());
    after.ifPresent(params::setStartingAfter);
    return client -> client.v1().checkout().sessions().list(params.build());
  }

  private static StripeCalls.Call subscriptions(
      String customer, long since, Optional<String> after) {
    SubscriptionListParams.Builder params = SubscriptionListParams.builder()
        .setLimit(PAGE)
        .setCustomer(customer)
        .setStatus(SubscriptionListParams.Status.ALL)
        .setCreated(SubscriptionListParams.Created.builder().setGte(since).build());
    after.ifPresent(params::setStartingAfter);
    return client -> client.v1().subscriptions().list(params.build());
  }

  private static StripeCalls.Call invoices(String customer, long since, Optional<String> after) {
    InvoiceListParams.Builder params = InvoiceListParams.builder()
        .setLimit(PAGE)
        .setCustomer(customer)
        .setCreated(InvoiceListParams.Created.builder().setGte(since).build());
    after.ifPresent(params::setStartingAfter);
    return client -> client.v1().invoices().list(params.build());
  }

  private static StripeCalls.Call paymentIntents(
      String customer, long since, Optional<String> after) {
    PaymentIntentListParams.Builder params = PaymentIntentListParams.builder()
        .setLimit(PAGE)
        .setCustomer(customer)
        .setCreated(PaymentIntentListParams.Created.builder().setGte(since).build());
    after.ifPresent(params::setStartingAfter);
    return client -> client.v1().paymentIntents().list(params.build());
  }

  private static StripeCalls.Call setupIntents(
      String customer, long since, Optional<String> after) {
    SetupIntentListParams.Builder params = SetupIntentListParams.builder()
        .setLimit(PAGE)
        .setCustomer(customer)
        .setCreated(SetupIntentListParams.Created.builder().setGte(since).build());
    after.ifPresent(params::setStartingAfter);
    return client -> client.v1().setupIntents().list(params.build());
  }

  private static StripeCalls.Call schedules(String customer, long since, Optional<String> after) {
    SubscriptionScheduleListParams.Builder params = SubscriptionScheduleListParams.builder()
        .setLimit(PAGE)
        .setCustomer(customer)
        .setCreated(
            SubscriptionScheduleListParams.Created.builder().setGte(since).build());
    after.ifPresent(params::setStartingAfter);
    return client -> client.v1().subscriptionSchedules().list(params.build());
  }

  private static StripeCalls.Call refunds(String payment, long since, Optional<String> after) {
    RefundListParams.Builder params = RefundListParams.builder()
        .setLimit(PAGE)
        .setPaymentIntent(payment)
        .setCreated(RefundListParams.Created.builder().setGte(since).build());
    after.ifPresent(params::setStartingAfter);
    return client -> client.v1().refunds().list(params.build());
  }

  private static String named(ObjectKind kind, Optional<String> owner) {
    return owner.orElseThrow(
        () -> new IllegalArgumentException("whose " + Shapes.name(kind) + "?"));
  }
}
