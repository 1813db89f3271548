package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.inbox.Attempt;
import com.tatame.billing.inbox.EventStatus;
import com.tatame.billing.inbox.ReplayPreview;
import com.tatame.billing.inbox.ReplaySelection;
import com.tatame.billing.inbox.StoredEvent;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.subscription.Cancellation;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.Disorder;
import com.tatame.billing.testkit.InMemoryBillingStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReplayTest {
  @Test
  void anOldEventCanNotUndoWhatIsNewer() {
    try (BillingWorld world = BillingWorld.builder().build()) {
      Shopper.named("ada", world).buys("pro", Shopper.PAYS);
      world.advance(Duration.ofDays(40));
      String created = idOf(world, "customer.subscription.created");

      assertThat(world.billing().webhooks().replay(new ReplaySelection.One(created)))
          .isEqualTo(1);
      world.work();

      assertThat(MirroredState.differences(world)).isEmpty();
      StoredEvent replayed = world.billing().webhooks().event(created);
      assertThat(replayed.event().status()).isEqualTo(EventStatus.PROCESSED);
      assertThat(replayed.history())
          .extracting(Attempt::outcome)
          .containsExactly(
              Attempt.Outcome.PROCESSED, Attempt.Outcome.REPLAYED, Attempt.Outcome.PROCESSED);
    }
  }

  @Test
  void everythingEverReceivedCanBeReplayedAndChangesNothing() {
    try (BillingWorld world = BillingWorld.builder().build()) {
      Instant start = world.wallClock().instant();
      Shopper.named("ada", world).buys("pro", Shopper.PAYS);
      Shopper.named("bob", world).buys("basic", Shopper.PAYS);
      world.advance(Duration.ofDays(40));
      Instant end = world.wallClock().instant().plusSeconds(1);
      long facts = facts(world);

      long replayed = world
          .billing()
          .webhooks()
          .replay(new ReplaySelection.Received(start, end, Optional.empty()));
      world.work();

      assertThat(replayed).isEqualTo(world.engine().events().size());
      assertThat(MirroredState.differences(world)).isEmpty();
      assertThat(facts(world)).isEqualTo(facts);
    }
  }

  @Test
  void aPreviewTellsWhatAnEventWouldChangeAndChangesNothing() {
    try (BillingWorld world = BillingWorld.builder().build()) {
      Shopper ada = Shopper.named("ada", world);
      ada.buys("pro", Shopper.PAYS);
      world.advance(Duration.ofDays(40), new Disorder(false, 0, 0, 0));
      String updated = idOf(world, "customer.subscription.updated");
      var before = MirroredState.known(world, world.store());

      List<ReplayPreview> same =
          world.billing().webhooks().preview(new ReplaySelection.One(updated));
      assertThat(same).singleElement().satisfies(preview -> {
        assertThat(preview.rows()).isEmpty();
        assertThat(preview.problem()).isEmpty();
      });

      assertThat(MirroredState.known(world, world.store())).isEqualTo(before);
    }
  }

  @Test
  void aPreviewOfAnEventThatWasNotProcessedYetShowsTheRowsBeforeAndAfter() {
    try (BillingWorld world = BillingWorld.builder().build()) {
      Shopper ada = Shopper.named("ada", world);
      ada.buys("pro", Shopper.PAYS);
      world.settle();
      world
          .billing()
          .subscriptions()
          .cancel(
              ada.account(),
              ada.subscriptions().get(0).id(),
              Cancellation.PERIOD_END,
              Optional.empty());
      world.settle();
      world.engine().advanceTo(world.engine().now().plus(Duration.ofDays(40)));
      world.wallClock().advance(Duration.ofDays(40));
      world.deliver(Disorder.NONE);
      String deleted = idOf(world, "customer.subscription.deleted");

      ReplayPreview preview =
          world.billing().webhooks().preview(new ReplaySelection.One(deleted)).get(0);

      assertThat(preview.rows())
          .filteredOn(row -> row.kind().equals("subscription"))
          .singleElement()
          .satisfies(row -> {
            assertThat(row.before())
                .containsEntry("status", "trialing")
                .doesNotContainKey("endedAt");
            assertThat(row.after()).containsEntry("status", "canceled").containsKey("endedAt");
          });
      assertThat(preview.rows())
          .filteredOn(row -> row.kind().equals("entitlement"))
          .singleElement()
          .satisfies(row ->
              assertThat(row.after().keySet()).noneMatch(field -> field.startsWith("sources")));
    }
  }

  @Test
  void anEventThatIsNotThereIsNotFound() {
    try (BillingWorld world = BillingWorld.builder().build()) {
      ReplaySelection nobody = new ReplaySelection.One("evt_nobody");
      assertThatThrownBy(() -> world.billing().webhooks().replay(nobody))
          .isInstanceOf(NotFound.class);
      assertThatThrownBy(() -> world.billing().webhooks().preview(nobody))
          .isInstanceOf(NotFound.class);
    }
  }

  private static String idOf(BillingWorld world, String type) {
    List<JsonNode> events = SimulatorReads.events(world, type);
    return events.get(0).required("id").asText();
  }

  private static long facts(BillingWorld world) {
    InMemoryBillingStore store = (InMemoryBillingStore) world.store();
    return SimulatorReads.customers(world).stream()
        .mapToLong(customer ->
            store.factsOf(new SubjectId(customer.required("id").asText())).size())
        .sum();
  }
}
