package com.tatame.billing.store;

import com.tatame.billing.anonymous.AnonymousSessionStore;
import com.tatame.billing.apikey.ApiKeyStore;
import com.tatame.billing.audit.AuditStore;
import com.tatame.billing.catalog.CatalogStore;
import com.tatame.billing.catalog.ProductStore;
import com.tatame.billing.checkin.CheckInStore;
import com.tatame.billing.checkout.CheckoutStore;
import com.tatame.billing.command.CommandJournal;
import com.tatame.billing.conversation.ConversationStore;
import com.tatame.billing.customer.CustomerStore;
import com.tatame.billing.drift.DriftStore;
import com.tatame.billing.duplicate.DuplicateStore;
import com.tatame.billing.entitlement.GrantStore;
import com.tatame.billing.entitlement.ReservationStore;
import com.tatame.billing.entitlement.UsageStore;
import com.tatame.billing.idempotency.IdempotencyStore;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.invoice.InvoiceStore;
import com.tatame.billing.ledger.BillingEventStore;
import com.tatame.billing.mail.MailStore;
import com.tatame.billing.metering.MeterReportStore;
import com.tatame.billing.outbox.EndpointStore;
import com.tatame.billing.outbox.EventFeedStore;
import com.tatame.billing.outbox.SubscriberStore;
import com.tatame.billing.payment.PaymentIntentStore;
import com.tatame.billing.payment.PaymentMethodStore;
import com.tatame.billing.projection.ProjectionStore;
import com.tatame.billing.promotion.DiscountStore;
import com.tatame.billing.promotion.PromotionStore;
import com.tatame.billing.purchase.PurchaseStore;
import com.tatame.billing.refund.RefundStore;
import com.tatame.billing.schedule.TaskStore;
import com.tatame.billing.subscription.QuoteStore;
import com.tatame.billing.subscription.SubscriptionStore;
import com.tatame.billing.tax.TaxIdStore;
import com.tatame.billing.trial.TrialStore;
import java.time.Instant;
import java.util.Optional;

/** Port: all stores of one database. Use cases never take this bag, only what they need of it. */
public interface BillingStore extends AutoCloseable {
  InboxStore inbox();

  ProjectionStore projections();

  CommandJournal commands();

  CustomerStore customers();

  SubscriptionStore subscriptions();

  QuoteStore quotes();

  CheckoutStore checkouts();

  PurchaseStore purchases();

  PaymentIntentStore paymentIntents();

  RefundStore refunds();

  AnonymousSessionStore anonymousSessions();

  InvoiceStore invoices();

  PaymentMethodStore paymentMethods();

  TaxIdStore taxIds();

  PromotionStore promotions();

  DiscountStore discounts();

  ProductStore products();

  CatalogStore catalogs();

  UsageStore usage();

  GrantStore grants();

  MeterReportStore meterReports();

  ReservationStore reservations();

  BillingEventStore billingEvents();

  EventFeedStore eventFeed();

  SubscriberStore subscribers();

  EndpointStore eventEndpoints();

  MailStore mails();

  ConversationStore conversations();

  CheckInStore checkIns();

  AuditStore audit();

  IdempotencyStore idempotency();

  ApiKeyStore apiKeys();

  TaskStore tasks();

  DriftStore drift();

  DuplicateStore duplicates();

  TrialStore trials();

  /**
   * Asks the database for a sign of life, for health reports.
   *
   * @throws com.tatame.billing.failure.StoreUnavailable if there is none
   */
  void ping();

  /**
   * The present time by the database's clock; empty if there is none but this machine's.
   *
   * @throws com.tatame.billing.failure.StoreUnavailable if the database can't be asked
   */
  Optional<Instant> time();

  /**
   * Whether the database is known to be down, since it refused connections and has not answered a
   * probe since. Never blocks. A slow one is not down.
   */
  default boolean down() {
    return false;
  }

  /**
   * What it lets happen at the moment: everything, unless it is being moved to another store or its
   * database is read-only.
   *
   * @throws com.tatame.billing.failure.StoreUnavailable if the database can't be asked
   */
  StoreMode mode();

  /** Gives back connections; later calls fail. */
  @Override
  void close();
}
