package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.customer.CustomerLink;
import com.tatame.billing.customer.CustomerStore;
import com.tatame.billing.testkit.Commits.Linked;
import com.tatame.billing.testkit.fixture.ACustomer;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who has which customer. */
public interface CustomerStoreContract extends StoreUnderTest {

  @Test
  default void anAccountWithoutCustomerHasNone() {
    assertThat(store().customers().find(Ids.account())).isEmpty();
  }

  @Test
  default void aLinkedAccountHasItsCustomerWithAddressAndName() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);

    assertThat(store().customers().find(linked.account()))
        .contains(new CustomerLink(
            linked.account(),
            linked.customerId(),
            Optional.of("ada@example.com"),
            Optional.of("Ada Lovelace"),
            now));
  }

  @Test
  default void theAddressFollowsTheCustomer() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);

    Commits.apply(
        store(),
        linked.subject(),
        now,
        List.of(Commits.put(
            ACustomer.named(
                Optional.of(linked.account()),
                linked.customerId(),
                "new@example.com",
                "Ada King",
                now),
            now.plusSeconds(1))));

    assertThat(store().customers().find(linked.account()))
        .map(CustomerLink::email)
        .contains(Optional.of("new@example.com"));
  }

  @Test
  default void aCustomerThatOnlyNamesAnAccountIsNotItsCustomer() {
    Instant now = Ids.morning();
    var account = Ids.account();
    var subject = Commits.aCustomer();

    Commits.apply(
        store(),
        subject,
        now,
        List.of(Commits.put(ACustomer.of(account, subject.value(), now), now)));

    assertThat(store().customers().find(account)).isEmpty();
  }

  @Test
  default void rememberingAUserTwiceIsHarmlessAndMakesNoCustomer() {
    CustomerStore customers = store().customers();
    Principal user = new Principal(
        Ids.account(),
        "https://issuer.example.com",
        Ids.next("user"),
        Optional.of("ada@example.com"),
        Optional.of("Ada"),
        false);
    Principal renamed = new Principal(
        user.account(), user.issuer(), user.subject(), Optional.empty(), Optional.empty(), false);

    assertThatCode(() -> {
          customers.rememberUser(user);
          customers.rememberUser(user);
          customers.rememberUser(renamed);
        })
        .doesNotThrowAnyException();

    assertThat(customers.find(user.account())).isEmpty();
  }

  @Test
  default void thoseWhoAreIntroducedAreNewOnce() {
    CustomerStore customers = store().customers();
    Principal ada = introduced(Ids.account());
    Principal bob = introduced(Ids.account());
    Principal known = introduced(Ids.account());
    customers.rememberUser(known);

    assertThat(customers.introduce(List.of(ada, known))).containsExactly(ada.account());
    assertThat(customers.introduce(List.of(ada, bob, bob, known))).containsExactly(bob.account());
    assertThat(customers.introduce(List.of())).isEmpty();
    assertThat(customers.find(ada.account())).isEmpty();
  }

  private static Principal introduced(AccountId account) {
    return new Principal(
        account,
        "https://issuer.example.com",
        account.value(),
        Optional.of("ada@example.com"),
        Optional.empty(),
        false);
  }
}
