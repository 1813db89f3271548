package com.tatame.billing.testkit;

import com.tatame.billing.customer.TaxId;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tax ids as their account sees them, and no other account. */
public interface TaxIdStoreContract extends StoreUnderTest {

  @Test
  default void taxIdsAreListedFromTheNewestToTheOldestPageByPage() {
    owned().areListedFromTheNewestToTheOldestPageByPage();
  }

  @Test
  default void aTaxIdIsFoundByItsAccountWithAllItsValues() {
    owned().areFoundWithAllTheirValues(TaxIdStoreContract::full);
  }

  @Test
  default void taxIdOfAnotherAccountIsNotFound() {
    owned().areNotFoundByAnybodyElse();
  }

  @Test
  default void aTaxIdThatIsGoneAtTheProviderIsNotFound() {
    owned().areNotFoundOnceTheyAreGone();
  }

  private OwnedObjects<TaxId> owned() {
    return new OwnedObjects<>(
        store(), store().taxIds()::list, store().taxIds()::find, TaxIdStoreContract::bare);
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
