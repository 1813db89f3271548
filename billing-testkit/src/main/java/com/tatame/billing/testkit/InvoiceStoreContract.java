package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.projection.Change;
import com.tatame.billing.testkit.Commits.Linked;
import com.tatame.billing.testkit.fixture.AnInvoice;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Invoices as their account sees them, and nobody else. */
public interface InvoiceStoreContract extends StoreUnderTest {

  @Test
  default void invoicesAreListedFromTheNewestToTheOldestPageByPage() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    List<Invoice> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      all.add(AnInvoice.paid(linked.customerId(), now.minusSeconds(i / 2)).build());
    }
    put(linked, now, all.toArray(Invoice[]::new));

    assertThat(list(linked, Optional.empty(), 101)).containsExactlyElementsOf(all);
    assertThat(list(linked, Optional.empty(), 2)).containsExactlyElementsOf(all.subList(0, 2));
    assertThat(list(linked, Optional.of(all.get(1).id()), 2))
        .containsExactlyElementsOf(all.subList(2, 4));
    assertThat(list(linked, Optional.of(all.get(4).id()), 2)).isEmpty();
    assertThat(list(linked, Optional.of(Ids.next("in")), 2)).isEmpty();
  }

  @Test
  default void anInvoiceIsFoundByItsAccountWithAllItsValues() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    Invoice full = AnInvoice.withEverything(linked.customerId(), "sub_1", now);
    put(linked, now, full);

    assertThat(store().invoices().find(linked.account(), full.id())).contains(full);
    assertThat(list(linked, Optional.empty(), 1)).containsExactly(full);
  }

  @Test
  default void somebodyElsesInvoiceIsNotFound() {
    Instant now = Ids.morning();
    Linked owner = Commits.aLinkedCustomer(store(), now);
    Linked other = Commits.aLinkedCustomer(store(), now);
    Invoice owned = AnInvoice.open(owner.customerId(), now).build();
    put(owner, now, owned);

    assertThat(store().invoices().find(other.account(), owned.id())).isEmpty();
    assertThat(store().invoices().find(Ids.account(), owned.id())).isEmpty();
    assertThat(list(other, Optional.empty(), 101)).isEmpty();
    assertThat(store().invoices().list(Ids.account(), Optional.empty(), 101)).isEmpty();
    assertThat(list(other, Optional.of(owned.id()), 101)).isEmpty();
    assertThat(store().invoices().find(owner.account(), owned.id())).contains(owned);
  }

  @Test
  default void anInvoiceThatIsGoneAtTheProviderIsNotFound() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    Invoice gone = AnInvoice.draft(linked.customerId(), now).build();
    put(linked, now, gone);

    Commits.apply(
        store(),
        linked.subject(),
        now,
        List.of(new Change.Bury(gone.ref(), now.plusSeconds(1), Source.READ)));

    assertThat(store().invoices().find(linked.account(), gone.id())).isEmpty();
    assertThat(list(linked, Optional.empty(), 101)).isEmpty();
  }

  private void put(Linked linked, Instant now, Invoice... invoices) {
    List<Change> changes = new ArrayList<>();
    for (Invoice invoice : invoices) {
      changes.add(Commits.put(invoice, now));
    }
    Commits.apply(store(), linked.subject(), now, changes);
  }

  private List<Invoice> list(Linked linked, Optional<String> after, int limit) {
    return store().invoices().list(linked.account(), after, limit);
  }
}
