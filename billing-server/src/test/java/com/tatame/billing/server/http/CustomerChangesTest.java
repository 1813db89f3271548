package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tatame.billing.server.http.RunningServer.Reply;
import com.tatame.billing.simulator.engine.Request;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What an account changes of its customer, and that it changes no other's. */
class CustomerChangesTest {
  private static final RunningServer SERVER = new RunningServer();
  private static final String PATH = "/api/v1/customer";

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void customerIsChangedHereAndAtTheProvider() throws Exception {
    String id = customerOf("user_moves");

    Reply changed = patch(
        "user_moves",
        "{\"billingEmail\":\"bills@example.com\",\"name\":\"Ada\",\"locale\":\"pt-BR\","
            + "\"address\":{\"line1\":\"Rua A 1\",\"city\":\"Recife\",\"country\":\"BR\"}}");

    assertThat(changed.status()).as(changed.body()).isEqualTo(200);
    assertThat(changed.at("/customerId")).isEqualTo(id);
    assertThat(changed.at("/email")).isEqualTo("bills@example.com");
    assertThat(changed.at("/name")).isEqualTo("Ada");
    assertThat(SERVER.get(PATH, "user_moves").body()).isEqualTo(changed.body());
    JsonNode atProvider = atProvider(id);
    assertThat(atProvider.at("/preferred_locales/0").asText()).isEqualTo("pt-BR");
    assertThat(atProvider.at("/address/country").asText()).isEqualTo("BR");
    assertThat(atProvider.at("/address/city").asText()).isEqualTo("Recife");
  }

  @Test
  void missingFieldStaysAndNullClears() throws Exception {
    String id = customerOf("user_clears");
    patch(
        "user_clears",
        "{\"name\":\"Ada\",\"locale\":\"de\",\"address\":{\"city\":\"Bonn\",\"country\":\"DE\"}}");

    assertThat(patch("user_clears", "{\"address\":{\"country\":\"FR\"}}").at("/name"))
        .isEqualTo("Ada");
    assertThat(atProvider(id).at("/address/country").asText()).isEqualTo("FR");
    assertThat(atProvider(id).at("/address/city").isNull()).isTrue();

    Reply cleared = patch("user_clears", "{\"address\":null,\"name\":null,\"billingEmail\":null}");
    assertThat(cleared.json().get("name").isNull()).isTrue();
    assertThat(cleared.json().get("email").isNull()).isTrue();
    assertThat(atProvider(id).path("address").isNull()).isTrue();
    assertThat(atProvider(id).at("/preferred_locales/0").asText()).isEqualTo("de");
  }

  @Test
  void eachBadValueNamesItsField() throws Exception {
    String id = customerOf("user_bad");
    JsonNode before = atProvider(id);
    Map.ofEntries(
            Map.entry("{}", "body"),
            Map.entry("{\"billingEmail\":\"nobody\"}", "billingEmail"),
            Map.entry("{\"billingEmail\":\"\"}", "billingEmail"),
            Map.entry("{\"billingEmail\":7}", "billingEmail"),
            Map.entry("{\"name\":\" \"}", "name"),
            Map.entry("{\"name\":\"" + "n".repeat(256) + "\"}", "name"),
            Map.entry("{\"locale\":\"not a tag\"}", "locale"),
            Map.entry("{\"locale\":\"\"}", "locale"),
            Map.entry("{\"locale\":null}", "locale"),
            Map.entry("{\"address\":{}}", "address.country"),
            Map.entry("{\"address\":{\"country\":\"Germany\"}}", "address.country"),
            Map.entry("{\"address\":{\"country\":\"de\"}}", "address.country"),
            Map.entry("{\"address\":{\"country\":\"XX\"}}", "address.country"),
            Map.entry(
                "{\"address\":{\"country\":\"DE\",\"line1\":\"" + "l".repeat(256) + "\"}}",
                "address.line1"),
            Map.entry("{\"address\":\"Berlin\"}", "address"),
            Map.entry("{\"address\":{\"country\":\"DE\",\"zip\":\"1\"}}", "address.zip"),
            Map.entry("{\"email\":\"ada@example.com\"}", "email"))
        .forEach((body, field) -> {
          Reply refused = patch("user_bad", body);
          assertThat(refused.status()).as(body).isEqualTo(400);
          assertThat(refused.at("/errors/0/field")).as(body).isEqualTo(field);
        });
    assertThat(atProvider(id)).isEqualTo(before);
  }

  @Test
  void nobodyMovesToAnothersCustomer() throws Exception {
    String own = customerOf("user_thief");
    String other = customerOf("user_victim");
    JsonNode before = atProvider(other);
    for (String field : List.of("customerId", "accountId", "customer", "metadata")) {
      Reply refused = patch("user_thief", "{\"" + field + "\":\"" + other + "\"}");
      assertThat(refused.status()).as(field).isEqualTo(400);
    }

    patch("user_victim", "{\"billingEmail\":\"shared@example.com\"}");
    Reply same = patch("user_thief", "{\"billingEmail\":\"shared@example.com\"}");

    assertThat(same.at("/customerId")).isEqualTo(own);
    assertThat(SERVER.get(PATH, "user_victim").at("/customerId")).isEqualTo(other);
    assertThat(atProvider(other).path("metadata")).isEqualTo(before.path("metadata"));
  }

  @Test
  void accountWithoutCustomerHasNoneToChange() {
    assertThat(patch("user_none", "{\"name\":\"Ada\"}").code()).isEqualTo("not_found");
    assertThat(SERVER.send("PATCH", PATH, null, "{\"name\":\"Ada\"}").status()).isEqualTo(401);
  }

  private static String customerOf(String user) {
    return SERVER.post(PATH, user, "{\"email\":\"" + user + "@example.com\"}").at("/customerId");
  }

  private static Reply patch(String user, String body) {
    return SERVER.send("PATCH", PATH, user, body);
  }

  private static JsonNode atProvider(String customer) throws Exception {
    return new ObjectMapper()
        .readTree(SERVER
            .stripe
            .call(Request.of("GET", "/v1/customers/" + customer, Map.of()))
            .body());
  }
}
