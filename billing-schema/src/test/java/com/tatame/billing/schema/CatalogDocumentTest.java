package com.tatame.billing.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Item;
import com.tatame.billing.catalog.Overage;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.PlanPrice;
import com.tatame.billing.catalog.Policies;
import com.tatame.billing.catalog.RepeatedTrials;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.money.Amounts;
import com.tatame.billing.money.Money;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CatalogDocumentTest {
  private static final Plan FREE = Plan.builder("free").build();
  private static final Plan PRO = Plan.builder("pro")
      .price(BillingInterval.MONTHLY, PlanPrice.of("pro_monthly", amounts(999, 899)))
      .feature("export", new Feature.Flag(true))
      .feature(
          "quiz",
          new Feature.Counter(
              2,
              new Window(Window.Kind.DAY, ZoneId.of("Europe/Berlin")),
              Optional.of(amounts(5_000, 4_500)),
              Optional.of(new Overage(20, Optional.of(0L), Overage.Beyond.REFUSED))))
      .build();
  private static final Catalog CATALOG = new Catalog(
      List.of(FREE, PRO),
      List.of(new Item("quiz-1", "A quiz", "quiz", amounts(1_500, 1_400), true)),
      "free",
      Duration.ofDays(3),
      List.of("WELCOME"),
      Policies.DEFAULT);

  private final ObjectNode document = (ObjectNode) CatalogDocument.of(CATALOG);

  private static Amounts amounts(long dollars, long euros) {
    return Amounts.of(new Money(dollars, "usd"), List.of(new Money(euros, "eur")));
  }

  private static Catalog read(JsonNode document) throws Exception {
    return CatalogDocument.read(new JsonMapper().readTree(document.toString()));
  }

  @Test
  void aCatalogIsReadBackWhole() throws Exception {
    assertThat(read(document)).isEqualTo(CATALOG);
  }

  @Test
  void whatIsEmptyZeroOrFalseIsLeftOut() {
    assertThat(document.at("/plans/0").properties())
        .extracting(field -> field.getKey())
        .containsExactly("family", "name", "tier");
    assertThat(document.at("/plans/1/features/quiz/overage/value/limit").isMissingNode())
        .isTrue();
    assertThat(document.at("/plans/1/features/quiz/overage/limit").asInt(-1)).isZero();
  }

  @Test
  void equalCatalogsHaveTheSameHashAndOthersAnother() throws Exception {
    JsonNode again = CatalogDocument.of(read(document));

    assertThat(CatalogDocument.hash(again)).isEqualTo(CatalogDocument.hash(document));
    assertThat(CatalogDocument.hash(
            CatalogDocument.of(CATALOG.with(Policies.DEFAULT.with(RepeatedTrials.END_NOW)))))
        .isNotEqualTo(CatalogDocument.hash(document));
  }

  /** Documents of released programs keep their hash: another would count as another catalog. */
  @Test
  void theFormatOfDocumentsStays() {
    assertThat(CatalogDocument.of(Catalog.of("free", FREE)))
        .hasToString(
            "{\"defaultTier\":\"free\",\"grace\":\"PT168H\",\"plans\":[{\"family\":\"default\","
                + "\"name\":\"free\",\"tier\":\"free\"}],"
                + "\"policies\":{\"duplicates\":\"alert\",\"repeatedTrials\":\"alert\"}}");
  }

  @Test
  void aFieldOfANewerReleaseIsRefused() {
    ((ObjectNode) document.at("/plans/1")).put("colour", "red");

    assertThatThrownBy(() -> read(document))
        .isInstanceOf(CatalogDocument.Unreadable.class)
        .hasMessage("catalog.plans[1].colour is unknown");
  }

  @Test
  void aKindOfFeatureOfANewerReleaseIsRefused() {
    ((ObjectNode) document.at("/plans/1/features/export")).put("type", "dial");

    assertThatThrownBy(() -> read(document))
        .isInstanceOf(CatalogDocument.Unreadable.class)
        .hasMessage("catalog.plans[1].features.export: dial is unknown");
  }

  @Test
  void aDocumentThatMakesNoCatalogIsRefused() {
    document.put("defaultTier", "gold");

    assertThatThrownBy(() -> read(document))
        .isInstanceOf(CatalogDocument.Unreadable.class)
        .hasMessageContaining("'gold' is not a tier of the catalog");
  }
}
