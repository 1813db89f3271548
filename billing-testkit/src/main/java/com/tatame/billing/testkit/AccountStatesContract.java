package com.tatame.billing.testkit;

import static com.tatame.billing.testkit.UsageStoreContract.MARCH;
import static com.tatame.billing.testkit.UsageStoreContract.NOON;
import static com.tatame.billing.testkit.UsageStoreContract.TEN_INCLUDED;
import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.entitlement.DebitResult;
import com.tatame.billing.entitlement.DebitResult.Granted;
import com.tatame.billing.entitlement.Grant;
import com.tatame.billing.entitlement.Grant.Revocation;
import com.tatame.billing.entitlement.GrantContent;
import com.tatame.billing.entitlement.PriceBand;
import com.tatame.billing.entitlement.UsageDebit.Offer;
import com.tatame.billing.testkit.Commits.Linked;
import com.tatame.billing.testkit.UsageStoreContract.DrawBuilder;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whether what was read of an account is still so: answered for many accounts at once, and never wrongly. */
public interface AccountStatesContract extends StoreUnderTest {
  @Test
  default void theStateOfAnAccountIsThatOfWhatIsReadOfIt() {
    AccountId used = Ids.account();
    debits(used, 1, TEN_INCLUDED);
    AccountId idle = Ids.account();

    Map<AccountId, String> states = store().usage().states(Set.of(used, idle), NOON);

    assertThat(states)
        .isEqualTo(Map.of(
            used, store().usage().read(used, NOON).state(),
            idle, store().usage().read(idle, NOON).state()))
        .doesNotContainValue("");
    assertThat(store().usage().states(Set.of(), NOON)).isEmpty();
  }

  @Test
  default void whatOthersDoLeavesAnAccountsStateAsItIs() {
    AccountId account = Ids.account();
    debits(account, 1, TEN_INCLUDED);
    String before = state(account);
    AccountId other = Ids.account();

    debits(other, 1, TEN_INCLUDED);
    gives(other);

    assertThat(state(account)).isEqualTo(before);
  }

  @Test
  default void whateverIsUsedGivenBackOrSetMakesItAnother() {
    AccountId account = Ids.account();
    Set<String> seen = new HashSet<>(Set.of(state(account)));

    Granted first = debits(account, 2, TEN_INCLUDED);
    isAnother(account, seen);
    debits(account, 1, TEN_INCLUDED);
    isAnother(account, seen);
    store().usage().release(account, "quiz", first.consumption().id(), NOON);
    isAnother(account, seen);
    store().usage().set(account, "storage", 7, NOON);
    isAnother(account, seen);
    store().usage().set(account, "storage", 9, NOON);
    isAnother(account, seen);
  }

  @Test
  default void whateverIsGivenDrawnOrRevokedMakesItAnother() {
    AccountId account = Ids.account();
    Set<String> seen = new HashSet<>(Set.of(state(account)));

    Grant first = gives(account);
    isAnother(account, seen);
    gives(account);
    isAnother(account, seen);
    debits(
        account,
        1,
        new Offer(PriceBand.INCLUDED, Optional.of(5L), Optional.empty(), Optional.of(first.id())));
    isAnother(account, seen);
    store()
        .grants()
        .revoke(
            account, first.id(), new Revocation(NOON, "ada", Optional.empty()), AnAuditEntry.any());
    isAnother(account, seen);
  }

  @Test
  default void whateverIsEntitledToMakesItAnother() {
    Linked linked = Commits.aLinkedCustomer(store(), NOON);
    Set<String> seen = new HashSet<>(Set.of(state(linked.account())));

    for (int i = 0; i < 3; i++) {
      AccountEntitlement none = new AccountEntitlement(linked.account(), List.of());
      Commits.apply(
          store(), linked.subject(), NOON, List.of(Commits.entitle(none, NOON.plusSeconds(i))));
      isAnother(linked.account(), seen);
    }
  }

  @Test
  default void aWindowThatEndsIsNoLongerInIt() {
    AccountId account = Ids.account();
    String before = store().usage().read(account, MARCH.end()).state();
    debits(account, 1, TEN_INCLUDED);

    assertThat(store().usage().states(Set.of(account), MARCH.end())).containsValue(before);
    assertThat(store().usage().states(Set.of(account), MARCH.end().minusMillis(1)))
        .doesNotContainValue(before);
  }

  private void isAnother(AccountId account, Set<String> seen) {
    assertThat(seen.add(state(account))).as("a state that it has not had").isTrue();
  }

  private String state(AccountId account) {
    String state = store().usage().read(account, NOON).state();
    assertThat(store().usage().states(Set.of(account), NOON)).isEqualTo(Map.of(account, state));
    return state;
  }

  private Granted debits(AccountId account, long amount, Offer offer) {
    String version = store().usage().read(account, NOON).version();
    DebitResult result = store()
        .usage()
        .consume(List.of(new DrawBuilder(account)
            .version(version)
            .offers(offer)
            .amount(amount)
            .build()))
        .get(0);
    assertThat(result).isInstanceOf(Granted.class);
    return (Granted) result;
  }

  private Grant gives(AccountId account) {
    Grant grant =
        GrantStoreContract.grant(account, new GrantContent.Units("quiz", 5), Optional.empty());
    return store().grants().add(grant, grant.id(), "", AnAuditEntry.any()).grant();
  }
}
