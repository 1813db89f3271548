package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Overage;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.entitlement.ConsumeResult;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.Decision;
import com.tatame.billing.entitlement.Entitlements;
import com.tatame.billing.entitlement.Grant;
import com.tatame.billing.entitlement.GrantContent;
import com.tatame.billing.entitlement.Grants;
import com.tatame.billing.entitlement.NewGrant;
import com.tatame.billing.entitlement.PriceBand;
import com.tatame.billing.entitlement.Use;
import com.tatame.billing.money.Money;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.SettableClock;
import com.tatame.billing.time.Clocks;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whatever is given, taken back, used and given back when: nothing is used that was not there, what
 * is lost soonest goes first, and what was given back is where it was.
 */
class GrantProperties {
  private static final AccountId ADA = new AccountId("user_ada");
  private static final int WORLDS = 200;
  private static final int STEPS = 80;

  @Test
  void limitsAndGrantsHoldAndReleasesRestore() {
    long seed = System.nanoTime();
    for (int i = 0; i < WORLDS; i++) {
      new Run(new Random(seed + i), "seed " + (seed + i)).go();
    }
  }

  /** A ledger of its own beside the product: what each grant holds, and each window has used. */
  private static final class Run {
    private final Random random;
    private final String why;
    private final SettableClock clock;
    private final Feature.Counter counter;
    private final Entitlements entitlements;
    private final Grants grants;
    private final Map<String, Long> left = new HashMap<>();
    private final Map<Instant, Long> included = new HashMap<>();
    private final Map<Instant, Long> overage = new HashMap<>();
    private final List<Consumption> taken = new ArrayList<>();

    Run(Random random, String why) {
      this.random = random;
      this.why = why;
      this.clock = new SettableClock(
          Instant.parse("2026-01-20T00:00:00Z").plusSeconds(random.nextInt(9_999_999)));
      this.counter = new Feature.Counter(
          random.nextInt(4),
          new Window(
              random.nextBoolean() ? Window.Kind.DAY : Window.Kind.CALENDAR_MONTH, ZoneOffset.UTC),
          Optional.empty(),
          random.nextBoolean()
              ? Optional.empty()
              : Optional.of(
                  new Overage(20, Optional.of((long) random.nextInt(4)), Overage.Beyond.REFUSED)));
      Catalog catalog = new Catalog(
          List.of(
              new Plan("free", "Free", "", "plan", 0, false, 0, Map.of(), Map.of("quiz", counter))),
          "free",
          Catalog.DEFAULT_GRACE);
      InMemoryBillingStore store = new InMemoryBillingStore();
      entitlements = new Entitlements(store.usage(), catalog, clock, random);
      grants =
          new Grants(store.grants(), new CatalogInForce(catalog), new Clocks(clock, clock), random);
    }

    void go() {
      for (int step = 0; step < STEPS; step++) {
        switch (random.nextInt(8)) {
          case 0 -> clock.advance(Duration.ofHours(random.nextInt(60)));
          case 1 -> give();
          case 2 -> revoke();
          case 3 -> giveBack();
          default -> use();
        }
        isTrue();
      }
    }

    private void give() {
      long units = 1L + random.nextInt(5);
      Grant grant = grants
          .give(
              new NewGrant(
                  ADA,
                  new GrantContent.Units("quiz", units),
                  "why",
                  random.nextInt(4) == 0 ? Optional.of(later(30)) : Optional.empty(),
                  random.nextBoolean()
                      ? Optional.of(later(30).plusSeconds(200_000))
                      : Optional.empty(),
                  Optional.empty()),
              "user_admin")
          .grant();
      left.put(grant.id(), units);
    }

    private Instant later(int hours) {
      return clock.instant().plusSeconds(60L * (1 + random.nextInt(hours * 60)));
    }

    private void revoke() {
      List<Grant> all = all();
      if (!all.isEmpty()) {
        grants.revoke(all.get(random.nextInt(all.size())).id(), "user_admin", Optional.empty());
      }
    }

    private void giveBack() {
      if (taken.isEmpty()) {
        return;
      }
      Consumption back = taken.remove(random.nextInt(taken.size()));
      entitlements.release(ADA, "quiz", back.id());
      entitlements.release(ADA, "quiz", back.id());
      back.ofGrants().forEach((id, units) -> left.merge(id, units, Long::sum));
      long own = back.amount() - back.granted();
      (back.place() == PriceBand.INCLUDED ? included : overage)
          .merge(back.period().start(), -own, Long::sum);
    }

    private void use() {
      long amount = 1L + random.nextInt(4);
      boolean forNothing = free() >= amount;
      List<Grant> holding = holding();
      ConsumeResult used = entitlements.consume(
          ADA, new Use("quiz", amount, Optional.of(new Money(100, "usd")), Optional.empty()));
      Optional<Consumption> consumption =
          used instanceof ConsumeResult.Granted granted ? granted.consumption() : Optional.empty();
      assertThat(consumption.map(Consumption::place).equals(Optional.of(PriceBand.INCLUDED)))
          .as(why)
          .isEqualTo(forNothing);
      consumption.ifPresent(c -> {
        taken.add(c);
        c.ofGrants().forEach((id, units) -> left.merge(id, -units, Long::sum));
        assertThat(holding)
            .as(why)
            .extracting(Grant::id)
            .containsAll(c.ofGrants().keySet());
        long own = c.amount() - c.granted();
        (c.place() == PriceBand.INCLUDED ? included : overage)
            .merge(c.period().start(), own, Long::sum);
        soonestFirst(c, holding);
      });
    }

    // A grant is only consumed when those that expire earlier are used up.
    private void soonestFirst(Consumption consumption, List<Grant> holding) {
      boolean drawn = false;
      for (int i = holding.size() - 1; i >= 0; i--) {
        Grant grant = holding.get(i);
        if (drawn) {
          assertThat(left.get(grant.id())).as(why + ": " + grant).isZero();
        }
        drawn |= consumption.ofGrants().containsKey(grant.id());
        boolean outlives =
            grant.expiresAt().filter(consumption.period().end()::isAfter).isEmpty();
        if (consumption.ofGrants().containsKey(grant.id()) && outlives) {
          assertThat(included.getOrDefault(consumption.period().start(), 0L))
              .as(why)
              .isEqualTo(counter.limit());
        }
      }
    }

    private void isTrue() {
      assertThat(left.values()).as(why).allMatch(units -> units >= 0);
      assertThat(all())
          .as(why)
          .allSatisfy(grant -> assertThat(grant.left()).isEqualTo(left.get(grant.id())));
      assertThat(included.values()).as(why).allMatch(units -> units <= counter.limit());
      counter
          .overage()
          .flatMap(Overage::limit)
          .ifPresent(most -> assertThat(overage.values()).as(why).allMatch(u -> u <= most));
      Decision decision = entitlements.check(ADA, "quiz");
      assertThat(decision.allowance().orElseThrow().remaining()).as(why).contains(free());
      assertThat(decision.grants())
          .as(why)
          .extracting(Decision.GrantLeft::id)
          .containsExactlyElementsOf(holding().stream()
              .map(Grant::id)
              .filter(id -> left.getOrDefault(id, 0L) > 0)
              .toList());
    }

    private long free() {
      Instant window = counter.window().at(clock.instant(), Optional.empty()).start();
      return counter.limit()
          - included.getOrDefault(window, 0L)
          + holding().stream()
              .mapToLong(grant -> left.getOrDefault(grant.id(), 0L))
              .sum();
    }

    private List<Grant> holding() {
      Instant now = clock.instant();
      return all().stream()
          .filter(grant -> !grant.startsAt().isAfter(now))
          .filter(grant -> grant.expiresAt().filter(end -> !end.isAfter(now)).isEmpty())
          .filter(grant -> grant.revoked().isEmpty())
          .sorted(Comparator.comparing((Grant grant) -> grant.expiresAt().orElse(Instant.MAX))
              .thenComparing(Grant::givenAt)
              .thenComparing(Grant::id))
          .toList();
    }

    private List<Grant> all() {
      return grants.list(Optional.of(ADA), Optional.empty(), 100);
    }
  }
}
