package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.testkit.Commits.Linked;
import com.tatame.billing.testkit.fixture.Ids;
import com.tatame.billing.trial.Trial;
import com.tatame.billing.trial.Trial.Status;
import com.tatame.billing.trial.TrialStore.Entry;
import com.tatame.billing.trial.TrialStore.Found;
import com.tatame.billing.trial.TrialStore.Mark;
import com.tatame.billing.trial.TrialStore.Started;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Trials, and the ledger by which people are known again. */
public interface TrialStoreContract extends StoreUnderTest {
  @Test
  default void trialsAreFoundByTheFactsThatTheyBegan() {
    Instant now = Ids.morning();
    SubjectId customer = Commits.aCustomer();
    Started before = tell(customer, now, "trial_started");
    Started other = tell(customer, now, "ended");
    Found first = started(Optional.empty());
    assertThat(first.trials()).contains(before).doesNotContain(other).doesNotHaveDuplicates();

    Started after = tell(customer, now, "trial_started");

    assertThat(started(Optional.of(first.position())).trials())
        .contains(after)
        .doesNotContain(other);
  }

  /** The whole search, in small pages. */
  private Found started(Optional<String> from) {
    List<Started> all = new ArrayList<>();
    Optional<String> position = from;
    Found page;
    do {
      page = store().trials().started(position, 2);
      all.addAll(page.trials());
      position = Optional.of(page.position());
    } while (page.trials().size() == 2);
    return new Found(all, page.position());
  }

  private Started tell(SubjectId customer, Instant at, String what) {
    String id = Ids.next("sub");
    Fact fact = new Fact(
        id + ":" + what,
        "subscription." + what,
        customer,
        Optional.of(id),
        Optional.empty(),
        what,
        at);
    Commits.apply(store(), customer, at, List.of(new Change.Append(fact, Optional.empty())));
    return new Started(id, customer.value(), at);
  }

  @Test
  default void aTrialThatIsWatchedStaysAsItIs() {
    Instant now = Ids.morning();
    Trial trial = watched(Ids.next("cus"), now);
    store().trials().watch(trial);
    Trial alerted = next(trial, Status.ALERTED, Optional.of(now));
    assertThat(store().trials().replace(Status.WATCHED, alerted)).isTrue();

    store().trials().watch(trial);

    assertThat(store().trials().find(trial.subscriptionId())).contains(alerted);
    assertThat(store().trials().find(Ids.next("sub"))).isEmpty();
    assertThat(due(now)).contains(alerted);
    assertThat(store().trials().replace(Status.WATCHED, trial)).isFalse();
    assertThat(due(now)).contains(alerted);
    assertThat(store().trials().replace(Status.WATCHED, watched(Ids.next("cus"), now)))
        .as("one that is not watched")
        .isFalse();
  }

  @Test
  default void whatIsDueNamesTheAccountThatTheCustomerHasByNow() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    Trial nobodys = watched(Ids.next("cus"), now);
    Trial theirs = watched(linked.customerId(), now);
    Trial notYet =
        next(watched(Ids.next("cus"), now), Status.WATCHED, Optional.of(now.plusSeconds(1)));
    Stream.of(theirs, notYet, nobodys).forEach(each -> store().trials().watch(each));

    List<Trial> due = due(now);

    assertThat(due)
        .extracting(Trial::subscriptionId)
        .containsSubsequence(nobodys.subscriptionId(), theirs.subscriptionId())
        .doesNotContain(notYet.subscriptionId());
    assertThat(due).contains(nobodys);
    assertThat(due)
        .filteredOn(trial -> trial.subscriptionId().equals(theirs.subscriptionId()))
        .extracting(Trial::account)
        .containsExactly(Optional.of(linked.account()));
  }

  private List<Trial> due(Instant now) {
    List<Trial> due = new ArrayList<>(store().trials().due(now, 101));
    assertThat(due)
        .isSortedAccordingTo(
            (one, other) -> one.lookAt().orElseThrow().compareTo(other.lookAt().orElseThrow()));
    due.removeIf(other -> other.lookAt().orElseThrow().isBefore(now));
    return due;
  }

  @Test
  default void theLastOfThoseThatWereASecondOneAreListedFirst() {
    Instant now = Ids.morning();
    long open = store().trials().open();
    Trial first = watched(Ids.next("cus"), now);
    Trial second = watched(Ids.next("cus"), now);
    Trial honest = watched(Ids.next("cus"), now);
    Stream.of(first, second, honest).forEach(each -> store().trials().watch(each));
    Trial alerted = next(first, Status.ALERTED, Optional.empty());
    Trial ended = next(second, Status.ENDED, Optional.empty());
    store().trials().replace(Status.WATCHED, alerted);
    store().trials().replace(Status.WATCHED, ended);

    assertThat(store().trials().repeated(false, Optional.empty(), 2))
        .containsExactly(ended, alerted);
    assertThat(store().trials().repeated(false, Optional.of(ended.subscriptionId()), 1))
        .containsExactly(alerted);
    assertThat(store().trials().repeated(true, Optional.empty(), 1)).containsExactly(alerted);
    assertThat(store().trials().open()).isEqualTo(open + 1);
    assertThat(store().trials().repeated(true, Optional.of(Ids.next("sub")), 1)).isEmpty();
  }

  @Test
  default void theLedgerKnowsEvidenceAgainWithinItsFamily() {
    Instant now = Ids.morning();
    String one = Ids.next("sub");
    String other = Ids.next("sub");
    Mark card = mark("card");
    Mark email = mark("email");
    store().trials().record("plan", one, now, List.of(card, email));
    store().trials().record("plan", one, now.plusSeconds(5), List.of(card, email));
    store().trials().record("plan", other, now.plusSeconds(9), List.of(card));

    assertThat(store().trials().seen("plan", List.of(card, mark("card"))))
        .containsExactly(new Entry(card, one, now), new Entry(card, other, now.plusSeconds(9)));
    assertThat(store().trials().seen("plan", List.of(email)))
        .containsExactly(new Entry(email, one, now));
    assertThat(store().trials().seen("studio", List.of(card, email))).isEmpty();
    assertThat(store().trials().seen("plan", List.of(new Mark("tax_id", card.hash()))))
        .as("of another kind")
        .isEmpty();
    assertThat(store().trials().seen("plan", List.of())).isEmpty();
  }

  private static Mark mark(String kind) {
    String hex = Long.toHexString(Long.parseLong(Ids.next("h").substring(2)));
    return new Mark(kind, "0".repeat(64 - hex.length()) + hex);
  }

  private static Trial watched(String customer, Instant now) {
    return new Trial(
        Ids.next("sub"),
        customer,
        Optional.empty(),
        Optional.empty(),
        now.minusSeconds(60),
        Status.WATCHED,
        List.of(),
        Optional.of(now),
        Optional.empty(),
        Optional.empty());
  }

  private static Trial next(Trial trial, Status status, Optional<Instant> lookAt) {
    boolean repeats = status != Status.WATCHED;
    return new Trial(
        trial.subscriptionId(),
        trial.customerId(),
        trial.account(),
        Optional.of("plan"),
        trial.startedAt(),
        status,
        repeats ? List.of("card", "email") : List.of(),
        lookAt,
        repeats ? Optional.of(trial.startedAt().plusSeconds(70)) : Optional.empty(),
        status == Status.ENDED ? Optional.of(trial.startedAt().plusSeconds(80)) : Optional.empty());
  }
}
