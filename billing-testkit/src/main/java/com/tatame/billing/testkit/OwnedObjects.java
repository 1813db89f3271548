package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.projection.Change;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.Commits.Linked;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * What holds of every kind of object that an account owns, however it is listed and found.
 *
 * @param made one of a customer, made at an instant
 */
record OwnedObjects<T extends ProviderObject>(
    BillingStore store,
    Listing<T> listing,
    BiFunction<AccountId, String, Optional<T>> finding,
    BiFunction<String, Instant, T> made) {
  private static final int ALL = 101;

  /** One page of an account's, from the newest to the oldest. */
  interface Listing<T> {
    List<T> list(AccountId account, Optional<String> after, int limit);
  }

  void areListedFromTheNewestToTheOldestPageByPage() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store, now);
    List<T> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      all.add(made.apply(linked.customerId(), now.minusSeconds(i / 2)));
    }
    put(linked, now, all);

    assertThat(list(linked, Optional.empty(), ALL)).containsExactlyElementsOf(all);
    assertThat(list(linked, Optional.empty(), 2)).containsExactlyElementsOf(all.subList(0, 2));
    assertThat(list(linked, Optional.of(all.get(1).id()), 2))
        .containsExactlyElementsOf(all.subList(2, 4));
    assertThat(list(linked, Optional.of(all.get(4).id()), 2)).isEmpty();
    assertThat(list(linked, Optional.of(Ids.next("nobodys")), 2)).isEmpty();
  }

  void areFoundWithAllTheirValues(BiFunction<String, Instant, T> withEverything) {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store, now);
    T full = withEverything.apply(linked.customerId(), now);
    put(linked, now, List.of(full));

    assertThat(finding.apply(linked.account(), full.id())).contains(full);
    assertThat(list(linked, Optional.empty(), 1)).containsExactly(full);
  }

  void areNotFoundByAnybodyElse() {
    Instant now = Ids.morning();
    Linked owner = Commits.aLinkedCustomer(store, now);
    Linked other = Commits.aLinkedCustomer(store, now);
    T owned = made.apply(owner.customerId(), now);
    put(owner, now, List.of(owned));

    assertThat(finding.apply(other.account(), owned.id())).isEmpty();
    assertThat(finding.apply(Ids.account(), owned.id())).isEmpty();
    assertThat(list(other, Optional.empty(), ALL)).isEmpty();
    assertThat(listing.list(Ids.account(), Optional.empty(), ALL)).isEmpty();
    assertThat(list(other, Optional.of(owned.id()), ALL)).isEmpty();
    assertThat(finding.apply(owner.account(), owned.id())).contains(owned);
  }

  void areNotFoundOnceTheyAreGone() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store, now);
    T gone = made.apply(linked.customerId(), now);
    put(linked, now, List.of(gone));

    Commits.apply(
        store,
        linked.subject(),
        now,
        List.of(new Change.Tombstone(gone.ref(), now.plusSeconds(1), Source.READ)));

    assertThat(finding.apply(linked.account(), gone.id())).isEmpty();
    assertThat(list(linked, Optional.empty(), ALL)).isEmpty();
  }

  private void put(Linked linked, Instant now, List<T> objects) {
    List<Change> changes = new ArrayList<>();
    objects.forEach(object -> changes.add(Commits.put(object, now)));
    Commits.apply(store, linked.subject(), now, changes);
  }

  private List<T> list(Linked linked, Optional<String> after, int limit) {
    return listing.list(linked.account(), after, limit);
  }
}
