package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Overage;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.entitlement.ConsumeResult;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.Decision;
import com.tatame.billing.entitlement.Entitlements;
import com.tatame.billing.entitlement.PriceBand;
import com.tatame.billing.entitlement.Use;
import com.tatame.billing.money.Amounts;
import com.tatame.billing.money.Money;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** For any catalog and any usage at any time: limits hold, and nothing is lost. */
class UsageProperties {
  private static final AccountId ADA = new AccountId("user_ada");
  private static final int CATALOGS = 200;
  private static final List<Window.Kind> KINDS = List.of(Window.Kind.values());
  private static final int STEPS = 60;

  @Test
  void noLimitIsExceededWhatIsGivenBackIsThereAgainAndAnswersAreTrue() {
    long seed = System.nanoTime();
    for (int i = 0; i < CATALOGS; i++) {
      run(new Random(seed + i), "seed " + (seed + i));
    }
  }

  private static void run(Random random, String why) {
    SettableClock clock = new SettableClock(
        Instant.parse("2026-01-31T22:00:00Z").plusSeconds(random.nextInt(9_999_999)));
    Feature.Counter counter = counter(random);
    Entitlements entitlements = new Entitlements(
        new InMemoryBillingStore().usage(),
        new Catalog(
            List.of(new Plan(
                "free", "Free", "", "plan", 0, false, 0, Map.of(), Map.of("quiz", counter))),
            "free",
            Catalog.DEFAULT_GRACE),
        clock,
        random);
    List<Consumption> taken = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      if (random.nextInt(6) == 0) {
        clock.advance(Duration.ofHours(random.nextInt(400)));
      } else if (random.nextInt(4) == 0 && !taken.isEmpty()) {
        giveBack(entitlements, taken.remove(random.nextInt(taken.size())), counter, clock, why);
      } else {
        use(entitlements, random, counter, why).ifPresent(taken::add);
      }
      holds(taken, counter, why);
      isTrue(entitlements, taken, counter, clock, why);
    }
  }

  private static Feature.Counter counter(Random random) {
    List<String> zones = List.of("UTC", "Europe/Berlin", "America/Havana", "Pacific/Apia");
    return new Feature.Counter(
        random.nextInt(6),
        new Window(
            KINDS.get(random.nextInt(KINDS.size())),
            ZoneId.of(zones.get(random.nextInt(zones.size())))),
        random.nextBoolean() ? Optional.of(Amounts.of(new Money(50, "usd"))) : Optional.empty(),
        random.nextBoolean()
            ? Optional.empty()
            : Optional.of(new Overage(
                random.nextInt(101),
                random.nextBoolean() ? Optional.of((long) random.nextInt(4)) : Optional.empty(),
                random.nextBoolean() ? Overage.Beyond.FULL_PRICE : Overage.Beyond.REFUSED)));
  }

  private static Optional<Consumption> use(
      Entitlements entitlements, Random random, Feature.Counter counter, String why) {
    Money price = new Money(random.nextInt(100), "usd");
    ConsumeResult used = entitlements.consume(
        ADA, new Use("quiz", 1 + random.nextInt(2), Optional.of(price), Optional.empty()));
    if (used instanceof ConsumeResult.Granted granted) {
      Consumption consumption = granted.consumption().orElseThrow();
      boolean tooDear = counter
          .maxItemPrice()
          .filter(most -> price.amount() > most.standard().amount())
          .isPresent();
      assertThat(tooDear && consumption.place() == PriceBand.INCLUDED).as(why).isFalse();
      granted
          .charge()
          .ifPresent(charge -> assertThat(charge.price().amount())
              .as(why)
              .isBetween(0L, price.amount() * consumption.amount()));
      return Optional.of(consumption);
    }
    return Optional.empty();
  }

  private static void giveBack(
      Entitlements entitlements,
      Consumption consumption,
      Feature.Counter counter,
      SettableClock clock,
      String why) {
    long before = used(entitlements);
    entitlements.release(ADA, "quiz", consumption.id());
    entitlements.release(ADA, "quiz", consumption.id());
    boolean counts = consumption.place() == PriceBand.INCLUDED
        && consumption.period().equals(counter.window().at(clock.instant(), Optional.empty()));
    assertThat(used(entitlements))
        .as(why)
        .isEqualTo(counts ? before - consumption.amount() : before);
  }

  private static long used(Entitlements entitlements) {
    return entitlements.check(ADA, "quiz").allowance().orElseThrow().used();
  }

  private static void holds(List<Consumption> taken, Feature.Counter counter, String why) {
    for (Consumption each : taken) {
      assertThat(sum(taken, each, PriceBand.INCLUDED)).as(why).isLessThanOrEqualTo(counter.limit());
      counter
          .overage()
          .flatMap(Overage::limit)
          .ifPresent(most ->
              assertThat(sum(taken, each, PriceBand.OVERAGE)).as(why).isLessThanOrEqualTo(most));
    }
  }

  private static long sum(List<Consumption> taken, Consumption inWindowOf, PriceBand place) {
    return taken.stream()
        .filter(each -> each.period().equals(inWindowOf.period()) && each.place() == place)
        .mapToLong(Consumption::amount)
        .sum();
  }

  private static void isTrue(
      Entitlements entitlements,
      List<Consumption> taken,
      Feature.Counter counter,
      SettableClock clock,
      String why) {
    Decision.Allowance allowance = entitlements.check(ADA, "quiz").allowance().orElseThrow();
    long used = taken.stream()
        .filter(each -> each.place() == PriceBand.INCLUDED
            && each.period().equals(counter.window().at(clock.instant(), Optional.empty())))
        .mapToLong(Consumption::amount)
        .sum();
    assertThat(allowance.used()).as(why).isEqualTo(used);
    assertThat(allowance.remaining()).as(why).contains(counter.limit() - used);
  }
}
