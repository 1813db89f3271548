package com.tatame.billing.testkit.eventorder;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.testkit.InMemoryBillingStore;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A proof that can't fail proves nothing: a core with one rule wrong is caught by few seeds. */
class MutantsTest {
  /** As many as the proof itself runs in a build. */
  private static final int SEEDS = 500;

  private static final Logger CORE = Logger.getLogger("com.tatame.billing");

  // What goes wrong in here goes wrong on purpose, thousands of times.
  @BeforeAll
  static void silence() {
    CORE.setLevel(Level.OFF);
  }

  @AfterAll
  static void speakAgain() {
    CORE.setLevel(null);
  }

  private static OrderProof proof(Supplier<BillingUnderProof.Flaw> flaw) {
    return BillingUnderProof.proof(world -> {
      InMemoryBillingStore store = new InMemoryBillingStore();
      return BillingUnderProof.on(store, store::factsOf, flaw.get()).open(world);
    });
  }

  private static void assertCaught(Supplier<BillingUnderProof.Flaw> flaw) {
    assertThat(proof(flaw).firstDivergence(SEEDS)).isPresent();
  }

  /**
   * For a flaw that few seeds catch: tries the seed that is known to catch it before all others,
   * since which one it is changes only with the simulator or the core.
   */
  private static void assertCaught(Supplier<BillingUnderProof.Flaw> flaw, long knownSeed) {
    assertThat(knownSeed).as("seeds that the proof runs").isBetween(1L, (long) SEEDS);
    try {
      proof(flaw).run(knownSeed);
    } catch (Divergence caught) {
      return;
    }
    assertCaught(flaw);
  }

  @Test
  void aReadReplacesTheRow() {
    assertCaught(Mutants::readsReplaceNothing);
  }

  @Test
  void aReadThatFindsNothingBuriesTheRow() {
    assertCaught(Mutants::readsBuryNothing, 130);
  }

  @Test
  void aSnapshotInsertsAnAbsentRow() {
    assertCaught(Mutants::snapshotsInsertNothing);
  }

  @Test
  void anEqualSnapshotDoesNothing() {
    assertCaught(Mutants::equalSnapshotsCount);
  }

  @Test
  void aNewerSnapshotReplacesTheRow() {
    assertCaught(Mutants::newerSnapshotsReplaceNothing);
  }

  @Test
  void aSnapshotOfTheSameMomentRequiresARead() {
    assertCaught(Mutants::ambiguousSnapshotsRequireNoRead);
  }

  @Test
  void anEndWinsItsMoment() {
    assertCaught(Mutants::theEndDoesNotWinItsSecond);
  }

  @Test
  void anOlderSnapshotLeavesTheRowAlone() {
    assertCaught(Mutants::olderSnapshotsReplace);
  }

  @Test
  void aSnapshotLeavesAloneWhatHasEnded() {
    assertCaught(Mutants::snapshotsReplaceWhatHasEnded);
  }

  @Test
  void aReadLeavesAloneWhatHasEnded() {
    assertCaught(Mutants::readsReplaceWhatHasEnded);
  }

  @Test
  void whatChangedIsStatedByItsEvent() {
    assertCaught(Mutants::changesComeFromTheRow);
  }

  @Test
  void anAttemptToPayHasItsOwnTime() {
    assertCaught(Mutants::attemptsAreAsOldAsTheirPayment);
  }

  @Test
  void aCommitChecksTheVersion() {
    assertCaught(Mutants::noVersionCheck);
  }

  @Test
  void aCommitChecksTheLease() {
    OrderProof proof = BillingUnderProof.proof(world -> {
      InMemoryBillingStore store = new InMemoryBillingStore();
      return BillingUnderProof.on(LeaselessStore.over(store), store::factsOf).open(world);
    });

    assertThat(proof.firstDivergence(SEEDS))
        .hasValueSatisfying(caught -> assertThat(caught).hasMessageContaining("took effect twice"));
  }

  @Test
  void aFactIsKeyedByWhatHappened() {
    assertCaught(Mutants::factsAreKeyedByTheirEvents);
  }

  @Test
  void entriesComeByTheirNumbersAndNotByTheirTimes() {
    assertCaught(StreamMutants::sequenceByClock);
  }

  @Test
  void anEntryShowsTheAccountAsItsCommitLeftIt() {
    assertCaught(StreamMutants::stateReadAtDelivery);
  }

  @Test
  void eachAccountHasAPositionOfItsOwn() {
    assertCaught(StreamMutants::oneGlobalCursor);
  }

  @Test
  void entitlementsFollowFromTheWholeSet() {
    assertCaught(Mutants::entitlementsFollowDifferences);
  }
}
