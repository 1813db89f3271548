package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.entitlement.AccountEntitlement.Source;
import com.tatame.billing.scenario.RandomStory.Happening;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever the order in which events arrive, however often and however late: in the end the store
 * holds what the provider holds.
 */
class EventOrderTest {
  private static final int STEPS = 40;
  private static final Map<Happening, Integer> MET = new EnumMap<>(Happening.class);
  private static final Map<String, Integer> ENDINGS = new TreeMap<>();

  static LongStream seeds() {
    return LongStream.rangeClosed(1, Long.getLong("billing.seeds.stories", 150));
  }

  @BeforeAll
  static void reset() {
    MET.clear();
    ENDINGS.clear();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void endsInTheProvidersOwnState(long seed) {
    try (RandomStory story = new RandomStory(seed)) {
      for (int i = 0; i < STEPS; i++) {
        story.step();
      }
      story.end();

      assertThat(MirroredState.differences(story.world())).as("seed %d", seed).isEmpty();
      assertThat(story.world().store().inbox().status()).as("seed %d", seed).satisfies(status -> {
        assertThat(status.backlog()).isZero();
        assertThat(status.dead()).isZero();
      });
      assertThatEntitlementsFollow(story, seed);
      story.met().forEach((happening, times) -> MET.merge(happening, times, Integer::sum));
    }
  }

  // From the provider's JSON alone: which subscriptions entitle, and until when.
  private static void assertThatEntitlementsFollow(RandomStory story, long seed) {
    List<JsonNode> subscriptions = SimulatorReads.subscriptions(story.world());
    List<JsonNode> open =
        SimulatorReads.all(story.world(), "/v1/invoices", Map.of("status", "open"));
    for (JsonNode customer : SimulatorReads.customers(story.world())) {
      Map<String, Optional<Instant>> expected = new TreeMap<>();
      for (JsonNode subscription : subscriptions) {
        String status = subscription.required("status").asText();
        ENDINGS.merge(status, 1, Integer::sum);
        if (subscription.required("customer").equals(customer.required("id"))
            && Set.of("trialing", "active", "past_due").contains(status)) {
          String id = subscription.required("id").asText();
          expected.put(
              id, status.equals("past_due") ? Optional.of(grace(id, open)) : Optional.empty());
        }
      }
      AccountId account = new AccountId(
          customer.required("metadata").required("billing_account").asText());
      Map<String, Optional<Instant>> actual = new TreeMap<>();
      for (Source source : story
          .world()
          .store()
          .usage()
          .read(account, story.world().engine().now())
          .entitlement()
          .map(entitlement -> entitlement.sources())
          .orElse(List.of())) {
        actual.put(source.subscriptionId(), source.graceUntil());
      }
      assertThat(actual).as("seed %d, %s", seed, account).isEqualTo(expected);
    }
  }

  private static Instant grace(String subscription, List<JsonNode> openInvoices) {
    long firstFailure = openInvoices.stream()
        .filter(invoice -> invoice
            .required("parent")
            .required("subscription_details")
            .required("subscription")
            .asText()
            .equals(subscription))
        .filter(invoice -> invoice.required("attempt_count").asInt() > 0)
        .mapToLong(invoice ->
            invoice.required("status_transitions").required("finalized_at").asLong())
        .min()
        .orElseThrow();
    return Instant.ofEpochSecond(firstFailure).plus(Duration.ofDays(7));
  }

  @AfterAll
  static void theStoriesMetWhatTheyWereToldFor() {
    assertThat(MET).containsOnlyKeys(Happening.values());
    assertThat(MET.values()).allSatisfy(times -> assertThat(times).isGreaterThan(50));
    assertThat(ENDINGS).containsKeys("trialing", "active", "past_due", "canceled");
  }
}
