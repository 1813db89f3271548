package com.tatame.billing.projection;

import static com.tatame.billing.projection.SubscriptionFixture.START;
import static com.tatame.billing.projection.SubscriptionFixture.subscription;
import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.projection.MirrorRule.Verdict;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MirrorRuleTest {
  private static final ProviderObject ACTIVE = state(SubscriptionStatus.ACTIVE);
  private static final ProviderObject PAST_DUE = state(SubscriptionStatus.PAST_DUE);
  private static final ProviderObject CANCELED = state(SubscriptionStatus.CANCELED);

  @Test
  void whatWasNeverSeenIsStored() {
    assertThat(MirrorRule.decide(Optional.empty(), snapshot(ACTIVE, 0), Optional.of(ACTIVE)))
        .isEqualTo(Verdict.REPLACE);
  }

  @Test
  void aLaterSnapshotReplacesAnEarlierOne() {
    assertThat(decide(row(ACTIVE, 0, Source.SNAPSHOT), snapshot(PAST_DUE, 1)))
        .isEqualTo(Verdict.REPLACE);
  }

  @Test
  void anEarlierSnapshotChangesNothing() {
    assertThat(decide(row(PAST_DUE, 1, Source.SNAPSHOT), snapshot(ACTIVE, 0)))
        .isEqualTo(Verdict.KEEP);
  }

  @Test
  void twoStatesInOneSecondNeedARead() {
    assertThat(decide(row(ACTIVE, 0, Source.SNAPSHOT), snapshot(PAST_DUE, 0)))
        .isEqualTo(Verdict.AMBIGUOUS);
  }

  @Test
  void theSameStateSeenLaterOnlyMovesItsTime() {
    assertThat(decide(row(ACTIVE, 0, Source.SNAPSHOT), snapshot(ACTIVE, 5)))
        .isEqualTo(Verdict.REFRESH);
    assertThat(decide(row(ACTIVE, 5, Source.SNAPSHOT), snapshot(ACTIVE, 5)))
        .isEqualTo(Verdict.KEEP);
    assertThat(decide(row(ACTIVE, 5, Source.SNAPSHOT), snapshot(ACTIVE, 0)))
        .isEqualTo(Verdict.KEEP);
  }

  @Test
  void aSnapshotMustBeTwoSecondsLaterThanAReadToReplaceIt() {
    assertThat(decide(row(ACTIVE, 10, Source.READ), snapshot(PAST_DUE, 12)))
        .isEqualTo(Verdict.AMBIGUOUS);
    assertThat(decide(row(ACTIVE, 10, Source.READ), snapshot(PAST_DUE, 8)))
        .isEqualTo(Verdict.AMBIGUOUS);
    assertThat(decide(row(ACTIVE, 10, Source.READ), snapshot(PAST_DUE, 13)))
        .isEqualTo(Verdict.REPLACE);
    assertThat(decide(row(ACTIVE, 10, Source.READ), snapshot(PAST_DUE, 7))).isEqualTo(Verdict.KEEP);
  }

  @Test
  void aFinalStateWinsWithinTheSameSecondAndIsNeverLeft() {
    assertThat(decide(row(ACTIVE, 0, Source.SNAPSHOT), snapshot(CANCELED, 0)))
        .isEqualTo(Verdict.REPLACE);
    assertThat(decide(row(CANCELED, 0, Source.SNAPSHOT), snapshot(ACTIVE, 100)))
        .isEqualTo(Verdict.KEEP);
  }

  @Test
  void aFinalStateWinsEvenWhenItsClockLagsBehind() {
    assertThat(decide(row(ACTIVE, 5, Source.SNAPSHOT), snapshot(CANCELED, 0)))
        .isEqualTo(Verdict.REPLACE);
  }

  @Test
  void aReadReplacesWhateverIsNotFinal() {
    assertThat(decide(row(PAST_DUE, 100, Source.SNAPSHOT), read(ACTIVE, 0)))
        .isEqualTo(Verdict.REPLACE);
  }

  @Test
  void aReadThatContradictsAFinalStateIsReportedAndNotStored() {
    assertThat(decide(row(CANCELED, 0, Source.SNAPSHOT), read(ACTIVE, 100)))
        .isEqualTo(Verdict.CONTRADICTION);
  }

  @Test
  void whatTheProviderNoLongerKnowsIsBuried() {
    Observation gone = Observation.absent(ACTIVE.ref(), ACTIVE.subject(), START.plusSeconds(1));
    assertThat(decide(row(ACTIVE, 0, Source.SNAPSHOT), gone)).isEqualTo(Verdict.TOMBSTONE);
  }

  @Test
  void theBuriedStayBuriedForSnapshots() {
    StoredObject tombstone = new StoredObject(Optional.empty(), START, Source.READ);
    assertThat(decide(tombstone, snapshot(ACTIVE, 100))).isEqualTo(Verdict.KEEP);
  }

  @Test
  void anUnreadableSnapshotAsksForAReadUnlessTheRowIsFinal() {
    Observation unreadable =
        Observation.unreadable(ACTIVE.ref(), ACTIVE.subject(), START, "no status", "evt_1");
    assertThat(decide(row(ACTIVE, 0, Source.SNAPSHOT), unreadable)).isEqualTo(Verdict.AMBIGUOUS);
    assertThat(decide(row(CANCELED, 0, Source.SNAPSHOT), unreadable)).isEqualTo(Verdict.KEEP);
  }

  @Test
  void anObjectThatIsOnlyTouchedIsReadUnlessItIsFinalOrWasReadSince() {
    Observation touched = Observation.touched(ACTIVE.ref(), ACTIVE.subject(), at(10), "evt_1");
    assertThat(MirrorRule.decide(Optional.empty(), touched, Optional.empty()))
        .isEqualTo(Verdict.ASK);
    assertThat(decide(row(ACTIVE, 100, Source.SNAPSHOT), touched)).isEqualTo(Verdict.ASK);
    assertThat(decide(row(ACTIVE, 12, Source.READ), touched)).isEqualTo(Verdict.ASK);
    assertThat(decide(row(ACTIVE, 13, Source.READ), touched)).isEqualTo(Verdict.KEEP);
    assertThat(decide(row(CANCELED, 0, Source.SNAPSHOT), touched)).isEqualTo(Verdict.KEEP);
  }

  private static Verdict decide(StoredObject stored, Observation seen) {
    return MirrorRule.decide(Optional.of(stored), seen, seen.state());
  }

  private static ProviderObject state(SubscriptionStatus status) {
    return subscription("sub_1", "pro", status);
  }

  private static StoredObject row(ProviderObject state, int second, Source source) {
    return new StoredObject(Optional.of(state), at(second), source);
  }

  private static Observation snapshot(ProviderObject state, int second) {
    return Observation.snapshot(state, at(second), "evt_" + second);
  }

  private static Observation read(ProviderObject state, int second) {
    return Observation.read(state, at(second));
  }

  private static Instant at(int second) {
    return START.plusSeconds(second);
  }
}
