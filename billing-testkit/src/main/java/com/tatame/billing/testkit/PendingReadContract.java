package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.PendingRead;
import com.tatame.billing.projection.ReadPriority;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which objects only a read of the provider can settle. */
public interface PendingReadContract extends StoreUnderTest {

  @Test
  default void theMostUrgentReadComesFirstAndThenTheOldest() {
    Sweep.pendingReads(store());
    Instant now = Ids.morning();
    PendingRead lateRoutine = pending(ReadPriority.ROUTINE, now.plusSeconds(2));
    PendingRead earlyRoutine = pending(ReadPriority.ROUTINE, now);
    PendingRead lateAmbiguous = pending(ReadPriority.AMBIGUOUS, now.plusSeconds(9));
    PendingRead entitling = pending(ReadPriority.ENTITLING, now.minusSeconds(9));
    PendingRead earlyAmbiguous = pending(ReadPriority.AMBIGUOUS, now.plusSeconds(8));
    for (PendingRead read :
        List.of(lateRoutine, earlyRoutine, lateAmbiguous, entitling, earlyAmbiguous)) {
      require(read.object(), read.subject(), read.priority(), read.since());
    }

    assertThat(store().projections().pendingReads(10))
        .containsExactly(earlyAmbiguous, lateAmbiguous, entitling, earlyRoutine, lateRoutine);
    assertThat(store().projections().pendingReads(2))
        .containsExactly(earlyAmbiguous, lateAmbiguous);
    assertThat(store().inbox().status().pendingReads()).isEqualTo(5);
  }

  @Test
  default void aReadThatIsRequiredAgainKeepsTheEarliestTime() {
    Sweep.pendingReads(store());
    Instant now = Ids.morning();
    PendingRead read = pending(ReadPriority.ENTITLING, now);
    for (int offset : new int[] {5, 0, 9}) {
      require(read.object(), read.subject(), ReadPriority.ENTITLING, now.plusSeconds(offset));
    }

    assertThat(store().projections().pendingReads(10)).containsExactly(read);
  }

  @Test
  default void aReadThatIsRequiredAgainKeepsTheHighestPriority() {
    Sweep.pendingReads(store());
    Instant now = Ids.morning();
    PendingRead read = pending(ReadPriority.AMBIGUOUS, now);
    for (ReadPriority priority :
        List.of(ReadPriority.ROUTINE, ReadPriority.AMBIGUOUS, ReadPriority.ENTITLING)) {
      require(read.object(), read.subject(), priority, now);
    }

    assertThat(store().projections().pendingReads(10)).containsExactly(read);
  }

  @Test
  default void aSettledReadIsNoLongerPending() {
    Sweep.pendingReads(store());
    Instant now = Ids.morning();
    PendingRead settled = pending(ReadPriority.ROUTINE, now);
    PendingRead other = pending(ReadPriority.ROUTINE, now);
    require(settled.object(), settled.subject(), settled.priority(), settled.since());
    require(other.object(), other.subject(), other.priority(), other.since());

    Commits.apply(
        store(), settled.subject(), now, List.of(new Change.SettleRead(settled.object())));

    assertThat(store().projections().pendingReads(10)).containsExactly(other);
    assertThat(store().inbox().status().pendingReads()).isEqualTo(1);
  }

  @Test
  default void settlingAReadThatIsNotPendingIsHarmless() {
    Sweep.pendingReads(store());
    PendingRead read = pending(ReadPriority.ROUTINE, Ids.morning());

    Commits.apply(
        store(), read.subject(), read.since(), List.of(new Change.SettleRead(read.object())));

    assertThat(store().projections().pendingReads(10)).isEmpty();
  }

  @Test
  default void oneIdOfTwoKindsIsReadTwice() {
    Sweep.pendingReads(store());
    Instant now = Ids.morning();
    SubjectId subject = Commits.aCustomer();
    for (ObjectKind kind : List.of(ObjectKind.CUSTOMER, ObjectKind.INVOICE)) {
      require(new ObjectRef(kind, subject.value()), subject, ReadPriority.ROUTINE, now);
    }

    assertThat(store().projections().pendingReads(10)).hasSize(2);
  }

  private static PendingRead pending(ReadPriority priority, Instant since) {
    return new PendingRead(
        new ObjectRef(ObjectKind.SUBSCRIPTION, Ids.next("sub")),
        Commits.aCustomer(),
        priority,
        since);
  }

  private void require(ObjectRef object, SubjectId subject, ReadPriority priority, Instant since) {
    Commits.apply(
        store(), subject, since, List.of(new Change.RequireRead(object, priority, since)));
  }
}
