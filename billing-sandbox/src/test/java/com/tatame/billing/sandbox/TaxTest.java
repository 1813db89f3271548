package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.sandbox.ApiClient.Reply;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;

/** What is added to a price, and who need not pay it; over every store. */
@ParameterizedClass
@EachStore
final class TaxTest {
  private final World world;
  private final Buyer buyer;

  TaxTest(Worlds worlds) {
    world = worlds.world();
    buyer = new Buyer(world);
  }

  @Test
  void aPreviewAddsTheTaxOfThePlace() {
    Reply german = preview("pro", "monthly", Map.of("country", "DE"));
    assertThat(german.status()).as(german.body()).isEqualTo(200);
    assertThat(german.at("/tax/amount")).isEqualTo("475");
    assertThat(german.at("/total/amount")).isEqualTo("2974");
    assertThat(german.at("/lines/0/description")).isEqualTo("Pro");
    assertThat(german.at("/lines/0/amount/amount")).isEqualTo("2499");

    assertThat(
            preview("basic", "yearly", Map.of("country", "US", "state", "NY")).at("/tax/amount"))
        .isEqualTo("851");
    assertThat(preview("basic", "yearly", Map.of("country", "BR")).at("/tax/amount"))
        .isEqualTo("0");
  }

  @Test
  void aPreviewNamesWhatItCanNotUse() {
    assertThat(preview("pro", "monthly", Map.of("country", "US")).at("/errors/0/field"))
        .isEqualTo("address");
    assertThat(preview("pro", "monthly", Map.of("country", "Germany")).at("/errors/0/field"))
        .isEqualTo("address.country");
    assertThat(preview("gold", "monthly", Map.of("country", "DE")).at("/errors/0/field"))
        .isEqualTo("tier");
    assertThat(preview("pro", "weekly", Map.of("country", "DE")).at("/errors/0/field"))
        .isEqualTo("interval");
    assertThat(preview("free", "monthly", Map.of("country", "DE")).at("/errors/0/field"))
        .isEqualTo("interval");
  }

  @Test
  void aNumberIsNotedListedAndForgotten() {
    Reply added = add("eu_vat", "DE123456789");
    assertThat(added.status()).as(added.body()).isEqualTo(201);
    assertThat(added.at("/value")).isEqualTo("DE123456789");
    assertThat(added.at("/country")).isEqualTo("DE");
    String id = added.at("/id");
    assertThat(buyer.api().get("/api/v1/tax-ids").at("/data/0/id")).isEqualTo(id);

    ApiClient stranger = new Buyer(world).api();
    assertThat(remove(stranger, id).status()).isEqualTo(404);
    assertThat(stranger.get("/api/v1/tax-ids").json().path("data")).isEmpty();

    assertThat(remove(buyer.api(), id).status()).isEqualTo(204);
    assertThat(remove(buyer.api(), id).status()).isEqualTo(404);
    world.settle();
    assertThat(buyer.api().get("/api/v1/tax-ids").json().path("data")).isEmpty();
  }

  @Test
  void whatIsNoNumberIsRefused() {
    assertThat(add("eu_vat", "what").at("/errors/0/field")).isEqualTo("value");
    assertThat(add("EU VAT", "DE123456789").at("/errors/0/field")).isEqualTo("type");
    assertThat(add("eu_vat", "").at("/errors/0/field")).isEqualTo("value");
  }

  private Reply preview(String tier, String interval, Map<String, String> address) {
    return buyer
        .api()
        .post(
            "/api/v1/tax/preview",
            Json.write(Map.of("tier", tier, "interval", interval, "address", address)));
  }

  private Reply add(String type, String value) {
    return buyer.api().post("/api/v1/tax-ids", Json.write(Map.of("type", type, "value", value)));
  }

  private static Reply remove(ApiClient api, String id) {
    return api.call("DELETE", "/api/v1/tax-ids/" + id, BodyPublishers.noBody());
  }
}
