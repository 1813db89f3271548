package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.anonymous.AnonymousSession;
import com.tatame.billing.anonymous.AnonymousSessionStore;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.testkit.fixture.ACheckoutSession;
import com.tatame.billing.testkit.fixture.APayment;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Visitors who have not signed in, and what becomes of what they bought. */
public interface AnonymousSessionStoreContract extends StoreUnderTest {

  @Test
  default void aSessionIsFoundByItsHashAlone() {
    AnonymousSession session = begun(Ids.morning());

    assertThat(sessions().findByHash(hash(session))).contains(session);
    assertThat(sessions().findByHash(session.account().value())).isEmpty();
    assertThat(sessions().findByHash("")).isEmpty();
  }

  @Test
  default void noTwoSessionsShareAnAccountOrAHash() {
    AnonymousSession session = begun(Ids.morning());
    AnonymousSession other = session(Ids.morning());

    assertThatThrownBy(() -> sessions().add(session, hash(other)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> sessions().add(other, hash(session)))
        .isInstanceOf(IllegalStateException.class);
    assertThat(sessions().findByHash(hash(session))).contains(session);
    assertThat(sessions().findByHash(hash(other))).isEmpty();
  }

  @Test
  default void theFirstClaimStays() {
    Instant now = Ids.morning();
    AnonymousSession session = begun(now);
    AccountId first = Ids.account();

    Optional<AnonymousSession> claimed =
        sessions().claim(hash(session), Owner.of(first), now.plusSeconds(1), AnAuditEntry.any());

    assertThat(claimed.flatMap(AnonymousSession::claimedBy)).contains(first);
    assertThat(claimed.flatMap(AnonymousSession::claimedAt)).contains(now.plusSeconds(1));
    assertThat(sessions()
            .claim(hash(session), Owner.of(first), now.plusSeconds(2), AnAuditEntry.any()))
        .isEqualTo(claimed);
    assertThat(sessions()
            .claim(hash(session), Owner.of(Ids.account()), now.plusSeconds(3), AnAuditEntry.any()))
        .isEqualTo(claimed);
    assertThat(sessions().findByHash(hash(session))).isEqualTo(claimed);
  }

  @Test
  default void whatIsNotThereIsNotClaimed() {
    assertThat(sessions()
            .claim(Ids.next("hash"), Owner.of(Ids.account()), Ids.morning(), AnAuditEntry.any()))
        .isEmpty();
  }

  @Test
  default void whatASessionBoughtBeforeAndAfterItsClaimIsTheClaimers() {
    Instant now = Ids.morning();
    AnonymousSession session = begun(now);
    AccountId claimer = Ids.account();
    PaymentIntent before = APayment.of(session.account(), PaymentIntent.Status.SUCCEEDED, now);
    PaymentIntent after =
        APayment.of(session.account(), PaymentIntent.Status.SUCCEEDED, now.plusSeconds(1));
    PaymentIntent own = APayment.of(claimer, PaymentIntent.Status.SUCCEEDED, now.plusSeconds(2));
    Commits.store(store(), now, before);
    assertThat(bought(session.account())).containsExactly(idOf(before));
    assertThat(bought(claimer)).isEmpty();

    sessions().claim(hash(session), Owner.of(claimer), now, AnAuditEntry.any());
    Commits.store(store(), now, after, own);

    assertThat(bought(claimer)).containsExactly(idOf(own), idOf(after), idOf(before));
    assertThat(store().purchases().find(claimer, idOf(after))).isPresent();
    assertThat(bought(Ids.account())).isEmpty();
  }

  @Test
  default void aCheckoutThatASessionOpenedIsTheClaimers() {
    Instant now = Ids.morning();
    AnonymousSession session = begun(now);
    AccountId claimer = Ids.account();
    CheckoutSession open = ACheckoutSession.open(session.account(), Ids.next("cus"), now);
    Commits.store(store(), now, open);
    assertThat(store().checkouts().find(claimer, open.id())).isEmpty();

    sessions().claim(hash(session), Owner.of(claimer), now, AnAuditEntry.any());

    assertThat(store().checkouts().find(claimer, open.id())).contains(open);
    assertThat(store().checkouts().find(Ids.account(), open.id())).isEmpty();
  }

  @Test
  default void ofManyAccountsThatClaimAtOnceOneHasIt() throws Exception {
    Instant now = Ids.morning();
    AnonymousSession session = begun(now);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Optional<AnonymousSession>>> claims = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        AccountId account = Ids.account();
        claims.add(threads.submit(
            () -> sessions().claim(hash(session), Owner.of(account), now, AnAuditEntry.any())));
      }
      Set<Optional<AnonymousSession>> seen = new HashSet<>();
      for (Future<Optional<AnonymousSession>> claim : claims) {
        seen.add(claim.get(60, TimeUnit.SECONDS));
      }
      assertThat(seen).hasSize(1);
    } finally {
      threads.shutdownNow();
    }
  }

  private AnonymousSessionStore sessions() {
    return store().anonymousSessions();
  }

  private AnonymousSession begun(Instant now) {
    AnonymousSession session = session(now);
    sessions().add(session, hash(session));
    return session;
  }

  private static AnonymousSession session(Instant now) {
    return new AnonymousSession(
        new AccountId(Ids.next("anonymous")),
        now,
        now.plus(Duration.ofDays(30)),
        Optional.empty(),
        Optional.empty());
  }

  private static String hash(AnonymousSession session) {
    return "hash_of_" + session.account();
  }

  private List<String> bought(AccountId account) {
    return store().purchases().list(account, Optional.empty(), 101).stream()
        .map(Purchase::id)
        .toList();
  }

  private static String idOf(PaymentIntent payment) {
    return payment.sale().orElseThrow().purchaseId();
  }
}
