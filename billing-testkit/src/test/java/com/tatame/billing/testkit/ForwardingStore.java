package com.tatame.billing.testkit;

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
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
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
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.store.StoreMode;
import com.tatame.billing.subscription.QuoteStore;
import com.tatame.billing.subscription.SubscriptionStore;
import com.tatame.billing.tax.TaxIdStore;
import com.tatame.billing.trial.TrialStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A good store of which single methods can be replaced by bad ones. */
abstract class ForwardingStore implements BillingStore, BillingStoreContract {
  final InMemoryBillingStore good = new InMemoryBillingStore();

  /** What a bad method does with its arguments. */
  interface Bad {
    Object call(Object[] arguments);
  }

  /** The port with some of its methods, by name, replaced. */
  static <T> T spoil(Class<T> port, T good, Map<String, Bad> replaced) {
    return port.cast(Proxy.newProxyInstance(
        port.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> {
          Bad bad = replaced.get(method.getName());
          try {
            return bad == null ? method.invoke(good, arguments) : bad.call(arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        }));
  }

  @Override
  public BillingStore store() {
    return this;
  }

  @Override
  public List<Fact> factsOf(SubjectId subject) {
    return good.factsOf(subject);
  }

  @Override
  public InboxStore inbox() {
    return good.inbox();
  }

  @Override
  public ProjectionStore projections() {
    return good.projections();
  }

  @Override
  public CommandJournal commands() {
    return good.commands();
  }

  @Override
  public CustomerStore customers() {
    return good.customers();
  }

  @Override
  public SubscriptionStore subscriptions() {
    return good.subscriptions();
  }

  @Override
  public QuoteStore quotes() {
    return good.quotes();
  }

  @Override
  public CheckoutStore checkouts() {
    return good.checkouts();
  }

  @Override
  public PurchaseStore purchases() {
    return good.purchases();
  }

  @Override
  public PaymentIntentStore paymentIntents() {
    return good.paymentIntents();
  }

  @Override
  public RefundStore refunds() {
    return good.refunds();
  }

  @Override
  public AnonymousSessionStore anonymousSessions() {
    return good.anonymousSessions();
  }

  @Override
  public InvoiceStore invoices() {
    return good.invoices();
  }

  @Override
  public PaymentMethodStore paymentMethods() {
    return good.paymentMethods();
  }

  @Override
  public TaxIdStore taxIds() {
    return good.taxIds();
  }

  @Override
  public PromotionStore promotions() {
    return good.promotions();
  }

  @Override
  public DiscountStore discounts() {
    return good.discounts();
  }

  @Override
  public ProductStore products() {
    return good.products();
  }

  @Override
  public CatalogStore catalogs() {
    return good.catalogs();
  }

  @Override
  public UsageStore usage() {
    return good.usage();
  }

  @Override
  public GrantStore grants() {
    return good.grants();
  }

  @Override
  public MeterReportStore meterReports() {
    return good.meterReports();
  }

  @Override
  public ReservationStore reservations() {
    return good.reservations();
  }

  @Override
  public EventFeedStore eventFeed() {
    return good.eventFeed();
  }

  @Override
  public SubscriberStore subscribers() {
    return good.subscribers();
  }

  @Override
  public EndpointStore eventEndpoints() {
    return good.eventEndpoints();
  }

  @Override
  public MailStore mails() {
    return good.mails();
  }

  @Override
  public ConversationStore conversations() {
    return good.conversations();
  }

  @Override
  public CheckInStore checkIns() {
    return good.checkIns();
  }

  @Override
  public AuditStore audit() {
    return good.audit();
  }

  @Override
  public BillingEventStore billingEvents() {
    return good.billingEvents();
  }

  @Override
  public IdempotencyStore idempotency() {
    return good.idempotency();
  }

  @Override
  public ApiKeyStore apiKeys() {
    return good.apiKeys();
  }

  @Override
  public DriftStore drift() {
    return good.drift();
  }

  @Override
  public DuplicateStore duplicates() {
    return good.duplicates();
  }

  @Override
  public TrialStore trials() {
    return good.trials();
  }

  @Override
  public TaskStore tasks() {
    return good.tasks();
  }

  @Override
  public void ping() {
    good.ping();
  }

  @Override
  public Optional<Instant> time() {
    return good.time();
  }

  @Override
  public StoreMode mode() {
    return good.mode();
  }

  @Override
  public void close() {
    good.close();
  }
}
