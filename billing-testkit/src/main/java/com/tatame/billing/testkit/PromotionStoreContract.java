package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.projection.Change;
import com.tatame.billing.promotion.Coupon;
import com.tatame.billing.testkit.fixture.Ids;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Coupons, as they are shown to everybody. */
public interface PromotionStoreContract extends StoreUnderTest {

  @Test
  default void couponsAreFoundByTheirIdsWithAllTheirValues() {
    Instant now = Ids.morning();
    Coupon percent = percent(now);
    Coupon amount = new Coupon(
        Ids.next("FIVER"),
        Optional.of("Five öff"),
        Optional.empty(),
        Optional.of(new Money(500, "usd")),
        Coupon.Duration.REPEATING,
        Optional.of(3),
        Optional.of(100L),
        7,
        Optional.of(now.plusSeconds(9)),
        Map.of("campaign", "spring"),
        now);
    Coupon other = percent(now);
    Commits.store(store(), now, percent, amount, other);

    assertThat(store().promotions().coupons(Set.of(percent.id(), amount.id(), Ids.next("NOTHING"))))
        .containsExactlyInAnyOrder(percent, amount);
    assertThat(store().promotions().coupons(Set.of())).isEmpty();
  }

  @Test
  default void aCouponThatIsGoneIsNotFound() {
    Instant now = Ids.morning();
    Coupon gone = percent(now);
    Commits.store(store(), now, gone);

    Commits.apply(
        store(),
        gone.subject(),
        now,
        List.of(new Change.Tombstone(gone.ref(), now.plusSeconds(1), Source.READ)));

    assertThat(store().promotions().coupons(Set.of(gone.id()))).isEmpty();
  }

  @Test
  default void manyCouponsAreAllFound() {
    Instant now = Ids.morning();
    List<Coupon> many = Stream.generate(() -> percent(now)).limit(120).toList();
    Commits.store(store(), now, many.toArray(Coupon[]::new));
    Set<String> ids = new HashSet<>();
    many.forEach(coupon -> ids.add(coupon.id()));

    assertThat(store().promotions().coupons(ids)).containsExactlyInAnyOrderElementsOf(many);
  }

  private static Coupon percent(Instant now) {
    return new Coupon(
        Ids.next("SPRING"),
        Optional.empty(),
        Optional.of(new BigDecimal("12.5")),
        Optional.empty(),
        Coupon.Duration.ONCE,
        Optional.empty(),
        Optional.empty(),
        0,
        Optional.empty(),
        Map.of(),
        now);
  }
}
