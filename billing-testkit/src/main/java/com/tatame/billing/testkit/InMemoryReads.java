package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.Product;
import com.tatame.billing.catalog.ProductStore;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.checkout.CheckoutStore;
import com.tatame.billing.customer.Customer;
import com.tatame.billing.customer.CustomerLink;
import com.tatame.billing.customer.CustomerStore;
import com.tatame.billing.customer.TaxId;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.invoice.InvoiceStore;
import com.tatame.billing.ledger.BillingEvent;
import com.tatame.billing.ledger.BillingEventFilter;
import com.tatame.billing.ledger.BillingEventStore;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.payment.PaymentMethod;
import com.tatame.billing.payment.PaymentMethodStore;
import com.tatame.billing.projection.Change;
import com.tatame.billing.promotion.Coupon;
import com.tatame.billing.promotion.PromotionStore;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionSchedule;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.subscription.SubscriptionStore;
import com.tatame.billing.tax.TaxIdStore;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What use cases see of the mirrored rows. */
final class InMemoryReads {
  private static final Comparator<BillingEvent> LATEST_FIRST = Comparator.comparing(
          (BillingEvent event) -> event.fact().occurredAt())
      .thenComparing(BillingEvent::id)
      .reversed();
  private static final Comparator<Subscription> NEWEST_FIRST =
      Comparator.comparing(Subscription::createdAt).reversed().thenComparing(Subscription::id);
  private static final Comparator<PaymentMethod> NEWEST_METHOD_FIRST =
      Comparator.comparing(PaymentMethod::createdAt).reversed().thenComparing(PaymentMethod::id);
  private static final Comparator<TaxId> NEWEST_TAX_ID_FIRST =
      Comparator.comparing(TaxId::createdAt).reversed().thenComparing(TaxId::id);
  private static final Comparator<Invoice> NEWEST_INVOICE_FIRST =
      Comparator.comparing(Invoice::createdAt).reversed().thenComparing(Invoice::id);

  private final SharedLock lock;
  private final MirroredRows rows;
  private final InMemoryAnonymousSessions anonymous;

  InMemoryReads(SharedLock lock, MirroredRows rows, InMemoryAnonymousSessions anonymous) {
    this.lock = lock;
    this.rows = rows;
    this.anonymous = anonymous;
  }

  CustomerStore customers() {
    return new CustomerStore() {
      @Override
      public Optional<CustomerLink> find(AccountId account) {
        return lock.hold(() -> rows.link(account).map(InMemoryReads.this::withPerson));
      }

      @Override
      public void rememberUser(Principal principal) {
        lock.hold(() -> {
          rows.storeUser(principal);
          return true;
        });
      }

      @Override
      public Set<AccountId> introduce(List<Principal> users) {
        return lock.hold(() -> {
          Set<AccountId> fresh = new HashSet<>();
          for (Principal user : users) {
            if (rows.users().stream().noneMatch(known -> known.account().equals(user.account()))) {
              rows.storeUser(user);
              fresh.add(user.account());
            }
          }
          return fresh;
        });
      }
    };
  }

  private CustomerLink withPerson(Change.Link link) {
    Optional<Customer> customer =
        rows.state(new ObjectRef(ObjectKind.CUSTOMER, link.customerId())).map(Customer.class::cast);
    return new CustomerLink(
        link.account(),
        link.customerId(),
        customer.flatMap(Customer::email),
        customer.flatMap(Customer::name),
        link.createdAt());
  }

  SubscriptionStore subscriptions() {
    return new SubscriptionStore() {
      @Override
      public List<Subscription> list(
          AccountId account,
          Optional<SubscriptionStatus> status,
          Optional<String> after,
          int limit) {
        PageLimit.require(limit);
        return lock.hold(() -> paged(
            of(account),
            NEWEST_FIRST,
            s -> status.isEmpty() || s.status() == status.get(),
            after,
            limit));
      }

      @Override
      public Optional<Subscription> find(AccountId account, String subscriptionId) {
        return lock.hold(
            () -> of(account).filter(s -> s.id().equals(subscriptionId)).findFirst());
      }

      @Override
      public List<SubscriptionSchedule> schedules(AccountId account) {
        return lock.hold(() -> {
          Optional<String> customer = rows.link(account).map(Change.Link::customerId);
          return rows.living(SubscriptionSchedule.class)
              .filter(schedule -> !schedule.terminal())
              .filter(schedule -> customer.filter(schedule.customerId()::equals).isPresent())
              .sorted(Comparator.comparing(SubscriptionSchedule::createdAt)
                  .reversed()
                  .thenComparing(SubscriptionSchedule::id))
              .toList();
        });
      }

      private Stream<Subscription> of(AccountId account) {
        return rows.living(Subscription.class).filter(s -> isOf(account, s.customerId()));
      }
    };
  }

  private boolean isOf(AccountId account, String customerId) {
    return rows.link(account)
        .filter(link -> link.customerId().equals(customerId))
        .isPresent();
  }

  // The cursor may be one that the filter leaves out, but must be one of the list.
  private static <T extends ProviderObject> List<T> paged(
      Stream<T> objects,
      Comparator<? super T> order,
      Predicate<? super T> filter,
      Optional<String> after,
      int limit) {
    List<T> all = objects.sorted(order).toList();
    Optional<T> cursor =
        after.flatMap(id -> all.stream().filter(o -> o.id().equals(id)).findFirst());
    if (after.isPresent() && cursor.isEmpty()) {
      return List.of();
    }
    return all.stream()
        .filter(o -> cursor.isEmpty() || order.compare(o, cursor.get()) > 0)
        .filter(filter)
        .limit(limit)
        .toList();
  }

  PaymentMethodStore paymentMethods() {
    return new PaymentMethodStore() {
      @Override
      public List<PaymentMethod> list(AccountId account, Optional<String> after, int limit) {
        PageLimit.require(limit);
        return lock.hold(() -> paged(of(account), NEWEST_METHOD_FIRST, any -> true, after, limit));
      }

      @Override
      public Optional<PaymentMethod> find(AccountId account, String paymentMethodId) {
        return lock.hold(
            () -> of(account).filter(m -> m.id().equals(paymentMethodId)).findFirst());
      }

      private Stream<PaymentMethod> of(AccountId account) {
        return rows.living(PaymentMethod.class).filter(m -> isOf(account, m.customerId()));
      }
    };
  }

  PromotionStore promotions() {
    return ids -> lock.hold(() ->
        rows.living(Coupon.class).filter(coupon -> ids.contains(coupon.id())).toList());
  }

  TaxIdStore taxIds() {
    return new TaxIdStore() {
      @Override
      public List<TaxId> list(AccountId account, Optional<String> after, int limit) {
        PageLimit.require(limit);
        return lock.hold(() -> paged(of(account), NEWEST_TAX_ID_FIRST, any -> true, after, limit));
      }

      @Override
      public Optional<TaxId> find(AccountId account, String taxIdId) {
        return lock.hold(() -> of(account).filter(id -> id.id().equals(taxIdId)).findFirst());
      }

      private Stream<TaxId> of(AccountId account) {
        return rows.living(TaxId.class)
            .filter(id -> id.customerId().filter(owner -> isOf(account, owner)).isPresent());
      }
    };
  }

  InvoiceStore invoices() {
    return new InvoiceStore() {
      @Override
      public List<Invoice> list(AccountId account, Optional<String> after, int limit) {
        PageLimit.require(limit);
        return lock.hold(() -> paged(of(account), NEWEST_INVOICE_FIRST, any -> true, after, limit));
      }

      @Override
      public Optional<Invoice> find(AccountId account, String invoiceId) {
        return lock.hold(() -> of(account).filter(i -> i.id().equals(invoiceId)).findFirst());
      }

      private Stream<Invoice> of(AccountId account) {
        return rows.living(Invoice.class).filter(i -> isOf(account, i.customerId()));
      }
    };
  }

  CheckoutStore checkouts() {
    return (account, sessionId) -> lock.hold(() -> rows.living(CheckoutSession.class)
        .filter(session -> session.id().equals(sessionId))
        .filter(session ->
            session.account().filter(buyer -> anonymous.owns(account, buyer)).isPresent())
        .findFirst());
  }

  BillingEventStore billingEvents() {
    return (account, filter, after, limit) -> {
      PageLimit.require(limit);
      return lock.hold(() -> {
        List<BillingEvent> all = rows.ledger()
            .events()
            .filter(event -> event.account().filter(account::equals).isPresent())
            .sorted(LATEST_FIRST)
            .toList();
        Optional<BillingEvent> cursor = after.flatMap(
            id -> all.stream().filter(event -> event.id().equals(id)).findFirst());
        if (after.isPresent() && cursor.isEmpty()) {
          return List.of();
        }
        return all.stream()
            .filter(event -> cursor.isEmpty() || LATEST_FIRST.compare(event, cursor.get()) > 0)
            .filter(event -> matches(event, filter))
            .limit(limit)
            .toList();
      });
    };
  }

  private static boolean matches(BillingEvent event, BillingEventFilter filter) {
    Fact fact = event.fact();
    return isOrAny(filter.subscriptionId(), fact.subscriptionId())
        && isOrAny(filter.type(), Optional.of(fact.type()))
        && isOrAny(filter.status(), Optional.of(fact.status()))
        && isOrAny(filter.eventId(), event.cause().eventId())
        && isOrAny(filter.commandId(), event.cause().commandId())
        && filter.from().map(from -> !fact.occurredAt().isBefore(from)).orElse(true)
        && filter.until().map(fact.occurredAt()::isBefore).orElse(true);
  }

  private static boolean isOrAny(Optional<String> wanted, Optional<String> value) {
    return wanted.isEmpty() || wanted.equals(value);
  }

  ProductStore products() {
    return new ProductStore() {
      @Override
      public List<Product> products(Optional<Boolean> active, Optional<String> after, int limit) {
        PageLimit.require(limit);
        return lock.hold(() -> rows.living(Product.class)
            .filter(product -> after.isEmpty() || product.id().compareTo(after.get()) > 0)
            .filter(product -> active.isEmpty() || product.active() == active.get())
            .limit(limit)
            .toList());
      }

      @Override
      public List<Price> prices(
          Optional<Boolean> active, Optional<String> productId, Optional<String> after, int limit) {
        PageLimit.require(limit);
        return pricesWhere(price -> (after.isEmpty() || price.id().compareTo(after.get()) > 0)
                && (active.isEmpty() || price.active() == active.get())
                && productId.map(price.productId()::equals).orElse(true))
            .stream()
            .limit(limit)
            .toList();
      }

      @Override
      public List<Price> pricesOf(Set<String> productIds) {
        return pricesWhere(price -> productIds.contains(price.productId()));
      }

      @Override
      public Optional<Price> price(String priceId) {
        return pricesWhere(price -> price.id().equals(priceId)).stream().findFirst();
      }

      @Override
      public List<Price> pricesByLookupKey(Set<String> lookupKeys) {
        return pricesWhere(price ->
            price.active() && price.lookupKey().filter(lookupKeys::contains).isPresent());
      }

      private List<Price> pricesWhere(Predicate<Price> wanted) {
        return lock.hold(() -> rows.living(Price.class).filter(wanted).toList());
      }
    };
  }
}
