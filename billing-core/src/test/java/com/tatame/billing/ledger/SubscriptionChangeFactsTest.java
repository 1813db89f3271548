package com.tatame.billing.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.observation.SubscriptionTerms;
import com.tatame.billing.observation.TermsChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubscriptionChangeFactsTest {
  private static final Instant AT = Instant.parse("2026-03-01T00:00:00Z");

  @Test
  void theFirstEventStatesWithWhatASubscriptionBegins() {
    TermsChange begin = new TermsChange(Optional.empty(), new Terms().build());

    assertThat(facts(begin))
        .singleElement()
        .isEqualTo(new Fact(
                "sub_1:opened",
                "subscription.opened",
                new SubjectId("cus_1"),
                Optional.of("sub_1"),
                Optional.empty(),
                "active",
                AT)
            .with(begin));
  }

  @ParameterizedTest
  @CsvSource({
    "trialing, active, subscription.trial_converted",
    "incomplete, active, subscription.activated",
    "incomplete, trialing, subscription.activated",
    "past_due, active, subscription.recovered",
    "unpaid, active, subscription.recovered",
    "paused, active, subscription.unpaused",
    "paused, trialing, subscription.unpaused",
    "active, past_due, subscription.past_due",
    "past_due, unpaid, subscription.unpaid",
    "trialing, paused, subscription.paused",
    "incomplete, incomplete_expired, subscription.expired",
    "active, incomplete, subscription.status_changed"
  })
  void aChangeOfStatusIsNamedByWhereItComesFrom(String from, String to, String type) {
    assertThat(types(terms -> terms.status = from, terms -> terms.status = to))
        .containsExactly(type);
  }

  @Test
  void theEndIsStatedByTheSubscriptionItself() {
    assertThat(types(terms -> terms.status = "active", terms -> terms.status = "canceled"))
        .isEmpty();
  }

  @Test
  void anotherProductIsAnotherPlan() {
    assertThat(types(terms -> {}, terms -> {
          terms.product = "prod_2";
          terms.price = "price_2";
        }))
        .containsExactly("subscription.plan_changed");
  }

  @Test
  void planIntervalAndQuantityChangeInOneEvent() {
    List<Fact> facts = facts(change(terms -> {}, terms -> {
      terms.product = "prod_2";
      terms.interval = "year";
      terms.quantity = 3;
    }));

    assertThat(facts)
        .extracting(Fact::type)
        .containsExactly(
            "subscription.plan_changed",
            "subscription.interval_changed",
            "subscription.quantity_changed");
    assertThat(facts)
        .extracting(Fact::key)
        .containsExactly("evt_1:plan", "evt_1:interval", "evt_1:quantity");
  }

  @Test
  void anotherPriceOfOnePlanAndIntervalIsAChangeOfItsPrice() {
    assertThat(types(terms -> {}, terms -> terms.price = "price_2"))
        .containsExactly("subscription.price_changed");
  }

  @Test
  void aFurtherItemThatComesOrGoesIsAChangeOfItems() {
    assertThat(types(terms -> {}, terms -> terms.further = 1))
        .containsExactly("subscription.items_changed");
    assertThat(types(terms -> terms.further = 2, terms -> terms.further = 1))
        .containsExactly("subscription.items_changed");
  }

  @Test
  void aCancellationIsScheduledMovedAndRevoked() {
    Optional<Instant> end = Optional.of(AT.plusSeconds(60));
    Optional<Instant> later = Optional.of(AT.plusSeconds(120));

    assertThat(types(terms -> {}, terms -> terms.endsAt = end))
        .containsExactly("subscription.cancellation_scheduled");
    assertThat(types(terms -> terms.endsAt = end, terms -> terms.endsAt = later))
        .containsExactly("subscription.cancellation_scheduled");
    assertThat(types(terms -> terms.endsAt = end, terms -> {}))
        .containsExactly("subscription.cancellation_revoked");
  }

  @Test
  void collectionIsPausedAndResumed() {
    assertThat(types(terms -> {}, terms -> terms.paused = Optional.of("void")))
        .containsExactly("subscription.collection_paused");
    assertThat(types(terms -> terms.paused = Optional.of("void"), terms -> {}))
        .containsExactly("subscription.collection_resumed");
  }

  @Test
  void discountsThatComeOrGoAreAChange() {
    assertThat(types(terms -> {}, terms -> terms.discount = Optional.of("di_1")))
        .containsExactly("subscription.discounts_changed");
  }

  @Test
  void whatIsNoneOfTheTermsChangesNothing() {
    assertThat(types(terms -> {}, terms -> {})).isEmpty();
  }

  private static List<String> types(Consumer<Terms> from, Consumer<Terms> to) {
    return facts(change(from, to)).stream().map(Fact::type).toList();
  }

  private static TermsChange change(Consumer<Terms> from, Consumer<Terms> to) {
    Terms before = new Terms();
    Terms after = new Terms();
    from.accept(before);
    to.accept(after);
    return new TermsChange(Optional.of(before.build()), after.build());
  }

  private static List<Fact> facts(TermsChange change) {
    return SubscriptionChangeFacts.of("sub_1", new SubjectId("cus_1"), "evt_1", AT, change);
  }

  private static final class Terms {
    private String status = "active";
    private String product = "prod_1";
    private String price = "price_1";
    private String interval = "month";
    private long quantity = 1;
    private int further;
    private Optional<Instant> endsAt = Optional.empty();
    private Optional<String> paused = Optional.empty();
    private Optional<String> discount = Optional.empty();

    SubscriptionTerms build() {
      List<SubscriptionTerms.Item> items = new ArrayList<>();
      items.add(item(price, product, quantity));
      for (int i = 0; i < further; i++) {
        items.add(item("price_seats_" + i, "prod_seats", 1));
      }
      return new SubscriptionTerms(
          status,
          items,
          discount.stream()
              .map(id -> new SubscriptionTerms.Discount(
                  Optional.of(id),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty()))
              .toList(),
          endsAt,
          paused);
    }

    private SubscriptionTerms.Item item(String priceId, String productId, long units) {
      return new SubscriptionTerms.Item(
          priceId,
          productId,
          units,
          "usd",
          Optional.of(999L),
          Optional.of(interval),
          1,
          false,
          Optional.of("exclusive"));
    }
  }
}
