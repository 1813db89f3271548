package com.tatame.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonObject;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.customer.CustomerAccounts.NewCustomer;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.PaymentDeclined;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ProviderUnavailable.Execution;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.stripe.ProviderCallListener.Outcome;
import com.tatame.billing.stripe.StubStripe.Request;
import com.tatame.billing.testkit.RefusingPort;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.util.Throwables;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What bad answers, and none, are taken for; and what is repeated. */
class FailuresTest {
  private static final String KEY = "cmd_4f1c:1";
  private static final String SECRET = "sk_test_verysecret";
  private static final ObjectRef CUSTOMER = new ObjectRef(ObjectKind.CUSTOMER, "cus_1");
  private static final String LIMITED =
      "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"rate_limit\"}}";
  private static final String BROKEN = "{\"error\":{\"type\":\"api_error\"}}";

  private final List<Duration> pauses = new ArrayList<>();
  private final List<String> calls = new ArrayList<>();
  private StubStripe stripe;
  private StripeGateway gateway;

  @BeforeEach
  void start() throws IOException {
    stripe = new StubStripe();
    gateway = builder(stripe.address()).build();
  }

  @AfterEach
  void stop() throws IOException {
    stripe.close();
  }

  private StripeGateway.Builder builder(URI address) {
    return StripeGateway.builder(SECRET)
        .apiBase(address)
        .timeouts(Duration.ofMillis(300), Duration.ofMillis(300))
        .pause(pauses::add)
        .random(new Random(7))
        .wallClock(InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z")))
        .listener((operation, outcome, nanos) -> calls.add(operation + " " + outcome));
  }

  @ParameterizedTest
  @CsvSource({
    "400, invalid_request_error, parameter_unknown, parameter_unknown",
    "400, idempotency_error, , idempotency_error",
    "404, invalid_request_error, resource_missing, resource_missing",
    "402, invalid_request_error, invoice_payment_intent_requires_action,"
        + " invoice_payment_intent_requires_action"
  })
  void aDefiniteNoIsRejected(int status, String type, String code, String expected) {
    stripe.reply(status, error(type, code, "\"param\":\"items[0][price]\""));

    ProviderRejected rejected = fails(ProviderRejected.class);
    assertThat(rejected.providerCode()).isEqualTo(expected);
    assertThat(rejected.parameter()).contains("items[0][price]");
    assertThat(rejected).hasMessageContainingAll("customers.create", expected, "req_1");
    assertThat(stripe.requests()).hasSize(1);
    assertThat(calls).containsExactly("customers.create REJECTED");
  }

  @Test
  void stripesOwnWordsAreNotRepeatedSinceTheyMayQuoteACustomer() {
    stripe.reply(
        400,
        error(
            "invalid_request_error", "email_invalid", "\"message\":\"Invalid: ada@example.test\""));

    assertThat(fails(ProviderRejected.class)).hasMessageNotContaining("ada@");
  }

  @Test
  void aCardErrorIsADeclineWithTheBanksReason() {
    stripe.reply(402, error("card_error", "card_declined", "\"decline_code\":\"lost_card\""));

    assertThat(fails(PaymentDeclined.class).declineCode()).isEqualTo("lost_card");
    assertThat(calls).containsExactly("customers.create DECLINED");
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void aWrongKeyIsNamedButNotShown(int status) {
    stripe.reply(
        status, error("invalid_request_error", null, "\"message\":\"bad " + SECRET + "\""));

    ProviderUnavailable failure = fails(ProviderUnavailable.class);
    assertThat(failure.execution()).isEqualTo(Execution.NOT_EXECUTED);
    assertThat(failure).hasMessageContaining("STRIPE_SECRET_KEY");
    assertThat(failure).hasStackTraceContaining("STRIPE_SECRET_KEY");
    assertThat(Throwables.getStackTrace(failure)).doesNotContain(SECRET);
  }

  @Test
  void anObjectOfTheOtherModeIsAWrongKeyAndNoAbsence() {
    stripe.reply(
        404,
        error(
            "invalid_request_error",
            "resource_missing",
            "\"message\":\"No such customer: 'cus_1'; a similar object exists in live mode, but a"
                + " test mode key was used to make this request.\""));

    ProviderUnavailable failure = catchThrowableOfType(ProviderUnavailable.class, this::read);
    assertThat(failure.execution()).isEqualTo(Execution.NOT_EXECUTED);
    assertThat(failure).hasMessageContaining("STRIPE_SECRET_KEY");
  }

  @Test
  void aNotFoundThatIsNotStripesIsNoAbsence() {
    stripe.reply(404, "<html>no such page</html>");

    ProviderRejected rejected = catchThrowableOfType(ProviderRejected.class, this::read);
    assertThat(rejected.providerCode()).isEqualTo("http_404");
  }

  @Test
  void aRateLimitedMutationIsRepeatedWithTheSameKeyAndThenKnownNotToBeExecuted() {
    stripe.reply(429, LIMITED).reply(429, LIMITED).reply(429, LIMITED).reply(429, LIMITED);

    assertThat(fails(ProviderUnavailable.class).execution()).isEqualTo(Execution.NOT_EXECUTED);
    assertThat(stripe.requests()).hasSize(4);
    assertThat(stripe.requests())
        .extracting(request -> request.headers().get("idempotency-key"))
        .containsOnly(KEY);
    assertThat(calls).containsExactly("customers.create NOT_EXECUTED");
    assertThat(pauses).hasSize(3);
    assertThat(pauses.get(0)).isBetween(Duration.ofMillis(250), Duration.ofMillis(500));
    assertThat(pauses.get(1)).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
    assertThat(pauses.get(2)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
  }

  @Test
  void aConflictOfKeysIsRepeatedUntilTheOtherSenderIsDone() {
    stripe
        .reply(409, error("idempotency_error", "idempotency_key_in_use", ""))
        .reply(200, Dialect.DAHLIA.object(ObjectKind.CUSTOMER).toString());

    assertThat(create().state()).isPresent();
    assertThat(stripe.requests())
        .extracting(Request::params)
        .hasSize(2)
        .containsOnly(stripe.requests().get(0).params());
  }

  @Test
  void aConflictOfKeysThatStaysIsNotExecuted() {
    for (int i = 0; i < 4; i++) {
      stripe.reply(409, error("idempotency_error", "idempotency_key_in_use", ""));
    }

    assertThat(fails(ProviderUnavailable.class).execution()).isEqualTo(Execution.NOT_EXECUTED);
  }

  @Test
  void aServerErrorLeavesTheOutcomeOfAMutationUnknownAndIsNotRepeated() {
    stripe.reply(500, BROKEN);

    assertThat(fails(ProviderUnavailable.class).execution()).isEqualTo(Execution.UNKNOWN);
    assertThat(stripe.requests()).hasSize(1);
    assertThat(calls).containsExactly("customers.create UNKNOWN");
  }

  @Test
  void aReplayedServerErrorBurnsTheKey() {
    stripe.reply(500, Map.of("Idempotent-Replayed", "true"), BROKEN);

    ProviderUnavailable failure = fails(ProviderUnavailable.class);
    assertThat(failure.execution()).isEqualTo(Execution.REPLAYED_FAILURE);
    assertThat(failure).hasMessageContaining("stored server error");
    assertThat(calls).containsExactly("customers.create " + Outcome.REPLAYED_FAILURE);
  }

  @Test
  void aReplayedSuccessIsOldNewsSoTheObjectIsReadAgain() {
    JsonObject old = Dialect.DAHLIA.object(ObjectKind.CUSTOMER);
    JsonObject now = Dialect.DAHLIA.object(ObjectKind.CUSTOMER);
    now.addProperty("name", "Ada Lovelace");
    stripe
        .reply(200, Map.of("Idempotent-Replayed", "true", "Date", StubStripe.DATE), old.toString())
        .reply(200, now.toString());

    assertThat(create().state()).get().extracting("name").isEqualTo(Optional.of("Ada Lovelace"));
    assertThat(stripe.requests()).extracting(Request::method).containsExactly("POST", "GET");
  }

  @Test
  void whenTheReadAfterAReplayFailsTheMutationDoesNotLookUnexecuted() {
    stripe.reply(
        200,
        Map.of("Idempotent-Replayed", "true"),
        Dialect.DAHLIA.object(ObjectKind.CUSTOMER).toString());
    for (int i = 0; i < 4; i++) {
      stripe.reply(429, LIMITED);
    }

    assertThat(fails(ProviderUnavailable.class).execution()).isEqualTo(Execution.UNKNOWN);
  }

  @Test
  void aLostConnectionLeavesTheOutcomeUnknownAndNothingIsSentTwice() {
    stripe.hangUp();

    assertThat(fails(ProviderUnavailable.class).execution()).isEqualTo(Execution.UNKNOWN);
    assertThat(stripe.requests()).hasSize(1);
  }

  @Test
  void anAnswerThatNeverComesLeavesTheOutcomeUnknown() {
    stripe.silence();

    assertThat(fails(ProviderUnavailable.class).execution()).isEqualTo(Execution.UNKNOWN);
    assertThat(stripe.requests()).hasSize(1);
  }

  @Test
  void anAnswerThatNeverEndsLeavesTheOutcomeUnknown() {
    stripe.halfAnAnswer();

    assertThat(fails(ProviderUnavailable.class).execution()).isEqualTo(Execution.UNKNOWN);
    assertThat(stripe.requests()).hasSize(1);
  }

  @Test
  void aRefusedConnectionIsNotExecuted() {
    try (RefusingPort port = RefusingPort.open()) {
      gateway = builder(URI.create("http://127.0.0.1:" + port.number())).build();

      assertThat(fails(ProviderUnavailable.class).execution()).isEqualTo(Execution.NOT_EXECUTED);
      assertThat(pauses).hasSize(3);
    }
  }

  @Test
  void anAnswerThatIsNotJsonLeavesTheOutcomeUnknown() {
    stripe.reply(200, "<html>welcome</html>");

    assertThat(fails(ProviderUnavailable.class).execution()).isEqualTo(Execution.UNKNOWN);
    assertThat(calls).containsExactly("customers.create UNKNOWN");
  }

  @Test
  void readsAreRepeatedWhateverWentWrong() {
    stripe
        .reply(500, BROKEN)
        .hangUp()
        .reply(429, LIMITED)
        .reply(200, Dialect.DAHLIA.object(ObjectKind.CUSTOMER).toString());

    assertThat(read().state()).isPresent();
    assertThat(stripe.requests()).hasSize(4);
    assertThat(calls).containsExactly("customer.read SUCCEEDED");
  }

  @Test
  void readsAreGivenUpInTheEnd() {
    stripe.reply(503, BROKEN).reply(503, BROKEN).reply(503, BROKEN).reply(503, BROKEN);

    ProviderUnavailable failure = catchThrowableOfType(ProviderUnavailable.class, this::read);
    assertThat(failure.execution()).isEqualTo(Execution.UNKNOWN);
    assertThat(stripe.requests()).hasSize(4);
  }

  @Test
  void whatStripeAsksNotToRepeatIsNotRepeated() {
    stripe.reply(503, Map.of("Stripe-Should-Retry", "false"), BROKEN);

    assertThat(catchThrowableOfType(ProviderUnavailable.class, this::read)).isNotNull();
    assertThat(stripe.requests()).hasSize(1);
  }

  @Test
  void aShortRetryAfterIsWaitedForAndALongOneIsPassedOn() {
    stripe
        .reply(429, Map.of("Retry-After", "4"), LIMITED)
        .reply(429, Map.of("Retry-After", "60"), LIMITED);

    ProviderUnavailable failure = fails(ProviderUnavailable.class);
    assertThat(pauses).containsExactly(Duration.ofSeconds(4));
    assertThat(failure.retryAfter()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void anInterruptEndsTheAttempts() {
    StripeGateway interrupted = builder(stripe.address())
        .pause(time -> Thread.currentThread().interrupt())
        .build();
    stripe.reply(429, LIMITED).reply(429, LIMITED);
    ProviderUnavailable failure =
        catchThrowableOfType(ProviderUnavailable.class, interrupted::ping);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(failure.execution()).isEqualTo(Execution.NOT_EXECUTED);
    assertThat(stripe.requests()).hasSize(1);
  }

  @Test
  void cancelingWhatIsCanceledAlreadyAnswersWithIt() {
    JsonObject canceled = Dialect.DAHLIA.object(ObjectKind.SUBSCRIPTION);
    canceled.addProperty("status", "canceled");
    stripe
        .reply(404, error("invalid_request_error", "resource_missing", ""))
        .reply(200, canceled.toString());

    Observation seen = gateway.subscriptions().cancelNow("sub_1", Optional.empty(), KEY);
    assertThat(seen.state()).get().extracting("terminal").isEqualTo(true);
  }

  @Test
  void cancelingWhatDoesNotExistIsRejected() {
    stripe
        .reply(404, error("invalid_request_error", "resource_missing", ""))
        .reply(404, error("invalid_request_error", "resource_missing", ""));

    assertThat(catchThrowableOfType(
            ProviderRejected.class,
            () -> gateway.subscriptions().cancelNow("sub_1", Optional.empty(), KEY)))
        .isNotNull();
  }

  @Test
  void aListThatNeverEndsIsGivenUp() {
    String page = "{\"object\":\"list\",\"has_more\":true,\"data\":["
        + Dialect.DAHLIA.object(ObjectKind.PRODUCT) + "]}";
    stripe.reply(200, page).reply(200, page);

    assertThat(catchThrowableOfType(
            ProviderUnavailable.class, () -> gateway.products().products()))
        .isNotNull();
    assertThat(stripe.requests()).hasSize(2);
  }

  @Test
  void aListenerThatFailsCostsNothing() {
    StripeGateway listened = builder(stripe.address())
        .listener((operation, outcome, nanos) -> {
          throw new IllegalStateException("metrics are down");
        })
        .build();
    stripe.reply(200, Dialect.DAHLIA.object(ObjectKind.CUSTOMER).toString());

    assertThat(listened.reads().read(CUSTOMER, new SubjectId("cus_1")).state()).isPresent();
  }

  @Test
  void anAnswerWithoutADateIsDatedByWallTime() {
    stripe.reply(200, Map.of(), Dialect.DAHLIA.object(ObjectKind.CUSTOMER).toString());

    assertThat(read().asOf()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
  }

  private Observation create() {
    return gateway
        .customers()
        .create(
            new NewCustomer(new AccountId("org_1"), Optional.empty(), Optional.empty()),
            "4f1c",
            KEY);
  }

  private Observation read() {
    return gateway.reads().read(CUSTOMER, new SubjectId("cus_1"));
  }

  private <T extends BillingException> T fails(Class<T> type) {
    T failure = catchThrowableOfType(type, this::create);
    assertThat(failure).isNotNull().hasMessageNotContaining(SECRET);
    return failure;
  }

  private static String error(String type, @Nullable String code, String more) {
    return "{\"error\":{\"type\":\"" + type + "\""
        + (code == null ? "" : ",\"code\":\"" + code + "\"")
        + (more.isEmpty() ? "" : "," + more)
        + "}}";
  }
}
