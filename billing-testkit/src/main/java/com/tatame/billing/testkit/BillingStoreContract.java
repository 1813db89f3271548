package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.tatame.billing.store.StoreMode;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * All that a {@link com.tatame.billing.store.BillingStore} promises, feature by feature. An
 * adapter's test class implements it and says where its store is:
 *
 * <pre>{@code
 * class PostgresBillingStoreTest implements BillingStoreContract {
 *   public BillingStore store() { ... }
 *   public List<Fact> factsOf(SubjectId subject) { ... }
 * }
 * }</pre>
 */
public interface BillingStoreContract
    extends InboxContract,
        ProjectedBatchContract,
        InboxOperationsContract,
        SettlementContract,
        CommitContract,
        CommitRefusalContract,
        MirrorContract,
        SubjectStateContract,
        PendingReadContract,
        CommandJournalContract,
        UndecidedCommandsContract,
        CustomerStoreContract,
        SubscriptionStoreContract,
        QuoteStoreContract,
        CheckoutStoreContract,
        PurchaseStoreContract,
        AccountCurrencyContract,
        RefundStoreContract,
        AnonymousSessionStoreContract,
        ClaimedUsageContract,
        InvoiceStoreContract,
        PaymentMethodStoreContract,
        TaxIdStoreContract,
        PromotionStoreContract,
        DiscountStoreContract,
        ProductStoreContract,
        CatalogStoreContract,
        EntitlementHistoryContract,
        UsageStoreContract,
        AccountStatesContract,
        GrantStoreContract,
        GrantedUseContract,
        MeterReportStoreContract,
        ReservationStoreContract,
        BillingEventStoreContract,
        EventStreamContract,
        LimitThresholdContract,
        SubscriberStoreContract,
        MailStoreContract,
        MailOutboxContract,
        ConversationStoreContract,
        CountedMessageContract,
        ClaimedConversationContract,
        CheckInStoreContract,
        AuditStoreContract,
        IdempotencyStoreContract,
        ApiKeyStoreContract,
        DriftStoreContract,
        DuplicateStoreContract,
        TrialStoreContract,
        TaskStoreContract {

  @Test
  default void givesASignOfLife() {
    assertThatCode(() -> store().ping()).doesNotThrowAnyException();
  }

  @Test
  default void storeIsOpenUnlessItIsMoved() {
    assertThat(store().mode()).isEqualTo(StoreMode.OPEN);
  }

  @Test
  default void aClockOfItsOwnGoesOn() {
    Optional<Instant> before = store().time();
    store().ping();
    Optional<Instant> after = store().time();

    assertThat(after.isPresent()).isEqualTo(before.isPresent());
    before.ifPresent(time -> assertThat(after.orElseThrow()).isAfter(time));
  }
}
