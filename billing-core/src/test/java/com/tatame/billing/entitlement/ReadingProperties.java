package com.tatame.billing.entitlement;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Cycle;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whatever was read of an account, what is reported of it anew and again is the same at any time. */
class ReadingProperties {
  private static final AccountId ADA = new AccountId("user_ada");
  private static final Instant BEGIN = Instant.parse("2026-03-28T23:30:00Z");
  private static final int READINGS = 2_000;
  private static final int STEPS = 60;
  private static final List<String> TIERS = List.of("free", "basic", "pro");
  private static final List<Window.Kind> KINDS = List.of(Window.Kind.values());

  @Test
  void aReportThatIsToldAgainIsWhatWouldBeReported() {
    long seed = System.nanoTime();
    int anew = 0;
    for (int i = 0; i < READINGS; i++) {
      Random random = new Random(seed + i);
      Catalog catalog = catalog(random);
      AccountUsage usage = usage(random);
      EntitlementSnapshot reading = new EntitlementSnapshot(usage);
      Set<EntitlementReport> reports = Collections.newSetFromMap(new IdentityHashMap<>());
      Instant now = BEGIN;
      for (int step = 0; step < STEPS; step++) {
        now = next(now, usage, random);
        EntitlementReport report = reading.report(catalog, ADA, now);
        assertThat(report)
            .as("seed %d, step %d, at %s, %s", seed + i, step, now, usage)
            .isEqualTo(new EntitlementEvaluation(catalog, usage, now).report(ADA));
        reports.add(report);
      }
      anew += reports.size();
    }

    assertThat(anew).isBetween(READINGS * STEPS / 5, READINGS * STEPS * 4 / 5);
  }

  /** A little later or earlier, or at an instant at which something may begin or end. */
  private static Instant next(Instant now, AccountUsage usage, Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> now.plus(random.nextInt(40), ChronoUnit.HOURS);
      case 1 -> now.minusSeconds(random.nextInt(60));
      case 2 -> notable(usage, random).plus(random.nextInt(3) - 1, ChronoUnit.MICROS);
      default -> now.plusSeconds(random.nextInt(60));
    };
  }

  private static Instant notable(AccountUsage usage, Random random) {
    List<Instant> instants = new ArrayList<>();
    instants.add(near(random));
    usage.open().forEach(row -> instants.add(row.period().end()));
    usage.grants().forEach(grant -> {
      instants.add(grant.startsAt());
      grant.expiresAt().ifPresent(instants::add);
    });
    usage.entitlement().orElseThrow().sources().forEach(source -> {
      source.graceUntil().ifPresent(instants::add);
      source.cycle().ifPresent(cycle -> {
        instants.add(cycle.current().start());
        instants.add(cycle.current().end());
      });
    });
    return instants.get(random.nextInt(instants.size()));
  }

  private static Instant near(Random random) {
    return BEGIN.plus(Duration.ofMinutes(random.nextInt(60 * 24 * 40)));
  }

  private static Catalog catalog(Random random) {
    return new Catalog(
        IntStream.range(0, TIERS.size())
            .mapToObj(rank -> plan(TIERS.get(rank), rank, random))
            .toList(),
        "free",
        Catalog.DEFAULT_GRACE);
  }

  private static Plan plan(String tier, int rank, Random random) {
    Feature library = new Feature.Flag(random.nextBoolean());
    Feature quiz = random.nextInt(4) == 0
        ? new Feature.Unlimited(window(random), Optional.empty())
        : new Feature.Counter(random.nextInt(5), window(random));
    Map<String, Feature> features = random.nextInt(4) == 0
        ? Map.of("library", library)
        : Map.of("library", library, "quiz", quiz, "seats", new Feature.Gauge(random.nextInt(3)));
    return new Plan(tier, tier, "", "plan", rank, false, 0, Map.of(), features);
  }

  private static Window window(Random random) {
    return new Window(
        KINDS.get(random.nextInt(KINDS.size())),
        ZoneId.of(random.nextBoolean() ? "UTC" : "Europe/Berlin"));
  }

  private static AccountUsage usage(Random random) {
    List<AccountEntitlement.Source> sources = IntStream.range(0, random.nextInt(3))
        .mapToObj(i -> new AccountEntitlement.Source(
            "sub_" + i,
            TIERS.get(random.nextInt(TIERS.size())),
            SubscriptionStatus.PAST_DUE,
            maybe(random),
            random.nextBoolean() ? Optional.of(cycle(random)) : Optional.empty()))
        .toList();
    return new AccountUsage(
        Optional.of(new RecordedEntitlement(new AccountEntitlement(ADA, sources), BEGIN)),
        "1",
        IntStream.range(0, random.nextInt(4)).mapToObj(i -> row(random)).toList(),
        IntStream.range(0, random.nextInt(4)).mapToObj(i -> grant(i, random)).toList());
  }

  private static Cycle cycle(Random random) {
    Instant anchor = near(random);
    Instant start = near(random);
    return new Cycle(
        anchor,
        1 + random.nextInt(2),
        new Period(start, start.plus(Duration.ofHours(1 + random.nextInt(800)))));
  }

  private static UsageRow row(Random random) {
    Instant end = near(random);
    return new UsageRow(
        random.nextInt(4) == 0 ? "seats" : "quiz",
        new Period(end.minus(Duration.ofHours(1 + random.nextInt(1_000))), end),
        new UsageTally(random.nextInt(3), 0, 0));
  }

  private static Grant grant(int number, Random random) {
    Instant starts = near(random);
    GrantContent gift = switch (random.nextInt(3)) {
      case 0 -> new GrantContent.Tier(TIERS.get(random.nextInt(TIERS.size())));
      case 1 -> new GrantContent.Flag("library");
      default -> new GrantContent.Units("quiz", 1 + random.nextInt(3));
    };
    return new Grant(
        "grant_" + number,
        ADA,
        gift,
        "",
        "admin",
        BEGIN,
        starts,
        maybe(random).map(end -> end.isAfter(starts) ? end : starts.plusSeconds(1)),
        0,
        maybe(random).map(at -> new Grant.Revocation(at, "admin", Optional.empty())));
  }

  private static Optional<Instant> maybe(Random random) {
    return random.nextInt(3) == 0 ? Optional.empty() : Optional.of(near(random));
  }
}
