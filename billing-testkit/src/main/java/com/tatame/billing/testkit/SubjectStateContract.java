package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.customer.Customer;
import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.testkit.Commits.Linked;
import com.tatame.billing.testkit.fixture.ACustomer;
import com.tatame.billing.testkit.fixture.AProduct;
import com.tatame.billing.testkit.fixture.ASubscription;
import com.tatame.billing.testkit.fixture.AnInvoice;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is loaded before a subject's observations are projected. */
public interface SubjectStateContract extends StoreUnderTest {

  @Test
  default void aSubjectThatWasNeverSeenIsKnownToBeNothing() {
    SubjectId subject = Commits.aCustomer();
    ObjectRef unknown = ACustomer.ofNobody(subject.value(), Ids.morning()).ref();

    assertThat(Commits.known(store(), subject, unknown)).isEqualTo(SubjectState.nothing(subject));
  }

  @Test
  default void everySubjectWantedHasItsEntry() {
    Instant now = Ids.morning();
    SubjectId seen = Commits.aCustomer();
    SubjectId unseen = Commits.aCustomer();
    Customer customer = ACustomer.ofNobody(seen.value(), now);
    Commits.apply(store(), seen, now, List.of(Commits.put(customer, now)));

    Map<SubjectId, SubjectState> known = store()
        .projections()
        .load(List.of(
            new SubjectQuery(seen, Set.of(customer.ref()), Set.of()),
            new SubjectQuery(unseen, Set.of(), Set.of())));

    assertThat(known).containsOnlyKeys(seen, unseen);
    assertThat(known.get(seen)).extracting(SubjectState::version).isEqualTo(1L);
    assertThat(known.get(unseen)).isEqualTo(SubjectState.nothing(unseen));
  }

  @Test
  default void manySubjectsAreLoadedAtOnce() {
    Instant now = Ids.morning();
    List<SubjectQuery> wanted = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      Customer customer = ACustomer.ofNobody(Ids.next("cus"), now);
      Commits.store(store(), now, customer);
      wanted.add(new SubjectQuery(customer.subject(), Set.of(customer.ref()), Set.of()));
    }

    Map<SubjectId, SubjectState> known = store().projections().load(wanted);

    assertThat(known).hasSize(150);
    assertThat(known.values()).allSatisfy(each -> {
      assertThat(each.version()).isEqualTo(1);
      assertThat(each.rows()).hasSize(1);
    });
  }

  @Test
  default void wantingNothingGivesNothing() {
    assertThat(store().projections().load(List.of())).isEmpty();
  }

  @Test
  default void aCustomerIsLoadedWithAllItsSubscriptionsAndItsOpenInvoices() {
    Instant now = Ids.morning();
    SubjectId subject = Commits.aCustomer();
    String id = subject.value();
    Subscription active = ASubscription.active(id, now).build();
    Subscription ended = ASubscription.canceled(id, now.minusSeconds(60)).build();
    Subscription incomplete =
        ASubscription.of(id, SubscriptionStatus.INCOMPLETE_EXPIRED, now).build();
    Invoice open = AnInvoice.open(id, now).afterAttempts(1).build();
    Commits.apply(
        store(),
        subject,
        now,
        List.of(
            Commits.put(ACustomer.ofNobody(id, now), now),
            Commits.put(active, now),
            Commits.put(ended, now),
            Commits.put(incomplete, now),
            Commits.put(open, now),
            Commits.put(AnInvoice.paid(id, now).build(), now),
            Commits.put(AnInvoice.draft(id, now).build(), now)));

    assertThat(Commits.known(store(), subject).rows())
        .containsOnlyKeys(active.ref(), ended.ref(), incomplete.ref(), open.ref());
  }

  @Test
  default void whatIsAskedForIsLoadedTooWhateverItIs() {
    Instant now = Ids.morning();
    SubjectId subject = Commits.aCustomer();
    Customer customer = ACustomer.ofNobody(subject.value(), now);
    Invoice paid = AnInvoice.paid(subject.value(), now).build();
    Commits.apply(
        store(), subject, now, List.of(Commits.put(customer, now), Commits.put(paid, now)));

    assertThat(Commits.known(store(), subject, customer.ref(), paid.ref()).rows())
        .containsOnlyKeys(customer.ref(), paid.ref());
  }

  @Test
  default void nothingOfAnotherSubjectIsLoaded() {
    Instant now = Ids.morning();
    SubjectId subject = Commits.aCustomer();
    SubjectId neighbour = Commits.aCustomer();
    for (SubjectId each : List.of(subject, neighbour)) {
      Commits.apply(
          store(),
          each,
          now,
          List.of(
              Commits.put(ASubscription.active(each.value(), now).build(), now),
              Commits.put(AnInvoice.open(each.value(), now).build(), now)));
    }

    Map<SubjectId, SubjectState> known = store()
        .projections()
        .load(List.of(
            new SubjectQuery(subject, Set.of(), Set.of()),
            new SubjectQuery(neighbour, Set.of(), Set.of())));

    assertThat(known)
        .allSatisfy((id, each) -> assertThat(each.rows().values())
            .hasSize(2)
            .allSatisfy(row -> assertThat(row.state().orElseThrow().subject()).isEqualTo(id)));
  }

  @Test
  default void anObjectThatIsItsOwnSubjectIsLoadedWhenAskedFor() {
    Instant now = Ids.morning();
    var product = AProduct.active(now);
    Commits.store(store(), now, product);

    SubjectState known = Commits.known(store(), product.subject(), product.ref());

    assertThat(known.version()).isEqualTo(1);
    assertThat(known.rows()).containsOnlyKeys(product.ref());
    assertThat(known.linked()).isEmpty();
  }

  @Test
  default void aLinkedCustomerIsLoadedWithItsAccountAndItsEntitlement() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    AccountEntitlement entitlement = new AccountEntitlement(
        linked.account(),
        List.of(new AccountEntitlement.Source(
            "sub_1", "pro", SubscriptionStatus.PAST_DUE, Optional.of(now.plusSeconds(1)))));
    assertThat(Commits.known(store(), linked.subject()).linked()).contains(linked.account());
    assertThat(Commits.known(store(), linked.subject()).entitlement()).isEmpty();

    Commits.apply(store(), linked.subject(), now, List.of(Commits.entitle(entitlement, now)));

    assertThat(Commits.known(store(), linked.subject()).entitlement()).contains(entitlement);
  }

  @Test
  default void accountsAskedForComeWithTheCustomerThatTheyHave() {
    Instant now = Ids.morning();
    Linked first = Commits.aLinkedCustomer(store(), now);
    Linked second = Commits.aLinkedCustomer(store(), now);
    AccountId without = Ids.account();
    SubjectId subject = Commits.aCustomer();

    SubjectState known = Commits.known(
        store(),
        new SubjectQuery(subject, Set.of(), Set.of(first.account(), second.account(), without)));

    assertThat(known.customerOf())
        .isEqualTo(
            Map.of(first.account(), first.customerId(), second.account(), second.customerId()));
    assertThat(known.linked()).isEmpty();
  }

  @Test
  default void accountsNotAskedForAreLeftOut() {
    Linked linked = Commits.aLinkedCustomer(store(), Ids.morning());

    assertThat(Commits.known(store(), linked.subject()).customerOf()).isEmpty();
  }
}
