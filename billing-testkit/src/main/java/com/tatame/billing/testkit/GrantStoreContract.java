package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.entitlement.Grant;
import com.tatame.billing.entitlement.Grant.Revocation;
import com.tatame.billing.entitlement.GrantContent;
import com.tatame.billing.entitlement.GrantStore;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is given to accounts: kept for good, with all its times. */
public interface GrantStoreContract extends StoreUnderTest {
  Instant GIVEN = Instant.parse("2026-03-10T12:00:00Z");
  Instant ENDS = Instant.parse("2026-03-20T12:00:00Z");
  GrantContent FIVE_QUIZZES = new GrantContent.Units("quiz", 5);

  @Test
  default void aGrantIsKeptAsItWasGiven() {
    AccountId account = Ids.account();
    List<Grant> given = List.of(
        grant(account, new GrantContent.Tier("pro"), Optional.of(ENDS)),
        grant(account, FIVE_QUIZZES, Optional.empty()),
        grant(account, new GrantContent.Flag("export"), Optional.of(ENDS)));

    for (Grant grant : given) {
      assertThat(grants().add(grant, grant.id(), "asked", AnAuditEntry.any()))
          .isEqualTo(new GrantStore.Kept(grant, "asked"));
      assertThat(grants().find(grant.id())).contains(grant);
    }
    assertThat(grants().find(Ids.next("gr"))).isEmpty();
  }

  @Test
  default void underOneKeyOneGrantIsKept() {
    AccountId account = Ids.account();
    Grant first = grant(account, FIVE_QUIZZES, Optional.empty());
    grants().add(first, "k", "five", AnAuditEntry.any());
    Grant second = grant(account, FIVE_QUIZZES, Optional.empty());
    Grant others = grant(Ids.account(), FIVE_QUIZZES, Optional.empty());

    GrantStore.Kept kept = new GrantStore.Kept(first, "five");
    assertThat(grants().add(second, "k", "six", AnAuditEntry.any())).isEqualTo(kept);
    assertThat(grants().add(others, "k", "", AnAuditEntry.any()).grant()).isEqualTo(others);

    assertThat(grants().findByKey(account, "k")).contains(kept);
    assertThat(grants().findByKey(account, "other")).isEmpty();
    assertThat(grants().list(Optional.of(account), Optional.empty(), 10)).containsExactly(first);
  }

  @Test
  default void aGrantIsRevokedOnceAndStaysKnown() {
    AccountId account = Ids.account();
    Grant grant = given(account, FIVE_QUIZZES, Optional.empty());
    Revocation first = new Revocation(ENDS, "user_admin", Optional.of("a mistake"));

    assertThat(grants().revoke(Ids.account(), grant.id(), first, AnAuditEntry.any()))
        .as("another account's")
        .isEmpty();
    assertThat(grants().find(grant.id())).contains(grant);
    Optional<Grant> revoked = grants().revoke(account, grant.id(), first, AnAuditEntry.any());
    assertThat(revoked).map(Grant::revoked).contains(Optional.of(first));
    assertThat(grants()
            .revoke(
                account,
                grant.id(),
                new Revocation(ENDS.plusSeconds(1), "user_other", Optional.empty()),
                AnAuditEntry.any()))
        .isEqualTo(revoked);

    assertThat(grants().find(grant.id())).isEqualTo(revoked);
    assertThat(grants().list(Optional.of(account), Optional.empty(), 10))
        .containsExactly(revoked.orElseThrow());
  }

  @Test
  default void grantsAreListedThoseGivenLastFirst() {
    AccountId account = Ids.account();
    Grant first = given(account, FIVE_QUIZZES, Optional.of(ENDS));
    Grant others = given(Ids.account(), FIVE_QUIZZES, Optional.empty());
    Grant last = given(account, new GrantContent.Tier("pro"), Optional.empty());

    assertThat(grants().list(Optional.of(account), Optional.empty(), 10))
        .containsExactly(last, first);
    assertThat(grants().list(Optional.of(account), Optional.empty(), 1)).containsExactly(last);
    assertThat(grants().list(Optional.of(account), Optional.of(last.id()), 10))
        .containsExactly(first);
    assertThat(grants().list(Optional.empty(), Optional.empty(), 3))
        .containsExactly(last, others, first);
    assertThat(grants().list(Optional.empty(), Optional.of(last.id()), 1)).containsExactly(others);
  }

  @Test
  default void whatHasNotEndedIsReadWithTheAccountsUse() {
    AccountId account = Ids.account();
    Grant ending = given(account, new GrantContent.Tier("pro"), Optional.of(ENDS));
    Grant endless = given(account, FIVE_QUIZZES, Optional.empty());
    Grant revoked = grants()
        .revoke(
            account,
            given(account, new GrantContent.Flag("export"), Optional.empty()).id(),
            new Revocation(ENDS, "user_admin", Optional.empty()),
            AnAuditEntry.any())
        .orElseThrow();

    assertThat(open(account, GIVEN.minusSeconds(1)))
        .containsExactlyInAnyOrder(ending, endless, revoked);
    assertThat(open(account, ENDS.minusMillis(1)))
        .containsExactlyInAnyOrder(ending, endless, revoked);
    assertThat(open(account, ENDS)).containsExactly(endless);
    assertThat(open(Ids.account(), GIVEN)).isEmpty();
  }

  @Test
  default void theVersionIsAnotherOneOnceAGrantIsGivenOrRevoked() {
    AccountId account = Ids.account();
    String before = version(account);
    Grant grant = given(account, FIVE_QUIZZES, Optional.of(ENDS));
    String given = version(account);
    grants()
        .revoke(
            account,
            grant.id(),
            new Revocation(GIVEN, "user_admin", Optional.empty()),
            AnAuditEntry.any());
    String revoked = version(account);

    assertThat(List.of(before, given, revoked)).doesNotHaveDuplicates();
    given(Ids.account(), FIVE_QUIZZES, Optional.empty());
    assertThat(version(account)).isEqualTo(revoked);
  }

  private GrantStore grants() {
    return store().grants();
  }

  private List<Grant> open(AccountId account, Instant now) {
    return store().usage().read(account, now).grants();
  }

  private String version(AccountId account) {
    return store().usage().read(account, GIVEN).version();
  }

  private Grant given(AccountId account, GrantContent gift, Optional<Instant> ends) {
    Grant grant = grant(account, gift, ends);
    return grants().add(grant, grant.id(), "", AnAuditEntry.any()).grant();
  }

  /** A grant that holds from {@link #GIVEN} on. */
  static Grant grant(AccountId account, GrantContent gift, Optional<Instant> ends) {
    return new Grant(
        Ids.next("gr"),
        account,
        gift,
        "to make up for the outage",
        "user_admin",
        GIVEN,
        GIVEN,
        ends,
        0,
        Optional.empty());
  }
}
