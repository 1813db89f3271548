package com.tatame.billing.projection;

import static com.tatame.billing.projection.SubscriptionFixture.ALICE;
import static com.tatame.billing.projection.SubscriptionFixture.CUSTOMER;
import static com.tatame.billing.projection.SubscriptionFixture.START;
import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.customer.Customer;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** For any history of the provider and any way its events reach us. */
class ProjectorProperties {
  private static final int SEEDS = 3_000;
  private static final Projector PROJECTOR = new Projector(SubscriptionFixture.catalog());
  private static final SubscriptionStatus[] LIVING = {
    SubscriptionStatus.TRIALING,
    SubscriptionStatus.ACTIVE,
    SubscriptionStatus.PAST_DUE,
    SubscriptionStatus.UNPAID,
    SubscriptionStatus.PAUSED
  };

  /** What the provider holds, and every event it sent on the way. */
  private static final class Provider {
    final Map<ObjectRef, ProviderObject> truth = new HashMap<>();
    final List<Observation> events = new ArrayList<>();
    Instant now = START;

    static Provider withHistory(Random random, boolean sameSecond) {
      Provider provider = new Provider();
      Customer customer = SubscriptionFixture.customer(Optional.of(ALICE));
      provider.change(customer);
      for (int i = 0; i < 1 + random.nextInt(3); i++) {
        String tier = random.nextBoolean() ? "pro" : "basic";
        int changes = 1 + random.nextInt(6);
        for (int c = 0; c < changes; c++) {
          provider.now = provider.now.plusSeconds(sameSecond ? random.nextInt(2) : 1);
          boolean ends = c == changes - 1 && random.nextInt(3) == 0;
          provider.change(SubscriptionFixture.subscription(
              "sub_" + i,
              tier,
              ends ? SubscriptionStatus.CANCELED : LIVING[random.nextInt(LIVING.length)]));
        }
      }
      return provider;
    }

    private void change(ProviderObject state) {
      truth.put(state.ref(), state);
      events.add(Observation.snapshot(state, now, "evt_" + events.size()));
    }

    Observation read(ObjectRef ref) {
      return Observation.read(Objects.requireNonNull(truth.get(ref)), now.plusSeconds(1));
    }
  }

  @Test
  void shuffledDoubledEventsAndTheReadsTheyAskForEndInTheProvidersState() {
    long ambiguous = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      Provider provider = Provider.withHistory(random, true);
      RowsInMemory rows = new RowsInMemory(new SubjectId(CUSTOMER), PROJECTOR);
      for (List<Observation> batch : delivered(provider.events, random)) {
        rows.see(batch);
      }
      ambiguous += rows.pending.size();
      while (!rows.pending.isEmpty()) {
        rows.see(List.of(provider.read(rows.pending.first())));
      }
      assertEndsAsTheProvider(rows, provider, "seed " + seed);
    }
    assertThat(ambiguous).as("seeds that needed a read").isGreaterThan(SEEDS / 4);
  }

  @Test
  void withDistinctSecondsTheSnapshotsAloneAreEnough() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      Provider provider = Provider.withHistory(random, false);
      RowsInMemory rows = new RowsInMemory(new SubjectId(CUSTOMER), PROJECTOR);
      for (List<Observation> batch : delivered(provider.events, random)) {
        rows.see(batch);
      }
      assertEndsAsTheProvider(rows, provider, "seed " + seed);
    }
  }

  @Test
  void factsAndEntitlementDependOnWhatHappenedAndNotOnTheOrderOfTheNews() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      Provider provider = Provider.withHistory(random, false);
      RowsInMemory inOrder = new RowsInMemory(new SubjectId(CUSTOMER), PROJECTOR);
      provider.events.forEach(event -> inOrder.see(List.of(event)));
      RowsInMemory shuffled = new RowsInMemory(new SubjectId(CUSTOMER), PROJECTOR);
      delivered(provider.events, random).forEach(shuffled::see);
      assertThat(shuffled.facts).as("seed " + seed).isEqualTo(inOrder.facts);
      assertThat(shuffled.entitlement()).as("seed " + seed).isEqualTo(inOrder.entitlement());
      assertThat(shuffled.linked).as("seed " + seed).contains(ALICE);
    }
  }

  private static void assertEndsAsTheProvider(RowsInMemory rows, Provider provider, String seed) {
    provider.truth.forEach(
        (ref, truth) -> assertThat(asHeldByTheProvider(rows.state(ref).orElseThrow()))
            .as(seed + " " + ref)
            .isEqualTo(truth));
  }

  // The provider knows nothing of tiers.
  private static ProviderObject asHeldByTheProvider(ProviderObject stored) {
    return stored instanceof Subscription s ? s.sold(Optional.empty(), Optional.empty()) : stored;
  }

  private static List<List<Observation>> delivered(List<Observation> events, Random random) {
    List<Observation> arriving = new ArrayList<>(events);
    events.stream().filter(event -> random.nextInt(4) == 0).forEach(arriving::add);
    Collections.shuffle(arriving, random);
    List<List<Observation>> batches = new ArrayList<>();
    while (!arriving.isEmpty()) {
      int size = Math.min(arriving.size(), 1 + random.nextInt(4));
      batches.add(List.copyOf(arriving.subList(0, size)));
      arriving.subList(0, size).clear();
    }
    return batches;
  }
}
