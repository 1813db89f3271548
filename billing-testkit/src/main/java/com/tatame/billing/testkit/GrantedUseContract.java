package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.DebitResult;
import com.tatame.billing.entitlement.DebitResult.Denied;
import com.tatame.billing.entitlement.DebitResult.Granted;
import com.tatame.billing.entitlement.DebitResult.Stale;
import com.tatame.billing.entitlement.Grant;
import com.tatame.billing.entitlement.Grant.Revocation;
import com.tatame.billing.entitlement.GrantContent;
import com.tatame.billing.entitlement.PriceBand;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.entitlement.UsageDebit.Offer;
import com.tatame.billing.entitlement.UsageRow;
import com.tatame.billing.entitlement.UsageTally;
import com.tatame.billing.testkit.UsageStoreContract.DrawBuilder;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Units that were given: drawn in the order of the offers, never twice, and back where they were. */
public interface GrantedUseContract extends StoreUnderTest {
  Instant LATER = Instant.parse("2026-06-01T00:00:00Z");

  @Test
  default void whatCostsNothingIsDrawnInTheOrderOfTheOffersAlsoInParts() {
    AccountId account = Ids.account();
    Offer soon = gives(account, 2);
    Offer late = gives(account, 4);
    Offer[] offers = {
      soon, included(3), late, new Offer(PriceBand.OVERAGE, Optional.of(9L), Optional.of(20))
    };

    Consumption first = granted(use(account, 4, offers));
    assertThat(first.place()).isEqualTo(PriceBand.INCLUDED);
    assertThat(first.ofGrants()).isEqualTo(Map.of(id(soon), 2L));
    assertThat(first.used()).isEqualTo(2);
    assertThat(first.grantedLeft()).isEqualTo(4);
    assertThat(first.remaining()).contains(5L);

    Consumption second = granted(use(account, 3, offers));
    assertThat(second.ofGrants()).isEqualTo(Map.of(id(late), 2L));
    assertThat(second.used()).isEqualTo(3);
    assertThat(second.remaining()).contains(2L);

    assertThat(granted(use(account, 3, offers)).place())
        .as("two are left")
        .isEqualTo(PriceBand.OVERAGE);
    assertThat(granted(use(account, 2, offers)).ofGrants()).isEqualTo(Map.of(id(late), 2L));
    assertThat(granted(use(account, 1, offers)).place()).isEqualTo(PriceBand.OVERAGE);
    assertThat(tally(account)).isEqualTo(new UsageTally(3, 4, 0, 6));
  }

  @Test
  default void allOrNoneIsUsed() {
    AccountId account = Ids.account();
    Offer grant = gives(account, 2);

    assertThat(use(account, 6, included(3), grant)).isInstanceOf(Denied.class);

    assertThat(used(grant)).isZero();
    assertThat(granted(use(account, 5, included(3), grant)).remaining()).contains(0L);
    assertThat(use(account, 1, included(3), grant)).isInstanceOf(Denied.class);
  }

  @Test
  default void noWindowBeginsAGrantAnew() {
    AccountId account = Ids.account();
    Offer grant = gives(account, 3);
    use(account, 2, grant);
    Period april =
        new Period(UsageStoreContract.MARCH.end(), Instant.parse("2026-05-01T00:00:00Z"));

    UsageDebit next = debit(account, grant).in(april, april.start()).amount(2).build();

    assertThat(consume(next)).isInstanceOf(Denied.class);
    assertThat(store().usage().list(account, Optional.empty(), Optional.empty(), 10))
        .containsExactly(
            new UsageRow("quiz", UsageStoreContract.MARCH, new UsageTally(0, 0, 0, 2)));
  }

  @Test
  default void aKeyIsAnsweredTheSameWhateverIsLeftOfTheGrants() {
    AccountId account = Ids.account();
    Offer grant = gives(account, 3);
    Consumption first =
        granted(consume(debit(account, included(1), grant).key("k").amount(2).build()));
    use(account, 2, included(1), grant);

    assertThat(consume(debit(account, included(1), grant).key("k").amount(2).build()))
        .isEqualTo(new Granted(first, true));
    assertThat(used(grant)).isEqualTo(3);
  }

  @Test
  default void whatWasReleasedIsBackInTheGrantThatItCameFromOnce() {
    AccountId account = Ids.account();
    Offer one = gives(account, 2);
    Offer other = gives(account, 2);
    Consumption both = granted(use(account, 4, one, included(1), other));
    store()
        .grants()
        .revoke(
            account,
            id(one),
            new Revocation(LATER, "user_admin", Optional.empty()),
            AnAuditEntry.any());

    for (int time = 0; time < 2; time++) {
      assertThat(store().usage().release(account, "quiz", both.id(), LATER))
          .hasValueSatisfying(back -> assertThat(back.ofGrants()).isEqualTo(both.ofGrants()));
    }

    assertThat(used(one)).isZero();
    assertThat(used(other)).isZero();
    assertThat(tally(account)).isEqualTo(UsageTally.NONE);
    use(account, 1, other);
    assertThat(List.of(used(one), used(other))).containsExactly(0L, 1L);
  }

  @Test
  default void aReleaseTouchesNoOtherGrant() {
    AccountId account = Ids.account();
    Offer one = gives(account, 5);
    Offer other = gives(account, 5);
    use(account, 3, one);
    Consumption ofOther = granted(use(account, 2, other));

    store().usage().release(account, "quiz", ofOther.id(), LATER);

    assertThat(List.of(used(one), used(other))).containsExactly(3L, 0L);
    assertThat(tally(account)).isEqualTo(new UsageTally(0, 0, 0, 3));
  }

  @Test
  default void whatWasUsedAlreadyIsDrawnFromGrantsToo() {
    AccountId account = Ids.account();
    Offer grant = gives(account, 2);

    Consumption recorded =
        granted(consume(debit(account, grant, included(1)).amount(5).recorded().build()));

    assertThat(recorded.ofGrants()).isEqualTo(Map.of(id(grant), 2L));
    assertThat(recorded.used()).isEqualTo(3);
    assertThat(recorded.remaining()).contains(0L);
    assertThat(tally(account)).isEqualTo(new UsageTally(3, 0, 0, 2));
  }

  @Test
  default void nothingIsDrawnFromAGrantOfAnotherAccount() {
    AccountId account = Ids.account();
    AccountId other = Ids.account();
    Offer grant = gives(other, 2);

    assertThat(use(account, 1, grant)).isInstanceOf(Denied.class);

    assertThat(used(grant)).isZero();
  }

  @Test
  default void aDrawIsStaleOnceAGrantIsGivenOrRevoked() {
    AccountId account = Ids.account();
    UsageDebit without = debit(account, included(1)).build();
    Offer grant = gives(account, 2);
    UsageDebit with = debit(account, grant).build();

    assertThat(consume(without)).isInstanceOf(Stale.class);
    store()
        .grants()
        .revoke(
            account,
            id(grant),
            new Revocation(UsageStoreContract.NOON, "user_admin", Optional.empty()),
            AnAuditEntry.any());
    assertThat(consume(with)).isInstanceOf(Stale.class);
    assertThat(used(grant)).isZero();
  }

  @Test
  default void drawsOfOneCallSeeWhatTheOnesBeforeDrew() {
    AccountId account = Ids.account();
    Offer grant = gives(account, 3);

    List<DebitResult> results = store()
        .usage()
        .consume(List.of(
            debit(account, grant).amount(2).build(),
            debit(account, grant).amount(2).build(),
            debit(account, grant).amount(1).build()));

    assertThat(results.stream().map(Granted.class::isInstance)).containsExactly(true, false, true);
    assertThat(used(grant)).isEqualTo(3);
  }

  @Test
  default void ofManyCallersAtOnceAsManyAreGrantedAsAreIncludedAndGiven() {
    AccountId account = Ids.account();
    Offer soon = gives(account, 15);
    Offer late = gives(account, 15);
    List<UsageDebit> debits = new ArrayList<>();
    IntStream.range(0, 80)
        .forEach(i ->
            debits.add(debit(account, soon, included(20), late).key("k" + i).build()));
    debits.addAll(List.copyOf(debits));
    Collections.shuffle(debits, new Random(11));

    debits.parallelStream().forEach(this::consume);

    assertThat(tally(account)).isEqualTo(new UsageTally(20, 0, 0, 30));
    assertThat(List.of(used(soon), used(late))).containsExactly(15L, 15L);
  }

  /** Gives units of the quizzes, and says where they are. */
  private Offer gives(AccountId account, long units) {
    Grant grant =
        GrantStoreContract.grant(account, new GrantContent.Units("quiz", units), Optional.empty());
    store().grants().add(grant, grant.id(), "", AnAuditEntry.any());
    return new Offer(
        PriceBand.INCLUDED, Optional.of(units), Optional.empty(), Optional.of(grant.id()));
  }

  private static Offer included(long limit) {
    return new Offer(PriceBand.INCLUDED, Optional.of(limit), Optional.empty());
  }

  private DrawBuilder debit(AccountId account, Offer... offers) {
    String version = store().usage().read(account, UsageStoreContract.NOON).version();
    return new DrawBuilder(account).version(version).offers(offers);
  }

  private DebitResult use(AccountId account, long amount, Offer... offers) {
    return consume(debit(account, offers).amount(amount).build());
  }

  private DebitResult consume(UsageDebit debit) {
    return store().usage().consume(List.of(debit)).get(0);
  }

  private static Consumption granted(DebitResult result) {
    assertThat(result).isInstanceOf(Granted.class);
    return ((Granted) result).consumption();
  }

  private static String id(Offer offer) {
    return offer.grant().orElseThrow();
  }

  private long used(Offer offer) {
    return store().grants().find(id(offer)).orElseThrow().used();
  }

  private UsageTally tally(AccountId account) {
    return store()
        .usage()
        .read(account, UsageStoreContract.NOON)
        .used("quiz", UsageStoreContract.MARCH, UsageStoreContract.NOON);
  }
}
