package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.sandbox.ApiClient.Reply;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.testkit.SessionToken;
import com.tatame.billing.testkit.TestIssuer;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers send who are careless, unlucky or hostile. */
@ParameterizedClass
@EnumSource(mode = Mode.EXCLUDE, names = "ON_SUPABASE_IN_TROUBLE")
final class BadInputTest {
  private static final InstantSource WALL = InstantSource.system();
  private static final TestIssuer FOREIGN = TestIssuer.create("https://foreign.example.com", WALL);

  private final Worlds worlds;
  private final LocalServer world;
  private final ApiClient anonymous;
  private final Buyer buyer;

  BadInputTest(Worlds worlds) {
    this.worlds = worlds;
    world = worlds.world();
    anonymous = ApiClient.of(world);
    buyer = new Buyer(world);
  }

  @AfterEach
  void repairTheProvider() {
    world.stripe().clearFaults();
  }

  static Map<String, Function<String, String>> badTokens() {
    Map<String, Function<String, String>> bad = new HashMap<>();
    bad.put("no token", user -> "nonsense");
    bad.put("another issuer's", user -> FOREIGN.sessionToken(user).sign());
    bad.put("signed with a foreign key", user -> ours(user).signedBy(FOREIGN));
    bad.put("expired", user -> ours(user).expiresAt(minutesAgo(5)).sign());
    bad.put("not yet valid", user -> ours(user).notBefore(minutesAgo(-5)).sign());
    bad.put("unsigned", user -> ours(user).unsigned());
    bad.put("signed by the public key", user -> ours(user).signedWithPublicKeyAsSecret());
    bad.put("no session", user -> ours(user).fromTemplate().sign());
    return bad;
  }

  private static SessionToken ours(String user) {
    return LocalServer.ISSUER.sessionToken(user);
  }

  private static Instant minutesAgo(long minutes) {
    return WALL.instant().minus(Duration.ofMinutes(minutes));
  }

  static Iterable<Arguments> tokens() {
    return badTokens().entrySet().stream()
        .map(bad -> Arguments.of(Named.of(bad.getKey(), bad.getValue())))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("tokens")
  void aTokenThatCannotBeTrustedOpensNothing(Function<String, String> token) {
    String user = Buyer.newUser();
    assertThat(anonymous.as(ours(user).sign()).get("/api/v1/entitlements").status())
        .isEqualTo(200);

    Reply refused = anonymous.as(token.apply(user)).get("/api/v1/entitlements");

    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.code()).isEqualTo("unauthenticated");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "101", "-1", "1.5", "ten", "99999999999999999999"})
  void aBadLimitIsNamed(String limit) {
    assertThat(field(buyer.api().get("/api/v1/subscriptions?limit=" + limit))).isEqualTo("limit");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gold", "free", "Pro", "pro'; drop table users"})
  void aTierThatIsNotSoldIsNamed(String tier) {
    assertThat(field(buyer.checkout(tier, "monthly"))).isEqualTo("tier");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example/paid",
        "http://localhost@evil.example/paid",
        "javascript:alert(1)",
        "//evil.example",
        "paid",
        "not a url",
        ""
      })
  void foreignReturnUrlIsRefusedByName(String url) {
    String wanted = Json.write(Map.of(
        "tier", "pro", "interval", "monthly", "successUrl", url, "cancelUrl", "http://localhost/"));

    assertThat(field(buyer.api().post("/api/v1/checkout", wanted))).isEqualTo("successUrl");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "[]", "null", "\"text\"", "{\"tier\":{}}", "{\"tier\":\"pro\"}x"})
  void aBodyThatIsNoObjectIsRefused(String body) {
    Reply refused = buyer.api().post("/api/v1/checkout", body);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.code()).isEqualTo("validation_failed");
  }

  @Test
  void aBodyOfAnotherTypeIsRefused() {
    Reply refused = buyer
        .api()
        .post("/api/v1/checkout", Buyer.wanted("pro", "monthly"), "Content-Type", "text/plain");

    assertThat(refused.status()).isEqualTo(415);
    assertThat(refused.code()).isEqualTo("unsupported_media_type");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBodyOverTheLimitIsRefused(boolean chunked) {
    byte[] body =
        Json.write(Map.of("name", "x".repeat(300 * 1024))).getBytes(StandardCharsets.UTF_8);

    Reply refused = buyer
        .api()
        .call(
            "POST",
            "/api/v1/customer",
            chunked
                ? BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))
                : BodyPublishers.ofByteArray(body));

    assertThat(refused.status()).isEqualTo(413);
    assertThat(refused.code()).isEqualTo("payload_too_large");
    assertThat(buyer.api().get("/api/v1/customer").status()).isEqualTo(404);
  }

  @Test
  void whatIsNotThereIsAProblemDocument() {
    assertThat(buyer.api().get("/api/v1/unicorns").status()).isEqualTo(404);
    assertThat(buyer.subscription("sub_of_nobody").code()).isEqualTo("not_found");
    assertThat(buyer.confirm("cs_of_nobody").code()).isEqualTo("not_found");
  }

  @Test
  void aRequestIdIsTakenOverAndAnImpossibleOneReplaced() {
    assertThat(buyer
            .api()
            .get("/api/v1/entitlements", "X-Request-ID", "trace-17")
            .http()
            .headers()
            .firstValue("X-Request-ID"))
        .contains("trace-17");
    assertThat(
            buyer.api().get("/api/v1/entitlements", "X-Request-ID", "a b").header("X-Request-ID"))
        .isPresent()
        .isNotEqualTo(Optional.of("a b"));
  }

  @Test
  void aRepeatedKeyRepeatsTheAnswerAndNotTheDeed() {
    String path = "/api/v1/checkout";
    String wanted = Buyer.wanted("pro", "monthly");
    Reply first = buyer.api().post(path, wanted, "Idempotency-Key", "key-1");
    assertThat(first.status()).isEqualTo(201);
    assertThat(first.header("Idempotent-Replayed")).isEmpty();

    Reply again = buyer.api().post(path, wanted, "Idempotency-Key", "key-1");
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.header("Idempotent-Replayed")).contains("true");

    Reply other =
        buyer.api().post(path, Buyer.wanted("basic", "monthly"), "Idempotency-Key", "key-1");
    assertThat(other.status()).isEqualTo(409);
    assertThat(other.code()).isEqualTo("idempotency_key_reused");

    Reply ofAnother = new Buyer(world).api().post(path, wanted, "Idempotency-Key", "key-1");
    assertThat(ofAnother.at("/sessionId")).isNotEmpty().isNotEqualTo(first.at("/sessionId"));
  }

  @Test
  void aProviderThatFailsIsReportedAndLaterAskedForTheSameThing() {
    world.stripe().fail(new Fault("POST /v1/customers", 503, Fault.When.BEFORE), 100);
    Reply failed = buyer.api().post("/api/v1/customer");
    assertThat(failed.status()).isEqualTo(503);
    assertThat(failed.code()).isEqualTo("provider_unavailable");
    assertThat(anonymous.get("/api/v1/plans").status()).isEqualTo(200);

    world.stripe().clearFaults();
    assertThat(buyer.api().post("/api/v1/customer").status()).isIn(200, 201);
  }

  @Test
  void aProviderThatIsGoneIsReported() {
    try (LocalServer lonely = worlds.another()) {
      Buyer stranded = new Buyer(lonely);
      lonely.stripe().close();

      Reply failed = stranded.checkout("pro", "monthly");

      assertThat(failed.status()).isEqualTo(503);
      assertThat(failed.code()).isEqualTo("provider_unavailable");
      assertThat(stranded.api().get("/api/v1/plans").status()).isEqualTo(200);
      assertThat(stranded.entitlements().at("/tier")).isEqualTo("free");
      assertThat(stranded.api().get("/health/ready").status()).isEqualTo(200);
    }
  }

  private static String field(Reply refused) {
    assertThat(refused.status()).as(refused.body()).isEqualTo(400);
    assertThat(refused.code()).isEqualTo("validation_failed");
    return refused.at("/errors/0/field");
  }
}
