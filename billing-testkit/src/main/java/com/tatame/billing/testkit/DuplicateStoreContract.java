package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.duplicate.Duplicate;
import com.tatame.billing.duplicate.Duplicate.Settlement;
import com.tatame.billing.duplicate.Duplicate.Status;
import com.tatame.billing.duplicate.DuplicateStore.Several;
import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.entitlement.AccountEntitlement.Source;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.testkit.Commits.Linked;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Subscriptions that are one too many. */
public interface DuplicateStoreContract extends StoreUnderTest {
  @Test
  default void accountsWithSeveralSubscriptionsAreFoundWhenTheyComeToHaveThem() {
    Instant now = Ids.morning();
    AccountId before = entitled(now, "sub_1", "sub_2");
    AccountId one = entitled(now, "sub_3");
    Several first = several(Optional.empty());
    assertThat(first.accounts()).contains(before).doesNotContain(one).doesNotHaveDuplicates();

    AccountId after = entitled(now, "sub_4", "sub_5", "sub_6");

    assertThat(several(Optional.of(first.position())).accounts())
        .contains(after)
        .doesNotContain(one);
  }

  @Test
  default void anAccountThatHasOneAgainIsNotFound() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    entitle(linked, now, "sub_1", "sub_2");
    entitle(linked, now, "sub_2");

    assertThat(several(Optional.empty()).accounts()).doesNotContain(linked.account());
  }

  /** The whole search, in small pages. */
  private Several several(Optional<String> from) {
    List<AccountId> all = new ArrayList<>();
    Optional<String> position = from;
    Several page;
    do {
      page = store().duplicates().several(position, 2);
      all.addAll(page.accounts());
      position = Optional.of(page.position());
    } while (page.accounts().size() == 2);
    return new Several(all, page.position());
  }

  private AccountId entitled(Instant now, String... subscriptions) {
    Linked linked = Commits.aLinkedCustomer(store(), now);
    entitle(linked, now, subscriptions);
    return linked.account();
  }

  private void entitle(Linked linked, Instant now, String... subscriptions) {
    List<Source> sources = Stream.of(subscriptions)
        .map(id -> new Source(id, "pro", SubscriptionStatus.ACTIVE, Optional.empty()))
        .toList();
    Commits.apply(
        store(),
        linked.subject(),
        now,
        List.of(Commits.entitle(new AccountEntitlement(linked.account(), sources), now)));
  }

  @Test
  default void whatIsListedStaysAsItIsWhenItIsFoundAgain() {
    Instant now = Ids.morning();
    Duplicate found = found(now, Status.ALERTED);
    assertThat(store().duplicates().find(found.subscriptionId())).isEmpty();

    assertThat(store().duplicates().report(found)).isEqualTo(found);
    Duplicate again = with(found, Status.HANDLING, Optional.of(now), Optional.empty());

    assertThat(store().duplicates().report(again)).isEqualTo(found);
    assertThat(store().duplicates().find(found.subscriptionId())).contains(found);
  }

  @Test
  default void whatWasOverIsListedAnewWhenItIsFoundAgain() {
    Instant now = Ids.morning();
    Duplicate found = found(now, Status.ALERTED);
    store().duplicates().report(found);
    Duplicate over =
        with(found, Status.OVER, Optional.empty(), Optional.of(new Settlement(500, 100, "usd")));
    assertThat(store().duplicates().replace(Status.ALERTED, over)).isTrue();

    assertThat(store().duplicates().report(found)).isEqualTo(found);
    assertThat(store().duplicates().find(found.subscriptionId())).contains(found);
  }

  @Test
  default void onlyWhatHasTheStatusIsReplaced() {
    Instant now = Ids.morning();
    Duplicate found = found(now, Status.HANDLING);
    store().duplicates().report(found);
    Duplicate canceled = new Duplicate(
        found.subscriptionId(),
        Ids.next("sub"),
        found.account(),
        found.customerId(),
        found.family(),
        Status.CANCELED,
        found.foundAt(),
        Optional.empty(),
        Optional.of(new Settlement(2_500, 2_500, "usd")),
        Optional.of(now.plusSeconds(9)),
        Optional.of("ada"));

    assertThat(store().duplicates().replace(Status.ALERTED, canceled)).isFalse();
    assertThat(store().duplicates().find(found.subscriptionId())).contains(found);

    assertThat(store().duplicates().replace(Status.HANDLING, canceled)).isTrue();
    assertThat(store().duplicates().find(found.subscriptionId())).contains(canceled);
    assertThat(store().duplicates().replace(Status.HANDLING, found)).isFalse();
    assertThat(store().duplicates().replace(Status.ALERTED, found(now, Status.ALERTED)))
        .as("one that was not listed")
        .isFalse();
  }

  @Test
  default void whatIsDueComesTheLongestDueFirst() {
    Instant now = Ids.morning();
    Duplicate later = found(now, Status.HANDLING);
    Duplicate sooner = with(
        found(now, Status.HANDLING), Status.HANDLING, Optional.of(now.minusSeconds(60)), none());
    Duplicate notYet =
        with(found(now, Status.ALERTED), Status.ALERTED, Optional.of(now.plusNanos(1_000)), none());
    Stream.of(later, notYet, sooner).forEach(each -> store().duplicates().report(each));

    List<Duplicate> due = new ArrayList<>(store().duplicates().due(now, 101));
    due.removeIf(other -> other.lookAt().orElseThrow().isBefore(now.minusSeconds(60)));
    assertThat(due).containsExactly(sooner, later);
  }

  @Test
  default void theLastFoundAreListedFirstAndCounted() {
    Instant now = Ids.morning();
    long open = store().duplicates().open();
    Duplicate first = found(now, Status.ALERTED);
    Duplicate second = found(now.minus(Duration.ofDays(1)), Status.HANDLING);
    Duplicate third = found(now, Status.ALERTED);
    Stream.of(first, second, third).forEach(each -> store().duplicates().report(each));

    assertThat(store().duplicates().list(true, Optional.empty(), 3))
        .containsExactly(third, second, first);
    assertThat(store().duplicates().list(true, Optional.of(third.subscriptionId()), 1))
        .containsExactly(second);
    assertThat(store().duplicates().open()).isEqualTo(open + 3);

    Duplicate done = with(second, Status.CANCELED, Optional.empty(), none());
    store().duplicates().replace(Status.HANDLING, done);

    assertThat(store().duplicates().list(true, Optional.empty(), 2)).containsExactly(third, first);
    assertThat(store().duplicates().list(false, Optional.empty(), 3))
        .containsExactly(third, done, first);
    assertThat(store().duplicates().open()).isEqualTo(open + 2);
    assertThat(store().duplicates().list(true, Optional.of(Ids.next("sub")), 1))
        .as("behind one that was not listed")
        .isEmpty();
  }

  private static Optional<Settlement> none() {
    return Optional.empty();
  }

  private static Duplicate found(Instant now, Status status) {
    return new Duplicate(
        Ids.next("sub"),
        Ids.next("sub"),
        Ids.account(),
        Ids.next("cus"),
        "plan",
        status,
        now,
        Optional.of(now),
        Optional.empty(),
        Optional.empty(),
        status == Status.HANDLING ? Optional.of("policy") : Optional.empty());
  }

  private static Duplicate with(
      Duplicate duplicate, Status status, Optional<Instant> lookAt, Optional<Settlement> money) {
    return new Duplicate(
        duplicate.subscriptionId(),
        duplicate.keptId(),
        duplicate.account(),
        duplicate.customerId(),
        duplicate.family(),
        status,
        duplicate.foundAt(),
        lookAt,
        money,
        duplicate.handledAt(),
        duplicate.handledBy());
  }
}
