package com.tatame.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.checkout.CheckoutSessions.NewSubscriptionCheckout;
import com.tatame.billing.customer.CustomerAccounts.NewCustomer;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.promotion.DiscountTerms;
import com.tatame.billing.stripe.StubStripe.Request;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is sent, to the letter, and what the answers become. */
class RequestsTest {
  private static final String KEY = "cmd_4f1c:1";
  private static final Instant ANSWERED = Instant.parse("2026-01-01T00:00:05Z");

  private StubStripe stripe;
  private StripeGateway gateway;

  @BeforeEach
  void start() throws IOException {
    stripe = new StubStripe();
    gateway = StripeGateway.builder("sk_test_1").apiBase(stripe.address()).build();
  }

  @AfterEach
  void stop() throws IOException {
    stripe.close();
  }

  @Test
  void everyRequestNamesVersionAndKeysAndTellsNothingAboutEarlierOnes() {
    answer(ObjectKind.CUSTOMER);
    gateway
        .customers()
        .create(
            new NewCustomer(new AccountId("org_1"), Optional.empty(), Optional.empty()),
            "4f1c",
            KEY);

    assertThat(stripe.request().headers())
        .containsEntry("authorization", "Bearer sk_test_1")
        .containsEntry("stripe-version", "2026-07-29.dahlia")
        .containsEntry("idempotency-key", KEY)
        .doesNotContainKey("x-stripe-client-telemetry");
    assertThat(stripe.request().headers().get("content-type"))
        .startsWith("application/x-www-form-urlencoded");
  }

  @Test
  void aCustomerIsCreatedWithAccountAndCommand() {
    answer(ObjectKind.CUSTOMER);
    Observation created = gateway
        .customers()
        .create(
            new NewCustomer(
                new AccountId("org_1"), Optional.of("ada@example.test"), Optional.of("Ada")),
            "4f1c",
            KEY);

    assertSent(
        "POST",
        "/v1/customers",
        Map.of(
            "email", "ada@example.test",
            "name", "Ada",
            "metadata[billing_account]", "org_1",
            "metadata[billing_command]", "4f1c"));
    assertThat(created)
        .isEqualTo(Observation.read(
            Shapes.read(ObjectKind.CUSTOMER, Dialect.DAHLIA.object(ObjectKind.CUSTOMER)),
            ANSWERED));
  }

  @Test
  void aCheckoutCarriesItsMetadataTwiceAndItsUrlsUntouched() {
    answer(ObjectKind.CHECKOUT_SESSION);
    gateway.checkouts().create(checkout("org_1", 3, 14), "4f1c", KEY);

    assertSent(
        "POST",
        "/v1/checkout/sessions",
        Map.ofEntries(
            Map.entry("mode", "subscription"),
            Map.entry("ui_mode", "hosted_page"),
            Map.entry("customer", "cus_1"),
            Map.entry("client_reference_id", "org_1"),
            Map.entry("line_items[0][price]", "price_pro"),
            Map.entry("line_items[0][quantity]", "3"),
            Map.entry("allow_promotion_codes", "true"),
            Map.entry("billing_address_collection", "required"),
            Map.entry("subscription_data[trial_period_days]", "14"),
            Map.entry("subscription_data[metadata][billing_account]", "org_1"),
            Map.entry("subscription_data[metadata][billing_command]", "4f1c"),
            Map.entry("subscription_data[metadata][tier]", "pro"),
            Map.entry("subscription_data[metadata][interval]", "monthly"),
            Map.entry("metadata[billing_account]", "org_1"),
            Map.entry("metadata[billing_command]", "4f1c"),
            Map.entry("metadata[tier]", "pro"),
            Map.entry("metadata[interval]", "monthly"),
            Map.entry("success_url", "https://app.test/ok?s={CHECKOUT_SESSION_ID}&a=b"),
            Map.entry("cancel_url", "https://app.test/no")));
  }

  @Test
  void aCheckoutLeavesOutTrialQuantityAndReferenceThatItCanNotHave() {
    answer(ObjectKind.CHECKOUT_SESSION);
    gateway.checkouts().create(checkout("x".repeat(201), 0, 0), "4f1c", KEY);

    assertThat(stripe.request().params())
        .doesNotContainKeys(
            "subscription_data[trial_period_days]",
            "line_items[0][quantity]",
            "client_reference_id")
        .containsEntry("metadata[billing_account]", "x".repeat(201));
  }

  @Test
  void automaticTaxNeedsTheCustomersAddress() {
    gateway = StripeGateway.builder("sk_test_1")
        .apiBase(stripe.address())
        .automaticTax(true)
        .build();
    answer(ObjectKind.CHECKOUT_SESSION);
    gateway.checkouts().create(checkout("org_1", 1, 0), "4f1c", KEY);

    assertThat(stripe.request().params())
        .containsEntry("automatic_tax[enabled]", "true")
        .containsEntry("customer_update[address]", "auto");
  }

  @Test
  void aSessionIsExpired() {
    answer(ObjectKind.CHECKOUT_SESSION);
    gateway.checkouts().expire("cs_1", KEY);

    assertSent("POST", "/v1/checkout/sessions/cs_1/expire", Map.of());
  }

  @Test
  void aCouponOfOnesOwnCanBeRedeemedOnce() {
    answer(ObjectKind.COUPON);
    gateway
        .promotions()
        .createCoupon("disc_1", DiscountTerms.percent(20).forMonths(3), "command_1", KEY);

    assertSent(
        "POST",
        "/v1/coupons",
        Map.of(
            "id", "disc_1",
            "percent_off", "20",
            "duration", "repeating",
            "duration_in_months", "3",
            "max_redemptions", "1",
            "metadata[billing_command]", "command_1"));
  }

  @Test
  void discountsAreTakenOffByAnEmptyList() {
    answer(ObjectKind.SUBSCRIPTION);
    gateway.promotions().removeDiscounts("sub_1", KEY);

    assertSent(
        "POST",
        "/v1/subscriptions/sub_1",
        Map.of("discounts", "", "expand[0]", "discounts.source.coupon"));
  }

  @Test
  void aSubscriptionIsCanceledNow() {
    answer(ObjectKind.SUBSCRIPTION);
    gateway.subscriptions().cancelNow("sub_1", Optional.of("too many mails"), KEY);

    assertSent(
        "DELETE",
        "/v1/subscriptions/sub_1",
        Map.of(
            "cancellation_details[comment]", "too many mails",
            "expand[0]", "discounts.source.coupon"));
  }

  @Test
  void aSubscriptionIsCanceledAtTheEndOfItsPeriod() {
    answer(ObjectKind.SUBSCRIPTION);
    gateway.subscriptions().cancelAtPeriodEnd("sub_1", Optional.empty(), KEY);

    assertSent(
        "POST",
        "/v1/subscriptions/sub_1",
        Map.of("cancel_at_period_end", "true", "expand[0]", "discounts.source.coupon"));
  }

  @Test
  void keepingASubscriptionTakesBackTheFlag() {
    JsonObject kept = Dialect.DAHLIA.object(ObjectKind.SUBSCRIPTION);
    kept.add("cancel_at", JsonNull.INSTANCE);
    stripe.reply(200, kept.toString());
    gateway.subscriptions().keep("sub_1", KEY);

    assertSent(
        "POST",
        "/v1/subscriptions/sub_1",
        Map.of("cancel_at_period_end", "false", "expand[0]", "discounts.source.coupon"));
  }

  @Test
  void keepingASubscriptionAlsoClearsACancelAtThatEqualsThePeriodsEnd() {
    answer(ObjectKind.SUBSCRIPTION);
    JsonObject kept = Dialect.DAHLIA.object(ObjectKind.SUBSCRIPTION);
    kept.add("cancel_at", JsonNull.INSTANCE);
    stripe.reply(200, kept.toString());
    Observation after = gateway.subscriptions().keep("sub_1", KEY);

    assertThat(stripe.requests()).hasSize(2);
    Request second = stripe.requests().get(1);
    assertThat(second.params())
        .isEqualTo(Map.of("cancel_at", "", "expand[0]", "discounts.source.coupon"));
    assertThat(second.headers()).containsEntry("idempotency-key", KEY + ":cancel_at");
    assertThat(after.state()).get().extracting("cancelAtPeriodEnd").isEqualTo(false);
  }

  @Test
  void aPausedSubscriptionIsResumed() {
    answer(ObjectKind.SUBSCRIPTION);
    gateway.subscriptions().resumePaused("sub_1", KEY);

    assertSent(
        "POST", "/v1/subscriptions/sub_1/resume", Map.of("expand[0]", "discounts.source.coupon"));
  }

  @Test
  void listsAreReadPageByPageToTheirEnd() {
    stripe.reply(200, page(true, "prod_1", "prod_2")).reply(200, page(false, "prod_3"));

    List<Observation> products = gateway.products().products();
    assertThat(products)
        .extracting(seen -> seen.object().id())
        .containsExactly("prod_1", "prod_2", "prod_3");
    assertThat(products).allSatisfy(seen -> {
      assertThat(seen.source()).isEqualTo(Observation.Source.READ);
      assertThat(seen.asOf()).isEqualTo(ANSWERED);
    });
    assertThat(stripe.requests())
        .extracting(Request::params)
        .containsExactly(
            Map.of("limit", "100"), Map.of("limit", "100", "starting_after", "prod_2"));
  }

  @Test
  void aCustomersEndedSubscriptionsAreListedToo() {
    stripe.reply(
        200,
        "{\"object\":\"list\",\"has_more\":false,\"data\":["
            + Dialect.DAHLIA.object(ObjectKind.SUBSCRIPTION) + "]}");

    assertThat(gateway.subscriptions().ofCustomer("cus_1")).hasSize(1);
    assertSent(
        "GET",
        "/v1/subscriptions",
        Map.of(
            "customer", "cus_1",
            "status", "all",
            "limit", "100",
            "expand[0]", "data.discounts.source.coupon"));
  }

  @ParameterizedTest
  @CsvSource({
    "CUSTOMER, /v1/customers/",
    "SUBSCRIPTION, /v1/subscriptions/",
    "INVOICE, /v1/invoices/",
    "CHECKOUT_SESSION, /v1/checkout/sessions/",
    "PRODUCT, /v1/products/",
    "PRICE, /v1/prices/"
  })
  void everyKindOfObjectIsRead(ObjectKind kind, String path) {
    JsonObject object = Dialect.DAHLIA.object(kind);
    stripe.reply(200, object.toString());
    ObjectRef ref = new ObjectRef(kind, object.get("id").getAsString());

    assertThat(gateway.reads().read(ref, new SubjectId("believed")))
        .isEqualTo(Observation.read(Shapes.read(kind, object), ANSWERED));
    assertThat(stripe.request().path()).isEqualTo(path + ref.id());
    assertThat(stripe.request().method()).isEqualTo("GET");
  }

  @ParameterizedTest
  @EnumSource
  void aMissingOrDeletedObjectIsAbsentAsOfTheAnswer(ObjectKind kind) {
    ObjectRef ref = new ObjectRef(kind, "x_1");
    SubjectId subject = new SubjectId("cus_1");
    stripe
        .reply(
            404, "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"resource_missing\"}}")
        .reply(200, "{\"id\":\"x_1\",\"object\":\"" + Shapes.name(kind) + "\",\"deleted\":true}");

    assertThat(gateway.reads().read(ref, subject))
        .isEqualTo(Observation.absent(ref, subject, ANSWERED));
    assertThat(gateway.reads().read(ref, subject))
        .isEqualTo(Observation.absent(ref, subject, ANSWERED));
  }

  @Test
  void aReadThatCanNotBeUnderstoodSaysSo() {
    JsonObject odd = Dialect.DAHLIA.object(ObjectKind.SUBSCRIPTION);
    odd.addProperty("status", "dormant");
    stripe.reply(200, odd.toString());

    Observation seen = gateway
        .reads()
        .read(new ObjectRef(ObjectKind.SUBSCRIPTION, "sub_1"), new SubjectId("believed"));
    assertThat(seen.content()).isEqualTo(new Observation.Unreadable("status has an unknown value"));
    assertThat(seen.subject()).isEqualTo(new SubjectId("cus_1"));
    assertThat(seen.source()).isEqualTo(Observation.Source.READ);
  }

  private void answer(ObjectKind kind) {
    stripe.reply(200, Dialect.DAHLIA.object(kind).toString());
  }

  private void assertSent(String method, String path, Map<String, String> params) {
    Request request = stripe.request();
    assertThat(request.method()).isEqualTo(method);
    assertThat(request.path()).isEqualTo(path);
    assertThat(request.params()).isEqualTo(params);
    if (!method.equals("GET")) {
      assertThat(request.headers()).containsEntry("idempotency-key", KEY);
    }
  }

  private static NewSubscriptionCheckout checkout(String account, long quantity, int trialDays) {
    return new NewSubscriptionCheckout(
        new AccountId(account),
        "cus_1",
        "price_pro",
        quantity,
        trialDays,
        Optional.of("pro"),
        Optional.of("monthly"),
        "https://app.test/ok?s={CHECKOUT_SESSION_ID}&a=b",
        "https://app.test/no");
  }

  private static String page(boolean more, String... ids) {
    JsonObject list = new JsonObject();
    list.addProperty("object", "list");
    list.addProperty("has_more", more);
    JsonArray data = new JsonArray();
    for (String id : ids) {
      JsonObject product = Dialect.DAHLIA.object(ObjectKind.PRODUCT);
      product.addProperty("id", id);
      data.add(product);
    }
    list.add("data", data);
    return list.toString();
  }
}
