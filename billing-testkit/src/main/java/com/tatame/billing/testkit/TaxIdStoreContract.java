package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.customer.TaxId;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.projection.Change;
import com.tatame.billing.testkit.Commits.Linked;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tax ids as their account sees them, and nobody else. */
public interface TaxIdStoreContract extends StoreUnderTest {

  @Test
  default void taxIdsAreListedFromTheNewestToTheOldestPageByPage() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    List<TaxId> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      all.add(bare(linked.customerId(), now.minusSeconds(i / 2)));
    }
    put(linked, now, all.toArray(TaxId[]::new));

    assertThat(list(linked, Optional.empty(), 101)).containsExactlyElementsOf(all);
    assertThat(list(linked, Optional.empty(), 2)).containsExactlyElementsOf(all.subList(0, 2));
    assertThat(list(linked, Optional.of(all.get(1).id()), 2))
        .containsExactlyElementsOf(all.subList(2, 4));
    assertThat(list(linked, Optional.of(all.get(4).id()), 2)).isEmpty();
    assertThat(list(linked, Optional.of(Ids.next("txi")), 2)).isEmpty();
  }

  @Test
  default void aTaxIdIsFoundByItsAccountWithAllItsValues() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    TaxId full = full(linked.customerId(), now);
    put(linked, now, full);

    assertThat(store().taxIds().find(linked.account(), full.id())).contains(full);
    assertThat(list(linked, Optional.empty(), 1)).containsExactly(full);
  }

  @Test
  default void somebodyElsesTaxIdIsNotFound() {
    Instant now = Ids.morning();
    Linked owner = Commits.aLinkedCustomer(store(), now);
    Linked other = Commits.aLinkedCustomer(store(), now);
    TaxId owned = bare(owner.customerId(), now);
    put(owner, now, owned);

    assertThat(store().taxIds().find(other.account(), owned.id())).isEmpty();
    assertThat(store().taxIds().find(Ids.account(), owned.id())).isEmpty();
    assertThat(list(other, Optional.empty(), 101)).isEmpty();
    assertThat(store().taxIds().list(Ids.account(), Optional.empty(), 101)).isEmpty();
    assertThat(list(other, Optional.of(owned.id()), 101)).isEmpty();
    assertThat(store().taxIds().find(owner.account(), owned.id())).contains(owned);
  }

  @Test
  default void aTaxIdThatIsGoneAtTheProviderIsNotFound() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    TaxId gone = bare(linked.customerId(), now);
    put(linked, now, gone);

    Commits.apply(
        store(),
        linked.subject(),
        now,
        List.of(new Change.Bury(gone.ref(), now.plusSeconds(1), Source.READ)));

    assertThat(store().taxIds().find(linked.account(), gone.id())).isEmpty();
    assertThat(list(linked, Optional.empty(), 101)).isEmpty();
  }

  private void put(Linked linked, Instant now, TaxId... ids) {
    List<Change> changes = new ArrayList<>();
    for (TaxId id : ids) {
      changes.add(Commits.put(id, now));
    }
    Commits.apply(store(), linked.subject(), now, changes);
  }

  private List<TaxId> list(Linked linked, Optional<String> after, int limit) {
    return store().taxIds().list(linked.account(), after, limit);
  }

  private static TaxId bare(String customerId, Instant createdAt) {
    return new TaxId(
        Ids.next("txi"),
        Optional.of(customerId),
        "br_cnpj",
        "01.234.456/5432-10",
        Optional.empty(),
        Optional.empty(),
        createdAt);
  }

  private static TaxId full(String customerId, Instant createdAt) {
    return new TaxId(
        Ids.next("txi"),
        Optional.of(customerId),
        "eu_vat",
        "DE123456789",
        Optional.of("DE"),
        Optional.of(TaxId.Verification.VERIFIED),
        createdAt);
  }
}
