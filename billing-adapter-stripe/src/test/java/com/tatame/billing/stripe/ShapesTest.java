package com.tatame.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.tatame.billing.catalog.Price;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.customer.Customer;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.payment.Dispute;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.payment.PaymentMethod;
import com.tatame.billing.promotion.Coupon;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionSchedule;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShapesTest {
  /** What each kind is read from; other fields may go without harm. */
  private static final Map<ObjectKind, Set<String>> NEEDED = Map.ofEntries(
      Map.entry(
          ObjectKind.SUBSCRIPTION,
          Set.of(
              "id",
              "customer",
              "status",
              "metadata",
              "items",
              "created",
              "trial_start",
              "trial_end",
              "cancel_at_period_end",
              "cancel_at",
              "canceled_at",
              "cancellation_details",
              "ended_at",
              "pause_collection",
              "discounts")),
      Map.entry(
          ObjectKind.INVOICE,
          Set.of(
              "id",
              "customer",
              "parent",
              "number",
              "status",
              "billing_reason",
              "currency",
              "total",
              "amount_due",
              "amount_paid",
              "attempt_count",
              "next_payment_attempt",
              "period_start",
              "period_end",
              "created",
              "status_transitions")),
      Map.entry(
          ObjectKind.CHECKOUT_SESSION,
          Set.of(
              "id",
              "customer",
              "metadata",
              "status",
              "payment_status",
              "subscription",
              "expires_at",
              "created")),
      Map.entry(ObjectKind.CUSTOMER, Set.of("id", "metadata", "email", "created")),
      Map.entry(
          ObjectKind.PRODUCT, Set.of("id", "name", "description", "active", "metadata", "created")),
      Map.entry(
          ObjectKind.PRICE,
          Set.of(
              "id",
              "product",
              "active",
              "currency",
              "unit_amount",
              "recurring",
              "lookup_key",
              "metadata",
              "created")),
      Map.entry(ObjectKind.PAYMENT_METHOD, Set.of("id", "customer", "type", "created")),
      Map.entry(
          ObjectKind.PAYMENT_INTENT,
          Set.of(
              "id",
              "customer",
              "metadata",
              "status",
              "currency",
              "amount",
              "amount_received",
              "payment_method",
              "latest_charge",
              "last_payment_error",
              "created",
              "canceled_at")),
      Map.entry(
          ObjectKind.SETUP_INTENT,
          Set.of(
              "id",
              "customer",
              "status",
              "usage",
              "payment_method",
              "last_setup_error",
              "created")),
      Map.entry(
          ObjectKind.INVOICE_PAYMENT,
          Set.of(
              "id",
              "invoice",
              "payment",
              "status",
              "currency",
              "amount_requested",
              "amount_paid",
              "created",
              "status_transitions")),
      Map.entry(
          ObjectKind.REFUND,
          Set.of(
              "id",
              "payment_intent",
              "charge",
              "status",
              "currency",
              "amount",
              "reason",
              "created")),
      Map.entry(
          ObjectKind.DISPUTE,
          Set.of(
              "id",
              "payment_intent",
              "charge",
              "status",
              "reason",
              "currency",
              "amount",
              "evidence_details",
              "balance_transactions",
              "created")),
      Map.entry(
          ObjectKind.COUPON,
          Set.of(
              "id",
              "name",
              "percent_off",
              "amount_off",
              "duration",
              "max_redemptions",
              "times_redeemed",
              "redeem_by",
              "metadata",
              "created")),
      Map.entry(
          ObjectKind.PROMOTION_CODE,
          Set.of(
              "id",
              "code",
              "promotion",
              "active",
              "customer",
              "expires_at",
              "max_redemptions",
              "times_redeemed",
              "restrictions",
              "created")),
      Map.entry(
          ObjectKind.TAX_ID,
          Set.of("id", "customer", "type", "value", "country", "verification", "created")),
      Map.entry(
          ObjectKind.SUBSCRIPTION_SCHEDULE,
          Set.of(
              "id",
              "customer",
              "subscription",
              "status",
              "end_behavior",
              "phases",
              "created",
              "completed_at",
              "released_at",
              "canceled_at")));

  @ParameterizedTest
  @EnumSource
  void aMissingFieldIsNeverReadAsEmpty(ObjectKind kind) {
    Set<String> needed = NEEDED.getOrDefault(kind, Set.of());
    assertThat(needed).isNotEmpty();
    for (String field : Dialect.DAHLIA.object(kind).keySet()) {
      JsonObject without = Dialect.DAHLIA.object(kind);
      without.remove(field);
      if (needed.contains(field)) {
        assertThatThrownBy(() -> Shapes.read(kind, without))
            .as(field)
            .isInstanceOf(UnreadableShape.class);
      } else {
        assertThat(Shapes.read(kind, without).id()).as(field).isNotEmpty();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void unknownFieldsAreIgnored(ObjectKind kind) {
    JsonObject extended = Dialect.DAHLIA.object(kind);
    extended.add("from_the_future", JsonParser.parseString("{\"deep\":[1,{\"a\":null}]}"));

    assertThat(Shapes.read(kind, extended))
        .isEqualTo(Shapes.read(kind, Dialect.DAHLIA.object(kind)));
  }

  @ParameterizedTest
  @EnumSource
  void anObjectOfAnotherKindIsUnreadable(ObjectKind kind) {
    JsonObject other = Dialect.DAHLIA.object(kind);
    other.addProperty("object", "made_up");

    assertThatThrownBy(() -> Shapes.read(kind, other)).isInstanceOf(UnreadableShape.class);
  }

  @Test
  void moneyThatGoesBackIsReadByItsSign() {
    JsonObject dispute = Dialect.DAHLIA.object(ObjectKind.DISPUTE);
    dispute.getAsJsonArray("balance_transactions").remove(1);
    Dispute withdrawn = (Dispute) Shapes.read(ObjectKind.DISPUTE, dispute);
    assertThat(withdrawn.withdrawn()).isPresent();
    assertThat(withdrawn.reinstated()).isEmpty();

    dispute.add("balance_transactions", new JsonArray());
    Dispute warned = (Dispute) Shapes.read(ObjectKind.DISPUTE, dispute);
    assertThat(warned.withdrawn()).isEmpty();
    assertThat(warned.reinstated()).isEmpty();
  }

  @Test
  void aPaymentMethodOfAnyTypeIsRead() {
    JsonObject method = Dialect.DAHLIA.object(ObjectKind.PAYMENT_METHOD);
    method.remove("card");
    method.addProperty("type", "sepa_debit");
    method.add(
        "sepa_debit",
        JsonParser.parseString(
            "{\"bank_code\":\"19043\",\"country\":\"AT\",\"fingerprint\":\"f\",\"last4\":\"3201\"}"));
    PaymentMethod debit = (PaymentMethod) Shapes.read(ObjectKind.PAYMENT_METHOD, method);
    assertThat(debit.type()).isEqualTo("sepa_debit");
    assertThat(debit.last4()).contains("3201");
    assertThat(debit.fingerprint()).contains("f");
    assertThat(debit.brand()).isEmpty();
    assertThat(debit.expiryYear()).isEmpty();

    method.addProperty("type", "from_the_future");
    assertThat(((PaymentMethod) Shapes.read(ObjectKind.PAYMENT_METHOD, method)).last4())
        .isEmpty();
  }

  @Test
  void aCouponTakesOffEitherAPercentageOrAnAmount() {
    JsonObject coupon = Dialect.DAHLIA.object(ObjectKind.COUPON);
    coupon.addProperty("amount_off", 500);
    coupon.addProperty("currency", "eur");
    assertThatThrownBy(() -> Shapes.read(ObjectKind.COUPON, coupon))
        .isInstanceOf(UnreadableShape.class);

    coupon.add("percent_off", JsonNull.INSTANCE);
    Coupon amount = (Coupon) Shapes.read(ObjectKind.COUPON, coupon);
    assertThat(amount.amountOff()).contains(new Money(500, "eur"));
    assertThat(amount.percentOff()).isEmpty();
  }

  @Test
  void aReleasedScheduleStillTellsItsSubscription() {
    JsonObject schedule = Dialect.DAHLIA.object(ObjectKind.SUBSCRIPTION_SCHEDULE);
    schedule.add("subscription", JsonNull.INSTANCE);
    schedule.addProperty("released_subscription", "sub_7");
    schedule.addProperty("released_at", 1_767_225_700L);
    schedule.addProperty("status", "released");
    assertThat(((SubscriptionSchedule) Shapes.read(ObjectKind.SUBSCRIPTION_SCHEDULE, schedule))
            .subscriptionId())
        .contains("sub_7");
  }

  @Test
  void unknownNamesAreUnreadable() {
    assertUnreadable(ObjectKind.REFUND, "status", new JsonPrimitive("lost"));
    assertUnreadable(ObjectKind.REFUND, "status", new JsonPrimitive("SUCCEEDED"));
    assertUnreadable(ObjectKind.DISPUTE, "status", new JsonPrimitive("drawn"));
    assertUnreadable(ObjectKind.PAYMENT_INTENT, "status", new JsonPrimitive("paid"));
    assertUnreadable(ObjectKind.COUPON, "duration", new JsonPrimitive("twice"));
    assertUnreadable(ObjectKind.SUBSCRIPTION, "status", new JsonPrimitive("dormant"));
    assertUnreadable(ObjectKind.INVOICE, "status", new JsonPrimitive("deleted"));
    assertUnreadable(ObjectKind.INVOICE, "status", JsonNull.INSTANCE);
    assertUnreadable(ObjectKind.CHECKOUT_SESSION, "status", new JsonPrimitive("paused"));
    assertUnreadable(ObjectKind.CHECKOUT_SESSION, "payment_status", new JsonPrimitive("half"));
    assertUnreadable(ObjectKind.INVOICE, "currency", new JsonPrimitive("EURO"));
  }

  @Test
  void numbersThatAreNoWholeSecondsOrMinorUnitsAreUnreadable() {
    for (String number : new String[] {"1.5", "1e3", "9223372036854775808", "1e999999999"}) {
      assertUnreadable(ObjectKind.INVOICE, "total", JsonParser.parseString(number));
    }
    for (String time : new String[] {"-1", "253402300800", "9223372036854775807", "\"1\""}) {
      assertUnreadable(ObjectKind.INVOICE, "created", JsonParser.parseString(time));
    }
    assertUnreadable(ObjectKind.INVOICE, "attempt_count", new JsonPrimitive(2_147_483_648L));
  }

  @Test
  void expandedObjectsReadAsTheirIds() {
    JsonObject subscription = Dialect.DAHLIA.object(ObjectKind.SUBSCRIPTION);
    subscription.add("customer", Dialect.DAHLIA.object(ObjectKind.CUSTOMER));
    Dialect.first(subscription, "items")
        .getAsJsonObject("price")
        .add("product", Dialect.DAHLIA.object(ObjectKind.PRODUCT));
    JsonObject session = Dialect.DAHLIA.object(ObjectKind.CHECKOUT_SESSION);
    session.add("subscription", Dialect.DAHLIA.object(ObjectKind.SUBSCRIPTION));
    JsonObject invoice = Dialect.DAHLIA.object(ObjectKind.INVOICE);
    invoice
        .getAsJsonObject("parent")
        .getAsJsonObject("subscription_details")
        .add("subscription", Dialect.DAHLIA.object(ObjectKind.SUBSCRIPTION));

    assertReadsAsBefore(ObjectKind.SUBSCRIPTION, subscription);
    assertReadsAsBefore(ObjectKind.CHECKOUT_SESSION, session);
    assertReadsAsBefore(ObjectKind.INVOICE, invoice);
  }

  @Test
  void anInvoiceOfNoSubscriptionHasNone() {
    JsonObject manual = Dialect.DAHLIA.object(ObjectKind.INVOICE);
    manual.add("parent", JsonNull.INSTANCE);
    JsonObject quoted = Dialect.DAHLIA.object(ObjectKind.INVOICE);
    quoted.getAsJsonObject("parent").add("subscription_details", JsonNull.INSTANCE);
    JsonObject old = Dialect.ACACIA.object(ObjectKind.INVOICE);
    old.add("subscription", JsonNull.INSTANCE);

    assertThat(invoice(manual).subscriptionId()).isEmpty();
    assertThat(invoice(quoted).subscriptionId()).isEmpty();
    assertThat(invoice(old).subscriptionId()).isEmpty();
  }

  @Test
  void thePeriodIsOfTheItemThatEndsFirst() {
    JsonObject subscription = Dialect.DAHLIA.object(ObjectKind.SUBSCRIPTION);
    JsonObject first = Dialect.first(subscription, "items");
    first.addProperty("current_period_start", 1_760_000_000L);
    first.addProperty("current_period_end", 1_790_000_000L);

    assertThat(subscription(subscription).currentPeriodStart())
        .isEqualTo(Instant.ofEpochSecond(1_767_225_600));
    assertThat(subscription(subscription).currentPeriodEnd())
        .isEqualTo(Instant.ofEpochSecond(1_769_904_000));
  }

  @Test
  void anotherCancelAtThanThePeriodsEndIsNoCancellationAtPeriodEnd() {
    JsonObject subscription = Dialect.DAHLIA.object(ObjectKind.SUBSCRIPTION);
    subscription.addProperty("cancel_at", 1_790_000_000L);

    assertThat(subscription(subscription).cancelAtPeriodEnd()).isFalse();
    assertThat(subscription(subscription).cancelAt())
        .contains(Instant.ofEpochSecond(1_790_000_000));
  }

  @Test
  void aReasonThatNobodyCanHaveGivenMayBeMissing() {
    JsonObject subscription = Dialect.PRE_ACACIA.object(ObjectKind.SUBSCRIPTION);
    subscription.remove("cancellation_details");
    assertThatThrownBy(() -> subscription(subscription)).isInstanceOf(UnreadableShape.class);

    subscription.addProperty("cancel_at_period_end", false);
    subscription.add("cancel_at", JsonNull.INSTANCE);
    subscription.add("canceled_at", JsonNull.INSTANCE);
    assertThat(subscription(subscription).cancelReason()).isEmpty();
  }

  @Test
  void theLastChargeOfAnOldPaymentIsTheFirstOfItsCharges() {
    JsonObject intent = Dialect.PRE_ACACIA.object(ObjectKind.PAYMENT_INTENT);
    intent.remove("latest_charge");
    intent.add("charges", JsonParser.parseString("{\"data\":[]}"));
    assertThat(intent(intent).latestChargeId()).isEmpty();

    intent.add(
        "charges", JsonParser.parseString("{\"data\":[{\"id\":\"ch_2\"},{\"id\":\"ch_1\"}]}"));
    assertThat(intent(intent).latestChargeId()).contains("ch_2");
  }

  private static PaymentIntent intent(JsonObject json) {
    return (PaymentIntent) Shapes.read(ObjectKind.PAYMENT_INTENT, json);
  }

  @Test
  void stripesReasonStandsInForMissingWords() {
    JsonObject subscription = Dialect.DAHLIA.object(ObjectKind.SUBSCRIPTION);
    JsonObject details = subscription.getAsJsonObject("cancellation_details");
    details.add("comment", JsonNull.INSTANCE);
    details.addProperty("reason", "payment_failed");

    assertThat(subscription(subscription).cancelReason()).contains("payment_failed");
  }

  @Test
  void discountsThatAreOnlyNamedAreUnreadableAndNotNone() {
    JsonArray ids = new JsonArray();
    ids.add("di_1");
    assertUnreadable(ObjectKind.SUBSCRIPTION, "discounts", ids);

    JsonObject coupon = Dialect.DAHLIA.object(ObjectKind.SUBSCRIPTION);
    Dialect.first(coupon, "discounts").getAsJsonObject("source").addProperty("coupon", "SPRING");
    assertThatThrownBy(() -> subscription(coupon)).isInstanceOf(UnreadableShape.class);
  }

  @Test
  void noDiscountIsStatedByAnEmptyListOrByNull() {
    JsonObject now = Dialect.DAHLIA.object(ObjectKind.SUBSCRIPTION);
    now.add("discounts", new JsonArray());
    JsonObject then = Dialect.PRE_ACACIA.object(ObjectKind.SUBSCRIPTION);
    then.add("discount", JsonNull.INSTANCE);
    then.remove("discounts");

    assertThat(subscription(now).discount()).isEmpty();
    assertThat(subscription(then).discount()).isEmpty();
  }

  @Test
  void aDiscountIsAPercentageOrAnAmountAndNeverBothOrNeither() {
    JsonObject amount = Dialect.DAHLIA.object(ObjectKind.SUBSCRIPTION);
    JsonObject coupon =
        Dialect.first(amount, "discounts").getAsJsonObject("source").getAsJsonObject("coupon");
    coupon.addProperty("amount_off", 500);
    assertThatThrownBy(() -> subscription(amount)).isInstanceOf(UnreadableShape.class);

    coupon.add("percent_off", JsonNull.INSTANCE);
    assertThat(subscription(amount).discount().orElseThrow().amountOff()).contains(500L);

    coupon.add("amount_off", JsonNull.INSTANCE);
    assertThatThrownBy(() -> subscription(amount)).isInstanceOf(UnreadableShape.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"100", "100.0", "100.00"})
  void percentagesAreEqualHoweverTheyAreSpelt(String spelling) {
    JsonObject subscription = Dialect.DAHLIA.object(ObjectKind.SUBSCRIPTION);
    Dialect.first(subscription, "discounts")
        .getAsJsonObject("source")
        .getAsJsonObject("coupon")
        .add("percent_off", JsonParser.parseString(spelling));

    assertThat(subscription(subscription).discount().orElseThrow().percentOff())
        .contains(new BigDecimal("100"));
  }

  @Test
  void aPlanStandsInForThePriceThatOldItemsLack() {
    JsonObject old = Dialect.PRE_ACACIA.object(ObjectKind.SUBSCRIPTION);
    Dialect.first(old, "items").remove("price");

    Subscription.Item item = subscription(old).mainItem();
    assertThat(item.priceId()).isEqualTo("price_pro");
    assertThat(item.unitAmount()).contains(2900L);
    assertThat(item.lookupKey()).isEmpty();
  }

  @Test
  void aLicensedItemHasAQuantity() {
    JsonObject subscription = Dialect.DAHLIA.object(ObjectKind.SUBSCRIPTION);
    Dialect.first(subscription, "items").remove("quantity");

    assertThatThrownBy(() -> subscription(subscription)).isInstanceOf(UnreadableShape.class);
  }

  @Test
  void aPriceFinerThanTheMinorUnitHasNoUnitAmountAndAOneTimePriceNoRecurrence() {
    JsonObject json = Dialect.DAHLIA.object(ObjectKind.PRICE);
    json.add("unit_amount", JsonNull.INSTANCE);
    json.add("recurring", JsonNull.INSTANCE);

    Price price = (Price) Shapes.read(ObjectKind.PRICE, json);
    assertThat(price.unitAmount()).isEmpty();
    assertThat(price.recurrence()).isEmpty();
  }

  @Test
  void metadataThatCanBeNoAccountNamesNone() {
    JsonObject json = Dialect.DAHLIA.object(ObjectKind.CUSTOMER);
    for (String account : new String[] {"", "  ", "x".repeat(256)}) {
      json.getAsJsonObject("metadata").addProperty("billing_account", account);
      assertThat(((Customer) Shapes.read(ObjectKind.CUSTOMER, json)).account()).isEmpty();
    }
  }

  @Test
  void textsBecomeWhatADatabaseCanHold() {
    JsonObject json = Dialect.DAHLIA.object(ObjectKind.CUSTOMER);
    json.add("name", JsonParser.parseString("\"A\\u0000d\\ud800a \\ud83d\\ude00\""));

    assertThat(((Customer) Shapes.read(ObjectKind.CUSTOMER, json)).name())
        .contains("A\uFFFDd\uFFFDa \uD83D\uDE00");
  }

  @Test
  void aSessionOfNobodyOrOfAnOpenPaymentIsReadable() {
    JsonObject json = Dialect.DAHLIA.object(ObjectKind.CHECKOUT_SESSION);
    json.add("customer", JsonNull.INSTANCE);
    json.add("metadata", JsonNull.INSTANCE);
    json.add("subscription", JsonNull.INSTANCE);
    json.addProperty("payment_status", "unpaid");
    json.addProperty("status", "open");
    json.addProperty("url", "https://checkout.example.test/cs_1");

    CheckoutSession session = (CheckoutSession) Shapes.read(ObjectKind.CHECKOUT_SESSION, json);
    assertThat(session.customerId()).isEmpty();
    assertThat(session.account()).isEmpty();
    assertThat(session.paid()).isFalse();
    assertThat(session.subject().value()).isEqualTo("cs_1");
  }

  private static void assertUnreadable(ObjectKind kind, String field, JsonElement value) {
    JsonObject changed = Dialect.DAHLIA.object(kind);
    changed.add(field, value);
    assertThatThrownBy(() -> Shapes.read(kind, changed))
        .as("%s = %s", field, value)
        .isInstanceOf(UnreadableShape.class);
  }

  private static void assertReadsAsBefore(ObjectKind kind, JsonObject changed) {
    assertThat(Shapes.read(kind, changed))
        .isEqualTo(Shapes.read(kind, Dialect.DAHLIA.object(kind)));
  }

  private static Subscription subscription(JsonObject json) {
    return (Subscription) Shapes.read(ObjectKind.SUBSCRIPTION, json);
  }

  private static Invoice invoice(JsonObject json) {
    return (Invoice) Shapes.read(ObjectKind.INVOICE, json);
  }
}
