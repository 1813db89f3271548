package com.tatame.billing.schema;

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
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.outbox.EndpointStore;
import com.tatame.billing.outbox.EventFeedStore;
import com.tatame.billing.outbox.SubscriberStore;
import com.tatame.billing.payment.PaymentIntentStore;
import com.tatame.billing.payment.PaymentMethodStore;
import com.tatame.billing.projection.ProjectionStore;
import com.tatame.billing.promotion.Coupon;
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
import java.time.Instant;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The billing store on the schema's functions: one call of a port is one call of a function, so
 * every transport gives the same semantics. Only a commit that the database refuses is repeated, unit
 * by unit.
 */
public class FunctionBackedStore implements BillingStore {
  private final SqlFunctions transport;
  private final Functions functions;
  private final AccountFunctions accounts;
  private final AuditFunctions audited;

  /** A store that owns its transport: closing the one closes the other. */
  public FunctionBackedStore(SqlFunctions transport) {
    this.transport = transport;
    this.functions = new Functions(transport);
    this.accounts = new AccountFunctions(functions);
    this.audited = new AuditFunctions(functions);
  }

  /** How it calls functions, for moving its content to another store; closed with the store. */
  public final SqlFunctions transport() {
    return transport;
  }

  @Override
  public final InboxStore inbox() {
    return new InboxFunctions(functions, audited);
  }

  @Override
  public final ProjectionStore projections() {
    return new ProjectionFunctions(functions);
  }

  @Override
  public final CommandJournal commands() {
    return new CommandFunctions(functions, audited);
  }

  @Override
  public final CustomerStore customers() {
    return accounts.customers();
  }

  @Override
  public final SubscriptionStore subscriptions() {
    return accounts.subscriptions();
  }

  @Override
  public final QuoteStore quotes() {
    return new QuoteFunctions(functions);
  }

  @Override
  public final CheckoutStore checkouts() {
    return accounts.checkouts();
  }

  @Override
  public final PurchaseStore purchases() {
    return new PurchaseFunctions(functions, audited);
  }

  @Override
  public final PaymentIntentStore paymentIntents() {
    return new PaymentFunctions(functions);
  }

  @Override
  public final RefundStore refunds() {
    return new PaymentFunctions(functions);
  }

  @Override
  public final AnonymousSessionStore anonymousSessions() {
    return new AnonymousSessionFunctions(functions, audited);
  }

  @Override
  public final InvoiceStore invoices() {
    return accounts.invoices();
  }

  @Override
  public final PaymentMethodStore paymentMethods() {
    return accounts.paymentMethods();
  }

  @Override
  public final TaxIdStore taxIds() {
    return accounts.taxIds();
  }

  @Override
  public final PromotionStore promotions() {
    return ids -> functions
        .rows("coupons_v1", Row.empty().with("ids", new TreeSet<>(ids)))
        .map(row -> (Coupon) MirrorRows.object(ObjectKind.COUPON, row));
  }

  @Override
  public final DiscountStore discounts() {
    return new DiscountFunctions(functions);
  }

  @Override
  public final ProductStore products() {
    return new ProductFunctions(functions);
  }

  @Override
  public final CatalogStore catalogs() {
    return new CatalogFunctions(functions, audited);
  }

  @Override
  public final UsageStore usage() {
    return new UsageFunctions(functions);
  }

  @Override
  public final GrantStore grants() {
    return new GrantFunctions(functions, audited);
  }

  @Override
  public final MeterReportStore meterReports() {
    return new MeterReportFunctions(functions, audited);
  }

  @Override
  public final ReservationStore reservations() {
    return new ReservationFunctions(functions);
  }

  @Override
  public final BillingEventStore billingEvents() {
    return accounts.billingEvents();
  }

  @Override
  public final EventFeedStore eventFeed() {
    return new EventFeedFunctions(functions);
  }

  @Override
  public final SubscriberStore subscribers() {
    return new SubscriberFunctions(functions, audited);
  }

  @Override
  public final EndpointStore eventEndpoints() {
    return new EndpointFunctions(functions, audited);
  }

  @Override
  public final MailStore mails() {
    return new MailFunctions(functions, audited);
  }

  @Override
  public final ConversationStore conversations() {
    return new ConversationFunctions(functions, audited);
  }

  @Override
  public final CheckInStore checkIns() {
    return new CheckInFunctions(functions, audited);
  }

  @Override
  public final AuditStore audit() {
    return audited;
  }

  @Override
  public final IdempotencyStore idempotency() {
    return new IdempotencyFunctions(functions);
  }

  @Override
  public final ApiKeyStore apiKeys() {
    return new ApiKeyFunctions(functions, audited);
  }

  @Override
  public final DriftStore drift() {
    return new DriftFunctions(functions, audited);
  }

  @Override
  public final DuplicateStore duplicates() {
    return new DuplicateFunctions(functions);
  }

  @Override
  public final TrialStore trials() {
    return new TrialFunctions(functions);
  }

  @Override
  public final TaskStore tasks() {
    return new TaskFunctions(functions);
  }

  @Override
  public void ping() {
    functions.call("ping_v1", Row.empty());
  }

  @Override
  public final Optional<Instant> time() {
    return functions.row("store_time_v1", Row.empty()).map(answer -> answer.instant("now"));
  }

  @Override
  public final boolean down() {
    return transport.down();
  }

  @Override
  public final StoreMode mode() {
    StoreMode mode = StoreState.of(functions.call("store_mode_v1", Row.empty())).mode();
    return mode == StoreMode.OPEN && functions.readOnly() ? StoreMode.READ_ONLY : mode;
  }

  @Override
  public void close() {
    functions.close();
  }
}
