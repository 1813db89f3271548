package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.apikey.Scope;
import com.tatame.billing.server.http.Description.Operation;
import com.tatame.billing.server.http.RunningServer.Reply;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Every route of the served description with every kind of caller. */
final class RouteTrustTest {
  private static final RunningServer SERVER = new RunningServer();
  private static final List<Operation> OPERATIONS =
      new Description(SERVER.get("/openapi.json", null).json()).operations();

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void everyRouteLetsInExactlyTheCallersThatItNames() {
    for (Operation operation : authenticated()) {
      callers(operation).forEach((caller, headers) -> {
        Reply reply =
            SERVER.send(operation.method(), operation.pathWith("any"), null, null, headers);
        String what = operation + " (" + operation.effect() + ") as " + caller + ": ";
        if (operation.callers().contains(caller.replaceAll(" .*", ""))) {
          assertThat(reply.status()).as(what + reply.body()).isNotIn(401, 403).isLessThan(500);
        } else {
          assertThat(reply.status()).as(what + reply.body()).isEqualTo(403);
          assertThat(reply.code()).isEqualTo("forbidden");
        }
      });
    }
  }

  @Test
  void keysWithoutTheScopeAreRefusedEverywhere() {
    for (Operation operation : authenticated()) {
      Scope needed = Scope.of(operation.scope()).orElseThrow();
      Scope[] others = Arrays.stream(Scope.values())
          .filter(scope -> !scope.permits(needed))
          .toArray(Scope[]::new);
      Reply reply = SERVER.send(
          operation.method(),
          operation.pathWith("any"),
          null,
          null,
          "Authorization",
          "Bearer " + SERVER.apiKey(others),
          "X-Account-Id",
          "user_ada");

      assertThat(reply.status()).as(operation.toString()).isEqualTo(403);
      assertThat(reply.at("/detail")).contains(operation.scope());
    }
  }

  /** By kind, and after a blank which of that kind. */
  private static Map<String, String[]> callers(Operation operation) {
    Map<String, String[]> callers = new LinkedHashMap<>();
    callers.put(
        "visitor",
        proof("Anonymous " + SERVER.billing().anonymousSessions().begin().token()));
    callers.put("user", proof(RunningServer.bearer("user_ada")));
    callers.put("member", member("member"));
    callers.put("member without a role", member(""));
    callers.put("member whose role resembles one", member("billing_reader"));
    callers.put(
        "member in the first layout",
        proof("Bearer "
            + RunningServer.token("user_m").inFirstLayout("org_1", "org:member").sign()));
    callers.put("billing_role", member("admin"));
    callers.put("billing_role owner", member("owner"));
    callers.put(
        "billing_role in the first layout",
        proof("Bearer "
            + RunningServer.token("user_m")
                .inFirstLayout("org_1", "org:billing")
                .sign()));
    callers.put("api_key", new String[] {
      "Authorization",
      "Bearer " + SERVER.apiKey(Scope.of(operation.scope()).orElseThrow()),
      "X-Account-Id",
      "user_ada"
    });
    callers.put("administrator", proof(RunningServer.bearer("user_root")));
    callers.put(
        "administrator as a member",
        proof("Bearer "
            + RunningServer.token("user_root").inOrganization("org_1", "member").sign()));
    return callers;
  }

  private static String[] member(String role) {
    return proof(
        "Bearer " + RunningServer.token("user_m").inOrganization("org_1", role).sign());
  }

  private static String[] proof(String authorization) {
    return new String[] {"Authorization", authorization};
  }

  private static List<Operation> authenticated() {
    return OPERATIONS.stream().filter(operation -> !operation.scope().isEmpty()).toList();
  }

  @Test
  void callersFollowFromAccessAndEffectAlone() {
    assertThat(OPERATIONS).allSatisfy(operation -> {
      Set<String> expected = new TreeSet<>(
          switch (operation.access()) {
            case "public" -> Set.of("anybody");
            case "metrics" -> Set.of("collector");
            case "trusted", "administrator" -> Set.of("api_key", "administrator");
            case "signed_in" -> Set.of("user", "billing_role", "api_key", "administrator");
            default -> throw new AssertionError(operation + " has access " + operation.access());
          });
      if (operation.access().equals("signed_in") && !operation.effect().equals("billing")) {
        expected.add("member");
      }
      if (operation.anonymousToo()) {
        expected.add("visitor");
      }
      assertThat(new TreeSet<>(operation.callers())).as(operation.toString()).isEqualTo(expected);
      assertThat(operation.effect()).as(operation.toString()).isIn("billing", "use", "none");
      if (operation.method().equals("GET")) {
        assertThat(operation.effect()).as(operation.toString()).isEqualTo("none");
      }
    });
  }

  @Test
  void visitorsDoNothingBeyondBuyingAndUsing() {
    assertThat(canonical(Operation::anonymousToo))
        .containsExactlyInAnyOrder(
            "POST /api/v1/checkout",
            "POST /api/v1/checkout/{sessionId}/confirm",
            "GET /api/v1/purchases",
            "GET /api/v1/purchases/{id}",
            "GET /api/v1/purchases/owned/{item}",
            "GET /api/v1/entitlements",
            "GET /api/v1/entitlements/{feature}",
            "POST /api/v1/entitlements/{feature}/consume",
            "POST /api/v1/chat/save",
            "GET /api/v1/chat/history",
            "GET /api/v1/chat/history/{id}",
            "PATCH /api/v1/chat/history/{id}",
            "DELETE /api/v1/chat/history/{id}");
  }

  /** Moving a route to another list changes who may do what: only on purpose. */
  @Test
  void routesHaveTheEffectThatWasDecided() {
    assertThat(canonical(o -> o.access().equals("signed_in") && o.effect().equals("billing")))
        .containsExactlyInAnyOrder(
            "POST /api/v1/customer",
            "PATCH /api/v1/customer",
            "PUT /api/v1/mail-preferences",
            "POST /api/v1/checkout",
            "POST /api/v1/subscriptions/{id}/cancel",
            "POST /api/v1/subscriptions/{id}/resume",
            "POST /api/v1/subscriptions/{id}/update",
            "PATCH /api/v1/subscriptions/{id}",
            "POST /api/v1/subscriptions/{id}/pause",
            "POST /api/v1/subscriptions/{id}/unpause",
            "POST /api/v1/payment-methods",
            "DELETE /api/v1/payment-methods/{id}",
            "POST /api/v1/payment-methods/{id}/default",
            "POST /api/v1/portal",
            "POST /api/v1/tax-ids",
            "DELETE /api/v1/tax-ids/{id}",
            "POST /api/v1/coupons/apply",
            "POST /api/v1/invoices/{id}/pay",
            "POST /api/v1/payment-intents");
    assertThat(canonical(o -> o.access().equals("signed_in") && o.effect().equals("use")))
        .containsExactlyInAnyOrder(
            "POST /api/v1/entitlements/{feature}/consume",
            "POST /api/v1/anonymous-sessions/claim",
            "POST /api/v1/chat/save",
            "PATCH /api/v1/chat/history/{id}",
            "DELETE /api/v1/chat/history/{id}",
            "POST /api/v1/check-ins",
            "DELETE /api/v1/check-ins/{id}");
    assertThat(canonical(o -> o.access().equals("signed_in")
            && o.effect().equals("none")
            && !o.method().equals("GET")))
        .containsExactlyInAnyOrder(
            "POST /api/v1/checkout/{sessionId}/confirm",
            "POST /api/v1/subscriptions/{id}/quote",
            "POST /api/v1/coupons/validate",
            "POST /api/v1/tax/preview");
    assertThat(canonical(o -> o.access().equals("trusted")))
        .containsExactlyInAnyOrder(
            "POST /api/v1/entitlements/{feature}/release",
            "GET /api/v1/entitlements/{feature}/consumptions/{id}",
            "PUT /api/v1/entitlements/{feature}",
            "POST /api/v1/usage");
    assertThat(canonical(o -> o.access().equals("public") && !o.method().equals("GET")))
        .containsExactlyInAnyOrder(
            "POST /webhooks/stripe",
            // Refused without the service's signature or credentials, which configuration names.
            "POST /webhooks/sendgrid",
            "POST /webhooks/postmark",
            // The token is sealed, of one account, and switches one kind of mail off.
            "POST /mail/unsubscribe/{token}",
            "POST /api/v1/anonymous-sessions");
    assertThat(canonical(o -> o.access().equals("administrator")))
        .allMatch(route -> route.matches(
            "\\w+ /api/v1/(webhooks|commands|api-keys|refunds|grants|discounts|usage/reports"
                + "|duplicates|repeated-trials|audit|events|event-endpoints|subscribers|emails"
                + "|email-suppressions)(/.*)?"));
  }

  @Test
  void otherNamesOfARouteAreForTheSameCallers() {
    Map<String, Operation> canonical = OPERATIONS.stream()
        .filter(operation -> !operation.deprecated())
        .collect(Collectors.toMap(Operation::toString, operation -> operation));
    assertThat(OPERATIONS.stream().filter(Operation::deprecated)).isNotEmpty().allSatisfy(alias -> {
      String path = alias
          .details()
          .path("description")
          .asText()
          .replaceAll("^Another name for (.*)\\.$", "$1");
      Operation meant =
          Objects.requireNonNull(canonical.get(alias.method() + " " + path), alias::toString);
      assertThat(alias.callers()).isEqualTo(meant.callers());
      assertThat(alias.effect()).isEqualTo(meant.effect());
      assertThat(alias.scope()).isEqualTo(meant.scope());
    });
  }

  @Test
  void membersReadTheOrganisationsInvoicesWithoutTheirLinks() {
    String[] treasurer = member("billing");
    Reply opened =
        SERVER.post("/api/v1/checkout", null, RunningServer.checkoutOf("basic"), treasurer);
    SERVER.pay(opened.at("/url"));
    String confirm = "/api/v1/checkout/" + opened.at("/sessionId") + "/confirm";
    assertThat(SERVER.post(confirm, null, null, treasurer).status()).isEqualTo(200);
    SERVER.settle();
    SERVER.post(
        "/api/v1/tax-ids", null, "{\"type\":\"eu_vat\",\"value\":\"DE123456789\"}", treasurer);
    Reply whole = SERVER.get("/api/v1/invoices", null, treasurer);
    assertThat(whole.at("/data/0/hostedUrl")).startsWith("http");
    assertThat(SERVER.get("/api/v1/tax-ids", null, treasurer).at("/data/0/value"))
        .isEqualTo("DE123456789");

    Reply list = SERVER.get("/api/v1/invoices", null, member("member"));
    Reply one = SERVER.get("/api/v1/invoices/" + whole.at("/data/0/id"), null, member("member"));
    Reply taxIds = SERVER.get("/api/v1/tax-ids", null, member("member"));

    assertThat(list.at("/data/0/id")).isEqualTo(whole.at("/data/0/id"));
    assertThat(list.json().at("/data/0/hostedUrl").isNull()).isTrue();
    assertThat(list.json().at("/data/0/pdfUrl").isNull()).isTrue();
    assertThat(one.json().path("hostedUrl").isNull()).isTrue();
    assertThat(taxIds.at("/data/0/type")).isEqualTo("eu_vat");
    assertThat(taxIds.json().at("/data/0/value").isNull()).isTrue();
    assertThat(SERVER.get("/api/v1/entitlements", null, member("member")).at("/tier"))
        .isEqualTo("basic");
    assertThat(SERVER
            .post(
                "/api/v1/subscriptions/"
                    + SERVER.get("/api/v1/subscriptions", null, treasurer).at("/data/0/id")
                    + "/cancel",
                null,
                "{\"when\":\"now\"}",
                member("member"))
            .code())
        .isEqualTo("forbidden");
  }

  @Test
  void keptAnswersOfProgramsAreNotRepeatedToUsers() {
    String[] program = {
      "Authorization",
      "Bearer " + SERVER.apiKey(Scope.ACCOUNT),
      "X-Account-Id",
      "user_kept",
      "Idempotency-Key",
      "same"
    };
    String body = "{\"email\":\"kept@example.com\"}";
    assertThat(SERVER.post("/api/v1/customer", null, body, program).status()).isEqualTo(201);

    Reply user = SERVER.post("/api/v1/customer", "user_kept", body, "Idempotency-Key", "same");

    assertThat(user.status()).isEqualTo(200);
    assertThat(user.header("Idempotent-Replayed")).isEmpty();
    assertThat(SERVER.post("/api/v1/customer", null, body, program).header("Idempotent-Replayed"))
        .isEqualTo("true");
  }

  @Test
  void headersThatNameAnotherMethodAreNotObeyed() {
    String path = "/api/v1/payment-methods/pm_1";
    for (String header :
        List.of("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method")) {
      for (String method : List.of("GET", "POST")) {
        assertThat(SERVER.send(method, path, "user_ada", null, header, "DELETE").code())
            .as(method + " with " + header)
            .isEqualTo("method_not_allowed");
      }
      assertThat(SERVER
              .send("POST", path + "?_method=DELETE", "user_ada", null, header, "DELETE")
              .code())
          .isEqualTo("method_not_allowed");
      assertThat(SERVER
              .send("GET", "/api/v1/entitlements", "user_ada", null, header, "PUT")
              .status())
          .isEqualTo(200);
    }
  }

  private static List<String> canonical(Predicate<Operation> which) {
    return OPERATIONS.stream()
        .filter(operation -> !operation.deprecated())
        .filter(which)
        .map(Operation::toString)
        .toList();
  }
}
