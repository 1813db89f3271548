package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.checkout.CheckoutStore;
import com.tatame.billing.customer.CustomerLink;
import com.tatame.billing.customer.CustomerStore;
import com.tatame.billing.customer.TaxId;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.invoice.InvoiceStore;
import com.tatame.billing.ledger.BillingEventStore;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.payment.PaymentMethod;
import com.tatame.billing.payment.PaymentMethodStore;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionSchedule;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.subscription.SubscriptionStore;
import com.tatame.billing.tax.TaxIdStore;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What belongs to one account, behind its functions. */
final class AccountFunctions {
  private static final String ACCOUNT = "account_id";

  private final Functions functions;

  AccountFunctions(Functions functions) {
    this.functions = functions;
  }

  private static Row of(AccountId account) {
    return Row.empty().with(ACCOUNT, account.value());
  }

  CustomerStore customers() {
    return new Customers();
  }

  SubscriptionStore subscriptions() {
    return new Subscriptions();
  }

  CheckoutStore checkouts() {
    return (account, sessionId) -> functions
        .row("find_checkout_v1", of(account).with("id", sessionId))
        .map(row -> (CheckoutSession) MirrorRows.object(ObjectKind.CHECKOUT_SESSION, row));
  }

  InvoiceStore invoices() {
    return new Invoices();
  }

  PaymentMethodStore paymentMethods() {
    return new PaymentMethodStore() {
      @Override
      public List<PaymentMethod> list(AccountId account, Optional<String> after, int limit) {
        return objects(account, ObjectKind.PAYMENT_METHOD, PaymentMethod.class, after, limit);
      }

      @Override
      public Optional<PaymentMethod> find(AccountId account, String paymentMethodId) {
        return object(account, ObjectKind.PAYMENT_METHOD, PaymentMethod.class, paymentMethodId);
      }
    };
  }

  TaxIdStore taxIds() {
    return new TaxIdStore() {
      @Override
      public List<TaxId> list(AccountId account, Optional<String> after, int limit) {
        return objects(account, ObjectKind.TAX_ID, TaxId.class, after, limit);
      }

      @Override
      public Optional<TaxId> find(AccountId account, String taxIdId) {
        return object(account, ObjectKind.TAX_ID, TaxId.class, taxIdId);
      }
    };
  }

  private <T> List<T> objects(
      AccountId account, ObjectKind kind, Class<T> type, Optional<String> after, int limit) {
    Page.check(limit);
    Row asked = of(account).with("kind", kind).with("after", after).with("limit", limit);
    return functions
        .rows("list_account_objects_v1", asked)
        .map(row -> type.cast(MirrorRows.object(kind, row)));
  }

  private <T> Optional<T> object(AccountId account, ObjectKind kind, Class<T> type, String id) {
    return functions
        .row("find_account_object_v1", of(account).with("kind", kind).with("id", id))
        .map(row -> type.cast(MirrorRows.object(kind, row)));
  }

  BillingEventStore billingEvents() {
    return (account, filter, after, limit) -> {
      Page.check(limit);
      Row asked = of(account)
          .with("subscription_id", filter.subscriptionId())
          .with("type", filter.type())
          .with("status", filter.status())
          .with("event", filter.eventId())
          .with("command", filter.commandId())
          .with("from", filter.from())
          .with("until", filter.until())
          .with("after", after)
          .with("limit", limit);
      return functions.rows("list_billing_events_v1", asked).map(LedgerRows::event);
    };
  }

  private final class Customers implements CustomerStore {
    @Override
    public Optional<CustomerLink> find(AccountId account) {
      return functions
          .row("find_customer_link_v1", of(account))
          .map(row -> new CustomerLink(
              new AccountId(row.text("user_id")),
              row.text("stripe_customer_id"),
              row.optionalText("email"),
              row.optionalText("name"),
              row.instant("created_at")));
    }

    @Override
    public void rememberUser(Principal principal) {
      functions.call("remember_user_v1", user(principal));
    }

    @Override
    public Set<AccountId> introduce(List<Principal> users) {
      Row asked = Row.empty().with("users", users.stream().map(Customers::user).toList());
      return functions.rows("introduce_users_v1", asked).stream()
          .map(row -> new AccountId(row.text("account_id")))
          .collect(Collectors.toSet());
    }

    private static Row user(Principal principal) {
      return of(principal.account())
          .with("issuer", principal.issuer())
          .with("subject", principal.subject())
          .with("email", principal.email())
          .with("name", principal.name());
    }
  }

  private final class Subscriptions implements SubscriptionStore {
    @Override
    public List<Subscription> list(
        AccountId account, Optional<SubscriptionStatus> status, Optional<String> after, int limit) {
      Page.check(limit);
      return functions
          .rows(
              "list_subscriptions_v1",
              of(account).with("status", status).with("after", after).with("limit", limit))
          .map(SubscriptionRows::subscription);
    }

    @Override
    public Optional<Subscription> find(AccountId account, String subscriptionId) {
      return functions
          .row("find_subscription_v1", of(account).with("id", subscriptionId))
          .map(SubscriptionRows::subscription);
    }

    @Override
    public List<SubscriptionSchedule> schedules(AccountId account) {
      return functions
          .rows("list_schedules_v1", of(account))
          .map(row -> RecordRows.read(SubscriptionSchedule.class, row));
    }
  }

  private final class Invoices implements InvoiceStore {
    @Override
    public List<Invoice> list(AccountId account, Optional<String> after, int limit) {
      Page.check(limit);
      return functions
          .rows("list_invoices_v1", of(account).with("after", after).with("limit", limit))
          .map(Invoices::invoice);
    }

    @Override
    public Optional<Invoice> find(AccountId account, String invoiceId) {
      return functions
          .row("find_invoice_v1", of(account).with("id", invoiceId))
          .map(Invoices::invoice);
    }

    private static Invoice invoice(Row row) {
      return (Invoice) MirrorRows.object(ObjectKind.INVOICE, row);
    }
  }
}
