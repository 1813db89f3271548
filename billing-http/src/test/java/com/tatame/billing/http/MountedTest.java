package com.tatame.billing.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.Billing;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.IdentityVerifier;
import com.tatame.billing.account.Principal;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.entitlement.Use;
import com.tatame.billing.failure.Unauthenticated;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.fixture.ACatalog;
import io.javalin.Javalin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** On the host's Javalin, with the host's routes beside it. */
final class MountedTest {
  private static final Map<String, Feature> FREE = Map.of(
      "class_booking",
      new Feature.Flag(true),
      "video_reviews",
      new Feature.Counter(2, new Window(Window.Kind.CALENDAR_MONTH, ZoneOffset.UTC)));
  private static final BillingWorld WORLD =
      BillingWorld.builder().catalog(ACatalog.withFreeFeatures(FREE)).build();
  private static final Billing BILLING = WORLD.billing();

  /** A host's own verifier: the token is the name. */
  private static final IdentityVerifier NAMES = token -> {
    if (token.equals("failing")) {
      throw new IllegalStateException("a secret that nobody must see");
    }
    if (token.isEmpty()) {
      throw new Unauthenticated("Nobody.");
    }
    return new Principal(
        new AccountId(token), "host", token, Optional.empty(), Optional.empty(), false);
  };

  private static final BillingRoutes ROUTES = BillingRoutes.builder()
      .billing(BILLING)
      .store(WORLD.store())
      .gateway(WORLD.gateway())
      .identity(NAMES)
      .build();
  private static final Javalin HOST = Javalin.create(config -> {
        config.startup.showJavalinBanner = false;
        ROUTES.mount(config);
        config.routes.before("/booking", ROUTES.requires("class_booking"));
        config.routes.before("/planner", ROUTES.requires("export"));
        config.routes.before("/reviews", ROUTES.requires("video_reviews"));
        config.routes.get("/reviews", context -> context.result("reviewed"));
        config.routes.get("/booking", context -> context.result("booked"));
        config.routes.get("/planner", context -> context.result("planned"));
        config.routes.get("/broken", context -> {
          throw new IllegalStateException("the host's own");
        });
        config.routes.exception(
            IllegalStateException.class, (e, context) -> context.status(418).result("teapot"));
      })
      .start(0);

  @AfterAll
  static void stop() {
    HOST.stop();
    WORLD.close();
  }

  @Test
  void itsRoutesAnswerBesideTheHosts() throws Exception {
    assertThat(get("/api/v1/plans", "").statusCode()).isEqualTo(200);
    assertThat(get("/api/v1/entitlements", "Bearer ada").body()).contains("\"tier\":\"free\"");
  }

  @Test
  void theHostsErrorsStayTheHosts() throws Exception {
    assertThat(get("/broken", "").body()).isEqualTo("teapot");
    assertThat(get("/nowhere", "").body()).doesNotContain("urn:tatame");
  }

  @Test
  void anUnexpectedFailureShowsNothingOfItself() throws Exception {
    HttpResponse<String> reply = get("/api/v1/entitlements", "Bearer failing");

    assertThat(reply.statusCode()).isEqualTo(500);
    assertThat(reply.body()).contains("internal_error").doesNotContain("secret");
  }

  @Test
  void aGuardLetsThroughWhoIsEntitled() throws Exception {
    assertThat(get("/booking", "Bearer ada").body()).isEqualTo("booked");

    HttpResponse<String> denied = get("/planner", "Bearer ada");
    assertThat(denied.statusCode()).isEqualTo(403);
    assertThat(denied.body()).contains("forbidden").doesNotContain("planned");
    HttpResponse<String> unknown = get("/booking", "");
    assertThat(unknown.statusCode()).isEqualTo(401);
    assertThat(unknown.body()).doesNotContain("booked");
  }

  @Test
  void aGuardLetsThroughWhoHasSomethingLeft() throws Exception {
    assertThat(get("/reviews", "Bearer ada").body()).isEqualTo("reviewed");
    BILLING
        .entitlements()
        .consume(
            new AccountId("ada"), new Use("video_reviews", 2, Optional.empty(), Optional.empty()));

    HttpResponse<String> refused = get("/reviews", "Bearer ada");

    assertThat(refused.statusCode()).isEqualTo(402);
    assertThat(refused.body()).contains("limit_reached", "resetsAt").doesNotContain("reviewed");
  }

  @Test
  void headerThatNamesAnotherMethodCallsNoRoute() throws Exception {
    HttpRequest request = HttpRequest.newBuilder(
            URI.create("http://localhost:" + HOST.port() + "/api/v1/customer"))
        .header("Authorization", "Bearer overrider")
        .header("X-HTTP-Method-Override", "POST")
        .build();

    HttpResponse<String> reply =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());

    assertThat(reply.statusCode()).isEqualTo(405);
    assertThat(get("/api/v1/customer", "Bearer overrider").statusCode()).isEqualTo(404);
  }

  @Test
  void metricsAreOffUnlessTheyAreTurnedOn() throws Exception {
    assertThat(get("/metrics", "Bearer ada").statusCode()).isEqualTo(403);
  }

  private static HttpResponse<String> get(String path, String authorization)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + HOST.port() + path));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
