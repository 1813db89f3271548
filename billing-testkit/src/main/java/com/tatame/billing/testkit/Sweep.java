package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.inbox.ClaimedEvent;
import com.tatame.billing.inbox.EventOutcome;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.ClaimId;
import com.tatame.billing.projection.PendingRead;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Empties the queues that all tests of one database share, of what earlier tests left in them. */
final class Sweep {
  /** Later than any lease, retry or creation of a contract. */
  private static final Instant END_OF_TIME = Instant.parse("2222-01-01T00:00:00Z");

  private static final int MAX_ROUNDS = 1_000;

  private Sweep() {}

  static void inbox(BillingStore store) {
    for (int round = 0; round < MAX_ROUNDS; round++) {
      ClaimId claim = Ids.claim();
      List<ClaimedEvent> left =
          store.inbox().claim(claim, InboxStore.MAX_CLAIM, END_OF_TIME, Duration.ofMinutes(1));
      if (left.isEmpty()) {
        return;
      }
      List<EventOutcome> settlements = left.stream()
          .<EventOutcome>map(event -> new EventOutcome.Ignored(event.seq(), "left by another test"))
          .toList();
      assertThat(store.inbox().settle(claim, settlements, END_OF_TIME)).isEmpty();
    }
    throw new AssertionError("settled events are claimed again and again");
  }

  static void pendingReads(BillingStore store) {
    for (int round = 0; round < MAX_ROUNDS; round++) {
      List<PendingRead> left = store.projections().pendingReads(100);
      if (left.isEmpty()) {
        return;
      }
      for (PendingRead read : left) {
        Commits.apply(
            store, read.subject(), END_OF_TIME, List.of(new Change.SettleRead(read.object())));
      }
    }
    throw new AssertionError("settled reads stay pending");
  }

  static void commands(BillingStore store) {
    for (int round = 0; round < MAX_ROUNDS; round++) {
      List<Command> left = store.commands().abandoned(END_OF_TIME, END_OF_TIME, 100);
      if (left.isEmpty()) {
        return;
      }
      for (Command command : left) {
        String lease = Ids.next("lease");
        store.commands().begin(command.id(), lease, END_OF_TIME, Duration.ofMinutes(1));
        store
            .commands()
            .end(
                command.id(),
                lease,
                CommandState.REJECTED,
                Optional.empty(),
                Optional.of("left by another test"),
                END_OF_TIME);
      }
    }
    throw new AssertionError("settled commands stay abandoned");
  }
}
