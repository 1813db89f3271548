package com.tatame.billing.testkit;

import com.tatame.billing.payment.PaymentMethod;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Payment methods as their account sees them, and no other account. */
public interface PaymentMethodStoreContract extends StoreUnderTest {

  @Test
  default void paymentMethodsAreListedFromTheNewestToTheOldestPageByPage() {
    owned().areListedFromTheNewestToTheOldestPageByPage();
  }

  @Test
  default void aPaymentMethodIsFoundByItsAccountWithAllItsValues() {
    owned().areFoundWithAllTheirValues(PaymentMethodStoreContract::full);
  }

  @Test
  default void paymentMethodOfAnotherAccountIsNotFound() {
    owned().areNotFoundByAnybodyElse();
  }

  @Test
  default void aPaymentMethodThatIsGoneAtTheProviderIsNotFound() {
    owned().areNotFoundOnceTheyAreGone();
  }

  private OwnedObjects<PaymentMethod> owned() {
    return new OwnedObjects<>(
        store(),
        store().paymentMethods()::list,
        store().paymentMethods()::find,
        PaymentMethodStoreContract::bare);
  }

  private static PaymentMethod bare(String customerId, Instant createdAt) {
    return new PaymentMethod(
        Ids.next("pm"),
        customerId,
        "link",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        createdAt);
  }

  private static PaymentMethod full(String customerId, Instant createdAt) {
    return new PaymentMethod(
        Ids.next("pm"),
        customerId,
        "card",
        Optional.of("visa"),
        Optional.of("4242"),
        Optional.of(12),
        Optional.of(2034),
        Optional.of("f1"),
        createdAt);
  }
}
