package com.tatame.billing.http;

import static com.tatame.billing.http.Access.ADMINISTRATOR;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.IDEMPOTENCY_KEY_REUSED;
import static com.tatame.billing.http.ProblemCode.NOT_FOUND;
import static com.tatame.billing.http.ProblemCode.PROVIDER_REJECTED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_UNAVAILABLE;
import static com.tatame.billing.http.Route.Parameter.query;
import static com.tatame.billing.http.Route.Reply.none;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.delete;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.BILLING;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.http.EntitlementHandlers.ItemPriceRequest;
import com.tatame.billing.promotion.Coupon;
import com.tatame.billing.promotion.DiscountTerms;
import com.tatame.billing.promotion.ManualDiscount;
import com.tatame.billing.promotion.ManualDiscount.Removal;
import com.tatame.billing.promotion.ManualDiscounts;
import com.tatame.billing.promotion.ManualDiscounts.Given;
import com.tatame.billing.promotion.NewDiscount;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Discounts that administrators give to subscriptions. */
final class DiscountHandlers {
  static final String PATH = "/api/v1/discounts";

  private final ManualDiscounts discounts;

  static List<Route> routes() {
    return List.of(
        post(PATH, ADMINISTRATOR, BILLING)
            .orKeyWith(Scope.GRANTS)
            .keepsKeysItself()
            .is("Grants", "Give a subscription a discount, in the place of those that it has")
            .takes(ManualDiscountRequest.class)
            .answers(
                reply(201, ManualDiscountAnswer.class, "It is given, or was, under the same key."))
            .refuses(
                NOT_FOUND,
                CONFLICT,
                IDEMPOTENCY_KEY_REUSED,
                PROVIDER_REJECTED,
                PROVIDER_UNAVAILABLE)
            .by(to -> to.get(DiscountHandlers.class)::give),
        get(PATH, ADMINISTRATOR)
            .orKeyWith(Scope.GRANTS)
            .is("Grants", "The discounts that were given, whether they are in force or not")
            .with(query("account", "Only what this account was given."))
            .paged()
            .answers(pageOf(ManualDiscountAnswer.class, "What was given last first."))
            .by(to -> to.get(DiscountHandlers.class)::list),
        get(PATH + "/{id}", ADMINISTRATOR)
            .orKeyWith(Scope.GRANTS)
            .is("Grants", "One discount that was given")
            .answers(reply(200, ManualDiscountAnswer.class, "The discount."))
            .by(to -> to.get(DiscountHandlers.class)::read),
        delete(PATH + "/{id}", ADMINISTRATOR, BILLING)
            .orKeyWith(Scope.GRANTS)
            .is("Grants", "Take a discount off its subscription; it stays on record")
            .with(query("reason", "Why, for the record."))
            .answers(none("It is taken off, or was before."))
            .refuses(CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.get(DiscountHandlers.class)::remove));
  }

  DiscountHandlers(ManualDiscounts discounts) {
    this.discounts = discounts;
  }

  record ManualDiscountRequest(
      @Doc(value = "Whose subscription it is.", example = "user_alice")
      String accountId,

      @Doc("The only living one if missing.") @Nullable String subscriptionId,

      @Doc(value = "Up to 100, with at most two decimals; this or amountOff.", example = "25")
      @Nullable
      BigDecimal percentOff,

      @Doc("Off each invoice, in the subscription's currency; this or percentOff.") @Nullable
      ItemPriceRequest amountOff,

      @Doc(
          value = "How long it lasts.",
          oneOf = {"once", "repeating", "forever"})
      String duration,

      @Doc("Of a repeating one, 1 to 60.") @Nullable Integer durationInMonths,

      @Doc(value = "Why, in at most 500 characters.", example = "to make up for the outage")
      String reason,

      @Doc("Under it, this is given once; the header Idempotency-Key says the same.") @Nullable
      String idempotencyKey) {}

  record ManualDiscountAnswer(
      @Doc(value = "Also of its coupon at the provider.", example = "disc_1c8f")
      String id,

      @Doc(value = "Whose subscription it is.", example = "user_alice")
      String accountId,

      @Doc(value = "The provider's.", example = "sub_123") String subscriptionId,
      @Doc("Either this or amountOff.") @Nullable BigDecimal percentOff,
      @Doc("Either this or percentOff.") @Nullable MoneyAnswer amountOff,

      @Doc(
          value = "How long it lasts.",
          oneOf = {"once", "repeating", "forever"})
      String duration,

      @Doc("Of a repeating one.") @Nullable Integer durationInMonths,

      @Doc(
          value = "How far it got; the subscription says what is in force now.",
          oneOf = {"pending", "given", "rejected", "undecided"})
      String status,

      @Doc("Why the provider refused it, if it did.") @Nullable
      String error,

      String reason,
      @Doc("The administrator or API key.") String givenBy,
      Instant givenAt,
      @Doc("If it was taken off.") @Nullable Instant removedAt,
      @Nullable String removedBy,
      @Nullable String removedReason) {
    static ManualDiscountAnswer of(ManualDiscount discount) {
      return new ManualDiscountAnswer(
          discount.id(),
          discount.account().value(),
          discount.subscriptionId(),
          discount.terms().percentOff().orElse(null),
          discount.terms().amountOff().map(MoneyAnswer::of).orElse(null),
          discount.terms().duration().code(),
          discount.terms().months().orElse(null),
          discount.status().code(),
          discount.error().orElse(null),
          discount.reason(),
          discount.givenBy(),
          discount.givenAt(),
          discount.removed().map(Removal::at).orElse(null),
          discount.removed().map(Removal::by).orElse(null),
          discount.removed().flatMap(Removal::reason).orElse(null));
    }
  }

  // A missing field of the body is null here, whatever its type says.
  @SuppressWarnings("ConstantValue")
  Answer give(Call call) {
    ManualDiscountRequest body = call.body(ManualDiscountRequest.class);
    Given given = discounts.give(
        new NewDiscount(
            new AccountId(body.accountId() == null ? "" : body.accountId()),
            RequestFields.text("subscriptionId", body.subscriptionId()),
            new DiscountTerms(
                Optional.ofNullable(body.percentOff()),
                Optional.ofNullable(body.amountOff())
                    .map(off -> EntitlementHandlers.price("amountOff", off)),
                duration(body.duration()),
                Optional.ofNullable(body.durationInMonths())),
            body.reason() == null ? "" : body.reason(),
            RequestFields.idempotencyKey(call, body.idempotencyKey())),
        call.principal().subject());
    ManualDiscountAnswer answer = ManualDiscountAnswer.of(given.discount());
    Answer created = Answer.created(PATH + "/" + answer.id(), answer);
    return given.again() ? created.with("Idempotent-Replayed", "true") : created;
  }

  Answer list(Call call) {
    PageRequest page = call.page();
    return Answer.ok(page.render(
        discounts.list(call.query("account").map(AccountId::new), page.after(), page.lookahead()),
        ManualDiscount::id,
        ManualDiscountAnswer::of));
  }

  Answer read(Call call) {
    return Answer.ok(ManualDiscountAnswer.of(discounts.get(call.id("id"))));
  }

  Answer remove(Call call) {
    discounts.remove(call.id("id"), call.principal().subject(), call.query("reason"));
    return Answer.noContent();
  }

  private static Coupon.Duration duration(@Nullable String code) {
    return Arrays.stream(Coupon.Duration.values())
        .filter(duration -> duration.code().equals(code))
        .findFirst()
        .orElseThrow(() -> ValidationFailed.of("duration", "must be once, repeating or forever"));
  }
}
