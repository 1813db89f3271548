package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.entitlement.Entitlements;
import com.tatame.billing.entitlement.Guard;
import com.tatame.billing.entitlement.Use;
import com.tatame.billing.failure.LimitReached;
import com.tatame.billing.testkit.InMemoryBillingStore;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GuardTest {
  private static final AccountId ADA = new AccountId("user_ada");
  private static final Instant NOON = Instant.parse("2026-03-15T12:00:00Z");

  private final Entitlements entitlements = new Entitlements(
      new InMemoryBillingStore().usage(),
      new Catalog(
          List.of(new Plan(
              "free",
              "Free",
              "",
              "plan",
              0,
              false,
              0,
              Map.of(),
              Map.of(
                  "export",
                  new Feature.Counter(2, new Window(Window.Kind.DAY, ZoneOffset.UTC)),
                  "sharing",
                  new Feature.Flag(true)))),
          "free",
          Catalog.DEFAULT_GRACE),
      () -> NOON,
      new Random(1));
  private final Guard guard = new Guard(entitlements);
  private final List<String> done = new ArrayList<>();

  @Test
  void workThatIsDoneUsesUnitsUntilThereAreNone() throws Exception {
    assertThat(guard.run(ADA, Use.one("export", "1"), () -> "first")).isEqualTo("first");
    guard.require(ADA, "export");
    guard.run(ADA, Use.one("export", "2"), () -> "second");

    assertThatThrownBy(() -> guard.run(ADA, Use.one("export", "3"), () -> done.add("third")))
        .isInstanceOfSatisfying(LimitReached.class, refused -> {
          assertThat(refused.reached().limit()).isEqualTo(2);
          assertThat(refused.reached().resetsAt()).contains(Instant.parse("2026-03-16T00:00:00Z"));
        });
    assertThatThrownBy(() -> guard.require(ADA, "export")).isInstanceOf(LimitReached.class);
    assertThat(done).isEmpty();
  }

  @Test
  void workThatFailsGivesItsUnitsBackAndKeepsItsFailure() throws Exception {
    IOException trouble = new IOException("the disk is full");

    assertThatThrownBy(() -> guard.run(ADA, Use.one("export", "1"), () -> {
          throw trouble;
        }))
        .isSameAs(trouble);

    assertThat(entitlements.check(ADA, "export").allowance().orElseThrow().used())
        .isZero();
    guard.run(ADA, new Use("export", 2, Optional.empty(), Optional.empty()), () -> "both");
  }

  @Test
  void whoTriesAgainUnderTheSameKeyUsesUnitsAgain() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> guard.run(ADA, Use.one("export", "k"), () -> {
            throw new IOException("the disk is full");
          }))
          .isInstanceOf(IOException.class);
    }
    guard.run(ADA, Use.one("export", "k"), () -> "done");
    guard.run(ADA, Use.one("export", "k"), () -> "done once more");

    assertThat(entitlements.check(ADA, "export").allowance().orElseThrow().used())
        .isEqualTo(1);
  }

  @Test
  void aFlagLetsInWithoutCounting() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertThat(guard.run(ADA, Use.one("sharing", "k" + i), () -> "shared")).isEqualTo("shared");
    }
  }
}
