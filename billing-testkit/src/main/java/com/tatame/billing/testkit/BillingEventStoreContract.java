package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.ledger.BillingEvent;
import com.tatame.billing.ledger.BillingEventFilter;
import com.tatame.billing.ledger.Cause;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.observation.SubscriptionTerms;
import com.tatame.billing.observation.TermsChange;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.projection.Change;
import com.tatame.billing.testkit.Commits.Linked;
import com.tatame.billing.testkit.fixture.ASubscription;
import com.tatame.billing.testkit.fixture.Ids;
import com.tatame.billing.testkit.fixture.Mirrored;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The trail of what moved an account's money or changed its subscriptions. */
public interface BillingEventStoreContract extends StoreUnderTest {

  @Test
  default void anEventIsToldAsItsFactWithTheProvidersEvent() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    Fact paid = fact(linked.subject(), "invoice.paid", Optional.of(Ids.next("sub")), now);
    Fact ended = fact(linked.subject(), "subscription.ended", Optional.empty(), now.plusSeconds(1));

    Commits.apply(
        store(),
        linked.subject(),
        now,
        List.of(
            new Change.Append(paid, Optional.of("evt_1")),
            new Change.Append(ended, Optional.empty())));

    assertThat(list(linked, BillingEventFilter.ALL))
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("knownAt")
        .containsExactly(
            new BillingEvent(ended, Optional.of(linked.account()), Cause.READ, now),
            new BillingEvent(paid, Optional.of(linked.account()), Cause.ofEvent("evt_1"), now));
  }

  @Test
  default void aCauseIsToldOnceHoweverOftenItIsLearnt() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    Fact paid = fact(linked.subject(), "invoice.paid", Optional.empty(), now);

    Commits.apply(
        store(), linked.subject(), now, List.of(new Change.Append(paid, Optional.of("evt_1"))));
    Commits.apply(
        store(), linked.subject(), now, List.of(new Change.Append(paid, Optional.of("evt_2"))));

    assertThat(list(linked, BillingEventFilter.ALL))
        .extracting(BillingEvent::fact, BillingEvent::cause)
        .containsExactly(tuple(paid, Cause.ofEvent("evt_1")));
  }

  @Test
  default void aChangeKeepsItsTermsItsDetailsAndItsCause() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    SubscriptionTerms before =
        ASubscription.withEverything(linked.customerId(), linked.account(), now).terms();
    SubscriptionTerms after =
        ASubscription.active(linked.customerId(), now).build().terms();
    Fact changed = fact(linked.subject(), "subscription.plan_changed", Optional.of("sub_1"), now)
        .with(new TermsChange(Optional.of(before), after))
        .with("reason", Optional.of("größer: \"pro\""))
        .with("nothing", Optional.empty());
    Fact opened = fact(linked.subject(), "subscription.opened", Optional.of("sub_1"), now)
        .with(new TermsChange(Optional.empty(), before));
    Cause cause = new Cause(Cause.Source.EVENT, Optional.of("evt_1"), Optional.of("9f3c"));

    Commits.apply(
        store(),
        linked.subject(),
        now,
        List.of(
            new Change.Append(changed, cause), new Change.Append(opened, Cause.RECONCILIATION)));

    assertThat(list(linked, BillingEventFilter.ALL))
        .extracting(BillingEvent::fact, BillingEvent::cause)
        .containsExactlyInAnyOrder(tuple(changed, cause), tuple(opened, Cause.RECONCILIATION));
    assertThat(facts(linked, BillingEventFilter.ALL.causedByCommand("9f3c")))
        .containsExactly(changed);
    assertThat(facts(linked, BillingEventFilter.ALL.causedByEvent("evt_1")))
        .containsExactly(changed);
    assertThat(facts(linked, BillingEventFilter.ALL.causedByEvent("evt_2"))).isEmpty();
    assertThat(facts(linked, BillingEventFilter.ALL.withStatus("done"))).hasSize(2);
    assertThat(facts(linked, BillingEventFilter.ALL.withStatus("undone"))).isEmpty();
  }

  @Test
  default void whatBecameKnownBeforeTheCustomerWasLinkedIsTheAccounts() {
    Instant now = Ids.morning();
    SubjectId customer = Commits.aCustomer();
    AccountId account = Ids.account();
    PaymentIntent payment = payment(customer.value(), now);
    Fact bought = fact(customer, "subscription.created", Optional.of("sub_1"), now);
    Fact back = fact(payment.subject(), "refund.created", Optional.empty(), now.plusSeconds(1));
    Fact paid = fact(customer, "invoice.paid", Optional.of("sub_1"), now.plusSeconds(2));
    Commits.apply(
        store(),
        payment.subject(),
        now,
        List.of(Commits.put(payment, now), new Change.Append(back, Optional.empty())));
    Commits.apply(store(), customer, now, List.of(new Change.Append(bought, Optional.empty())));

    Commits.apply(
        store(),
        customer,
        now,
        List.of(
            new Change.Link(account, customer.value(), now),
            new Change.Append(paid, Optional.empty())));

    assertThat(store().billingEvents().list(account, BillingEventFilter.ALL, Optional.empty(), 10))
        .extracting(BillingEvent::fact, BillingEvent::account)
        .containsExactly(
            tuple(paid, Optional.of(account)),
            tuple(back, Optional.of(account)),
            tuple(bought, Optional.of(account)));
  }

  @Test
  default void whatBecameKnownBeforeItsPaymentIsThePayersAccounts() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    PaymentIntent payment = payment(linked.customerId(), now);
    Fact back = fact(payment.subject(), "refund.created", Optional.empty(), now);
    Commits.apply(
        store(), payment.subject(), now, List.of(new Change.Append(back, Optional.empty())));
    assertThat(list(linked, BillingEventFilter.ALL)).isEmpty();

    Commits.apply(store(), payment.subject(), now, List.of(Commits.put(payment, now)));

    assertThat(facts(linked, BillingEventFilter.ALL)).containsExactly(back);
  }

  @Test
  default void whatHappensToACustomersPaymentsIsItsOwn() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    PaymentIntent payment = payment(linked.customerId(), now);
    PaymentIntent foreign = payment(Ids.next("cus"), now);
    Fact back = fact(payment.subject(), "refund.created", Optional.empty(), now);
    Fact others = fact(foreign.subject(), "refund.created", Optional.empty(), now);
    Commits.apply(
        store(),
        payment.subject(),
        now,
        List.of(Commits.put(payment, now), new Change.Append(back, Optional.empty())));
    Commits.apply(
        store(),
        foreign.subject(),
        now,
        List.of(Commits.put(foreign, now), new Change.Append(others, Optional.empty())));

    assertThat(list(linked, BillingEventFilter.ALL))
        .extracting(BillingEvent::fact)
        .containsExactly(back);
  }

  @Test
  default void eventsOfAnotherAccountAreNotFound() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    Linked other = Commits.aLinkedCustomer(store(), now);
    Fact paid = fact(linked.subject(), "invoice.paid", Optional.of("sub_1"), now);
    Commits.apply(
        store(), linked.subject(), now, List.of(new Change.Append(paid, Optional.empty())));

    assertThat(list(other, BillingEventFilter.ALL)).isEmpty();
    assertThat(list(other, of(Optional.of("sub_1"), Optional.empty()))).isEmpty();
    assertThat(store()
            .billingEvents()
            .list(other.account(), BillingEventFilter.ALL, Optional.of(paid.key()), 10))
        .isEmpty();
    assertThat(store()
            .billingEvents()
            .list(Ids.account(), BillingEventFilter.ALL, Optional.empty(), 10))
        .isEmpty();
  }

  @Test
  default void eventsAreFoundBySubscriptionTypeAndTime() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    Fact first = fact(linked.subject(), "invoice.paid", Optional.of("sub_1"), now);
    Fact second = fact(linked.subject(), "invoice.paid", Optional.of("sub_2"), now.plusSeconds(1));
    Fact third =
        fact(linked.subject(), "subscription.ended", Optional.of("sub_1"), now.plusSeconds(2));
    Commits.apply(
        store(),
        linked.subject(),
        now,
        List.of(
            new Change.Append(first, Optional.empty()),
            new Change.Append(second, Optional.empty()),
            new Change.Append(third, Optional.empty())));

    assertThat(facts(linked, of(Optional.of("sub_1"), Optional.empty())))
        .containsExactly(third, first);
    assertThat(facts(linked, of(Optional.empty(), Optional.of("invoice.paid"))))
        .containsExactly(second, first);
    assertThat(facts(linked, of(Optional.of("sub_1"), Optional.of("invoice.paid"))))
        .containsExactly(first);
    assertThat(facts(
            linked,
            new BillingEventFilter(
                Optional.empty(),
                Optional.empty(),
                Optional.of(now.plusSeconds(1)),
                Optional.of(now.plusSeconds(2)))))
        .containsExactly(second);
  }

  @Test
  default void eventsAreListedNewestFirstPageByPage() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    Fact older = fact(linked.subject(), "a", Optional.empty(), now);
    Fact sameTime = fact(linked.subject(), "b", Optional.empty(), now);
    Fact newest = fact(linked.subject(), "c", Optional.empty(), now.plusSeconds(1));
    Commits.apply(
        store(),
        linked.subject(),
        now,
        List.of(
            new Change.Append(sameTime, Optional.empty()),
            new Change.Append(newest, Optional.empty()),
            new Change.Append(older, Optional.empty())));
    Fact greater = older.key().compareTo(sameTime.key()) > 0 ? older : sameTime;
    Fact smaller = greater.equals(older) ? sameTime : older;

    assertThat(page(linked, Optional.empty(), 2)).containsExactly(newest, greater);
    assertThat(page(linked, Optional.of(greater.key()), 2)).containsExactly(smaller);
    assertThat(page(linked, Optional.of(smaller.key()), 2)).isEmpty();
    assertThatThrownBy(() -> page(linked, Optional.empty(), 102))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static PaymentIntent payment(String customerId, Instant at) {
    PaymentIntent full = Mirrored.full(customerId, at).stream()
        .filter(PaymentIntent.class::isInstance)
        .map(PaymentIntent.class::cast)
        .findFirst()
        .orElseThrow();
    return new PaymentIntent(
        full.id(),
        full.customerId(),
        Optional.empty(),
        full.status(),
        full.currency(),
        full.amount(),
        full.amountReceived(),
        full.paymentMethodId(),
        full.latestChargeId(),
        full.failure(),
        full.metadata(),
        full.sale(),
        full.createdAt(),
        full.canceledAt());
  }

  private List<Fact> page(Linked linked, Optional<String> after, int limit) {
    return store()
        .billingEvents()
        .list(linked.account(), BillingEventFilter.ALL, after, limit)
        .stream()
        .map(BillingEvent::fact)
        .toList();
  }

  private List<BillingEvent> list(Linked linked, BillingEventFilter filter) {
    return store().billingEvents().list(linked.account(), filter, Optional.empty(), 10);
  }

  private List<Fact> facts(Linked linked, BillingEventFilter filter) {
    return list(linked, filter).stream().map(BillingEvent::fact).toList();
  }

  private static BillingEventFilter of(Optional<String> subscription, Optional<String> type) {
    return new BillingEventFilter(subscription, type, Optional.empty(), Optional.empty());
  }

  private static Fact fact(
      SubjectId subject, String type, Optional<String> subscription, Instant at) {
    return new Fact(
        Ids.next("fact") + ":" + type,
        type,
        subject,
        subscription,
        Optional.of(new Money(999, "usd")),
        "done",
        at);
  }
}
