package com.tatame.billing.testkit;

import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.testkit.fixture.AnInvoice;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Invoices as their account sees them, and no other account. */
public interface InvoiceStoreContract extends StoreUnderTest {

  @Test
  default void invoicesAreListedFromTheNewestToTheOldestPageByPage() {
    owned().areListedFromTheNewestToTheOldestPageByPage();
  }

  @Test
  default void anInvoiceIsFoundByItsAccountWithAllItsValues() {
    owned()
        .areFoundWithAllTheirValues(
            (customerId, at) -> AnInvoice.withEverything(customerId, "sub_1", at));
  }

  @Test
  default void invoiceOfAnotherAccountIsNotFound() {
    owned().areNotFoundByAnybodyElse();
  }

  @Test
  default void anInvoiceThatIsGoneAtTheProviderIsNotFound() {
    owned().areNotFoundOnceTheyAreGone();
  }

  private OwnedObjects<Invoice> owned() {
    return new OwnedObjects<>(
        store(),
        store().invoices()::list,
        store().invoices()::find,
        InvoiceStoreContract::inSomeState);
  }

  private static Invoice inSomeState(String customerId, Instant at) {
    return (switch ((int) Math.floorMod(at.getEpochSecond(), 3L)) {
          case 0 -> AnInvoice.draft(customerId, at);
          case 1 -> AnInvoice.open(customerId, at);
          default -> AnInvoice.paid(customerId, at);
        })
        .build();
  }
}
