package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.Product;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.customer.Customer;
import com.tatame.billing.customer.TaxId;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.invoice.InvoicePayment;
import com.tatame.billing.invoice.InvoiceStatus;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.payment.Dispute;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.payment.PaymentMethod;
import com.tatame.billing.payment.SetupIntent;
import com.tatame.billing.projection.StoredObject;
import com.tatame.billing.promotion.Coupon;
import com.tatame.billing.promotion.PromotionCode;
import com.tatame.billing.refund.Refund;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionSchedule;
import java.util.Optional;

/** Mirrored objects as rows of their tables; those of the rarer kinds share one. */
final class MirrorRows {
  static final String SHARED = "provider_objects";

  private MirrorRows() {}

  static String table(ObjectKind kind) {
    return switch (kind) {
      case CUSTOMER -> "customers";
      case SUBSCRIPTION -> "subscriptions";
      case INVOICE -> "stripe_invoices";
      case CHECKOUT_SESSION -> "checkout_sessions";
      case PRODUCT -> "products";
      case PRICE -> "prices";
      case PAYMENT_METHOD,
          PAYMENT_INTENT,
          SETUP_INTENT,
          INVOICE_PAYMENT,
          REFUND,
          DISPUTE,
          COUPON,
          PROMOTION_CODE,
          TAX_ID,
          SUBSCRIPTION_SCHEDULE -> SHARED;
    };
  }

  static boolean shares(ObjectKind kind) {
    return table(kind).equals(SHARED);
  }

  private static String idColumn(ObjectKind kind) {
    return switch (kind) {
      case SUBSCRIPTION -> "stripe_subscription_id";
      case INVOICE -> "stripe_invoice_id";
      default -> "id";
    };
  }

  static Row row(ProviderObject object) {
    if (object instanceof Customer customer) {
      return row(customer);
    } else if (object instanceof Subscription subscription) {
      return SubscriptionRows.row(subscription);
    } else if (object instanceof Invoice invoice) {
      return row(invoice);
    } else if (object instanceof CheckoutSession session) {
      return row(session);
    } else if (object instanceof Product product) {
      return row(product);
    } else if (object instanceof Price price) {
      return row(price);
    } else if (object instanceof Record state && shares(object.kind())) {
      Row stored = RecordRows.row(state);
      return named(object.ref(), object.subject())
          .with("state", stored)
          .with("created_at", stored.instant("created_at"))
          .with("gone", false);
    }
    throw new IllegalArgumentException("no table holds a " + object.getClass().getName());
  }

  /** Which object it is, and whose. */
  static Row named(ObjectRef object, SubjectId subject) {
    return Row.empty()
        .with("kind", object.kind())
        .with("id", object.id())
        .with("subject", subject.value());
  }

  static ProviderObject object(ObjectKind kind, Row row) {
    return switch (kind) {
      case CUSTOMER -> customer(row);
      case SUBSCRIPTION -> SubscriptionRows.subscription(row);
      case INVOICE -> invoice(row);
      case CHECKOUT_SESSION -> session(row);
      case PRODUCT -> product(row);
      case PRICE -> price(row);
      case PAYMENT_METHOD -> shared(PaymentMethod.class, row);
      case PAYMENT_INTENT -> shared(PaymentIntent.class, row);
      case SETUP_INTENT -> shared(SetupIntent.class, row);
      case INVOICE_PAYMENT -> shared(InvoicePayment.class, row);
      case REFUND -> shared(Refund.class, row);
      case DISPUTE -> shared(Dispute.class, row);
      case COUPON -> shared(Coupon.class, row);
      case PROMOTION_CODE -> shared(PromotionCode.class, row);
      case TAX_ID -> shared(TaxId.class, row);
      case SUBSCRIPTION_SCHEDULE -> shared(SubscriptionSchedule.class, row);
    };
  }

  private static <R> R shared(Class<R> type, Row row) {
    return RecordRows.read(type, row.optionalRow("state").orElseThrow());
  }

  static String id(ObjectKind kind, Row row) {
    return row.text(idColumn(kind));
  }

  static StoredObject stored(ObjectKind kind, Row row) {
    return new StoredObject(
        row.flag("gone") ? Optional.empty() : Optional.of(object(kind, row)),
        row.instant("as_of"),
        row.constant("source", Observation.Source.class));
  }

  private static Row row(Customer customer) {
    return Row.empty()
        .with("id", customer.id())
        .with("account_id", customer.account().map(AccountId::value))
        .with("email", customer.email())
        .with("name", customer.name())
        .with("delinquent", customer.delinquent())
        .with("created_at", customer.createdAt())
        .with("default_payment_method", customer.defaultPaymentMethodId());
  }

  private static Customer customer(Row row) {
    return new Customer(
        row.text("id"),
        row.optionalText("account_id").map(AccountId::new),
        row.optionalText("email"),
        row.optionalText("name"),
        row.flag("delinquent"),
        row.instant("created_at"),
        row.optionalText("default_payment_method"));
  }

  private static Row row(Invoice invoice) {
    return Row.empty()
        .with("stripe_invoice_id", invoice.id())
        .with("stripe_customer_id", invoice.customerId())
        .with("stripe_subscription_id", invoice.subscriptionId())
        .with("number", invoice.number())
        .with("status", invoice.status())
        .with("billing_reason", invoice.billingReason())
        .with("currency", invoice.currency())
        .with("total", invoice.total())
        .with("amount_due", invoice.amountDue())
        .with("amount_paid", invoice.amountPaid())
        .with("attempt_count", invoice.attemptCount())
        .with("next_payment_attempt", invoice.nextPaymentAttempt())
        .with("period_start", invoice.periodStart())
        .with("period_end", invoice.periodEnd())
        .with("created_at", invoice.createdAt())
        .with("finalized_at", invoice.finalizedAt())
        .with("paid_at", invoice.paidAt())
        .with("voided_at", invoice.voidedAt())
        .with("marked_uncollectible_at", invoice.markedUncollectibleAt());
  }

  private static Invoice invoice(Row row) {
    return new Invoice(
        row.text("stripe_invoice_id"),
        row.text("stripe_customer_id"),
        row.optionalText("stripe_subscription_id"),
        row.optionalText("number"),
        row.constant("status", InvoiceStatus.class),
        row.optionalText("billing_reason"),
        row.text("currency"),
        row.number("total"),
        row.number("amount_due"),
        row.number("amount_paid"),
        row.integer("attempt_count"),
        row.optionalInstant("next_payment_attempt"),
        row.instant("period_start"),
        row.instant("period_end"),
        row.instant("created_at"),
        row.optionalInstant("finalized_at"),
        row.optionalInstant("paid_at"),
        row.optionalInstant("voided_at"),
        row.optionalInstant("marked_uncollectible_at"));
  }

  private static Row row(CheckoutSession session) {
    return Row.empty()
        .with("id", session.id())
        .with("stripe_customer_id", session.customerId())
        .with("account_id", session.account().map(AccountId::value))
        .with("command_id", session.commandId())
        .with("status", session.status())
        .with("paid", session.paid())
        .with("stripe_subscription_id", session.subscriptionId())
        .with("expires_at", session.expiresAt())
        .with("created_at", session.createdAt());
  }

  private static CheckoutSession session(Row row) {
    return new CheckoutSession(
        row.text("id"),
        row.optionalText("stripe_customer_id"),
        row.optionalText("account_id").map(AccountId::new),
        row.optionalText("command_id"),
        row.constant("status", CheckoutSession.Status.class),
        row.flag("paid"),
        row.optionalText("stripe_subscription_id"),
        row.instant("expires_at"),
        row.instant("created_at"));
  }

  private static Row row(Product product) {
    return Row.empty()
        .with("id", product.id())
        .with("name", product.name())
        .with("description", product.description())
        .with("active", product.active())
        .with("metadata", product.metadata())
        .with("created_at", product.createdAt());
  }

  private static Product product(Row row) {
    return new Product(
        row.text("id"),
        row.text("name"),
        row.optionalText("description"),
        row.flag("active"),
        row.texts("metadata"),
        row.instant("created_at"));
  }

  private static Row row(Price price) {
    return Row.empty()
        .with("id", price.id())
        .with("product_id", price.productId())
        .with("active", price.active())
        .with("currency", price.currency())
        .with("unit_amount", price.unitAmount())
        .with("recurring_unit", price.recurrence().map(Recurrence::unit))
        .with("recurring_count", price.recurrence().map(Recurrence::count))
        .with("metered", price.recurrence().map(Recurrence::metered))
        .with("lookup_key", price.lookupKey())
        .with("metadata", price.metadata())
        .with("created_at", price.createdAt());
  }

  private static Price price(Row row) {
    return new Price(
        row.text("id"),
        row.text("product_id"),
        row.flag("active"),
        row.text("currency"),
        row.optionalNumber("unit_amount"),
        row.optionalConstant("recurring_unit", Recurrence.Unit.class)
            .map(unit -> new Recurrence(unit, row.integer("recurring_count"), row.flag("metered"))),
        row.optionalText("lookup_key"),
        row.texts("metadata"),
        row.instant("created_at"));
  }
}
