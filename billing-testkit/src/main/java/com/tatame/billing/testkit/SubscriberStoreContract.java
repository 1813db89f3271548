package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.outbox.EventEndpoint;
import com.tatame.billing.outbox.EventEndpoint.PreviousSecret;
import com.tatame.billing.outbox.ParkedAccount;
import com.tatame.billing.outbox.PublishedEvent;
import com.tatame.billing.outbox.SubscriberStatus;
import com.tatame.billing.outbox.SubscriberStore.Attempt;
import com.tatame.billing.outbox.SubscriberStore.Due;
import com.tatame.billing.outbox.SubscriberStore.Ended;
import com.tatame.billing.outbox.SubscriberStore.Failure;
import com.tatame.billing.outbox.SubscriberStore.Kind;
import com.tatame.billing.outbox.SubscriberStore.StoredAttempt;
import com.tatame.billing.projection.Change;
import com.tatame.billing.testkit.Commits.Linked;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who receives entries, and how far each has come with each account. */
public interface SubscriberStoreContract extends StoreUnderTest {
  /** From so many failures in a row on, one account is tried at a time. */
  int PROBING = 3;

  @Test
  default void aSubscriberReceivesWhatIsAppendedFromThenOn() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    append(linked, 1, now);
    String name = subscriber(now);
    append(linked, 2, now);

    List<Due> due = claim(name, "c", now);

    assertThat(due).hasSize(1);
    assertThat(due.get(0).account()).isEqualTo(linked.account());
    assertThat(due.get(0).entries()).extracting(PublishedEvent::sequence).containsExactly(2L, 3L);
  }

  @Test
  default void whatIsClaimedIsNotClaimedAgainUntilItsLeaseEnds() {
    Instant now = Ids.morning();
    String name = subscriber(now);
    Linked linked = Commits.aLinkedCustomer(store(), now);
    append(linked, 1, now);

    assertThat(claim(name, "first", now)).hasSize(1);
    assertThat(claim(name, "second", now)).isEmpty();
    assertThat(claim(name, "third", now.plus(Commits.LEASE))).hasSize(1);
  }

  @Test
  default void whoLostItsLeaseMovesNothing() {
    Instant now = Ids.morning();
    String name = subscriber(now);
    Linked linked = Commits.aLinkedCustomer(store(), now);
    append(linked, 2, now);
    Instant later = now.plus(Commits.LEASE);
    claim(name, "paused", now);
    claim(name, "next", later);

    assertThat(end(name, "paused", linked, 2, 2, later)).isEqualTo(1);
    assertThat(end(name, "next", linked, 1, 1, later)).isZero();

    assertThat(claim(name, "last", later).get(0).entries())
        .extracting(PublishedEvent::sequence)
        .containsExactly(2L);
  }

  @Test
  default void anAccountRestsOnceAllIsReceivedAndComesBackWithTheNextEntry() {
    Instant now = Ids.morning();
    String name = subscriber(now);
    Linked linked = Commits.aLinkedCustomer(store(), now);
    append(linked, 2, now);
    claim(name, "c1", now);
    end(name, "c1", linked, 2, 2, now);
    assertThat(status(name).waiting()).isZero();
    assertThat(claim(name, "c2", now)).isEmpty();

    append(linked, 1, now);

    assertThat(status(name).waiting()).isEqualTo(1);
    assertThat(claim(name, "c3", now).get(0).entries())
        .extracting(PublishedEvent::sequence)
        .containsExactly(3L);
  }

  @Test
  default void whatIsAppendedDuringADeliveryIsDeliveredAfterIt() {
    Instant now = Ids.morning();
    String name = subscriber(now);
    Linked linked = Commits.aLinkedCustomer(store(), now);
    append(linked, 1, now);
    claim(name, "c1", now);
    append(linked, 1, now);

    end(name, "c1", linked, 1, 1, now);

    assertThat(claim(name, "c2", now).get(0).entries())
        .extracting(PublishedEvent::sequence)
        .containsExactly(2L);
  }

  @Test
  default void aFailedAccountWaitsAloneAndKeepsCount() {
    Instant now = Ids.morning();
    String name = subscriber(now);
    Linked poison = Commits.aLinkedCustomer(store(), now);
    Linked healthy = Commits.aLinkedCustomer(store(), now);
    append(poison, 2, now);
    append(healthy, 1, now);
    claim(name, "c1", now);
    fail(name, "c1", poison, 0, 0, now.plusSeconds(60), false, now);
    end(name, "c1", healthy, 1, 1, now);

    assertThat(claim(name, "c2", now.plusSeconds(59))).isEmpty();
    Due again = claim(name, "c3", now.plusSeconds(60)).get(0);
    assertThat(again.account()).isEqualTo(poison.account());
    assertThat(again.attempts()).isEqualTo(1);
    ParkedAccount parked = store().subscribers().parked(name, poison.account()).orElseThrow();
    assertThat(parked.sequence()).isEqualTo(1);
    assertThat(parked.error()).contains("refused");
    assertThat(parked.blocked()).isFalse();
    assertThat(store().subscribers().parked(name, Optional.empty(), 10)).containsExactly(parked);
    assertThat(store().subscribers().parked(name, healthy.account())).isEmpty();
    assertThat(store().subscribers().parked(name, Optional.of(poison.account()), 10))
        .isEmpty();
  }

  @Test
  default void aBlockedAccountWaitsForAPerson() {
    Instant now = Ids.morning();
    String name = subscriber(now);
    Linked linked = Commits.aLinkedCustomer(store(), now);
    append(linked, 2, now);
    claim(name, "c1", now);
    fail(name, "c1", linked, 0, 0, now, true, now);
    assertThat(claim(name, "c2", now.plus(Duration.ofDays(9)))).isEmpty();
    assertThat(status(name).blocked()).isEqualTo(1);

    assertThat(store().subscribers().retry(name, linked.account(), 7, now, AnAuditEntry.any()))
        .isFalse();
    assertThat(store().subscribers().retry(name, linked.account(), 1, now, AnAuditEntry.any()))
        .isTrue();
    assertThat(claim(name, "c3", now).get(0).entries())
        .extracting(PublishedEvent::sequence)
        .containsExactly(1L, 2L);
  }

  @Test
  default void aSkippedEntryIsNeverReceived() {
    Instant now = Ids.morning();
    String name = subscriber(now);
    Linked linked = Commits.aLinkedCustomer(store(), now);
    append(linked, 2, now);
    claim(name, "c1", now);
    fail(name, "c1", linked, 0, 0, now, true, now);

    assertThat(store().subscribers().skip(name, linked.account(), 1, now, AnAuditEntry.any()))
        .isTrue();

    assertThat(claim(name, "c2", now).get(0).entries())
        .extracting(PublishedEvent::sequence)
        .containsExactly(2L);
    assertThat(store().subscribers().parked(name, linked.account())).isEmpty();
  }

  @Test
  default void aSubscriberThatFailsForAllIsProbedWithOneAccount() {
    Instant now = Ids.morning();
    String name = subscriber(now);
    for (int i = 0; i < PROBING + 2; i++) {
      append(Commits.aLinkedCustomer(store(), now), 1, now);
    }
    List<Due> due = claim(name, "c1", now);
    due.subList(0, PROBING)
        .forEach(each -> store()
            .subscribers()
            .end(
                "c1",
                List.of(failed(name, each.account(), 0, 0, now, false, now.plusSeconds(10))),
                List.of(),
                now));
    store()
        .subscribers()
        .end(
            "c1",
            due.subList(PROBING, due.size()).stream()
                .map(each -> failed(name, each.account(), 0, 0, now, false, now.plusSeconds(10)))
                .toList(),
            List.of(),
            now);

    assertThat(status(name).failures()).isEqualTo(PROBING + 2);
    assertThat(status(name).failingSince()).contains(now);
    assertThat(claim(name, "early", now.plusSeconds(9))).isEmpty();
    List<Due> probe = claim(name, "probe", now.plusSeconds(10));
    assertThat(probe).hasSize(1);
    assertThat(probe.get(0).probing()).isTrue();
    assertThat(claim(name, "second", now.plusSeconds(10))).isEmpty();

    store()
        .subscribers()
        .end(
            "probe",
            List.of(new Ended(name, probe.get(0).account(), 1, 1, Optional.empty())),
            List.of(),
            now.plusSeconds(11));
    assertThat(status(name).failures()).isZero();
    assertThat(claim(name, "rest", now.plusSeconds(11))).hasSize(PROBING + 1);
  }

  @Test
  default void aReplaySendsEverythingAgainInOrder() {
    Instant now = Ids.morning();
    Linked early = Commits.aLinkedCustomer(store(), now);
    append(early, 1, now);
    String name = subscriber(now);
    append(early, 1, now);
    claim(name, "c1", now);
    end(name, "c1", early, 2, 1, now);

    assertThat(store().subscribers().replay(name, "once", Instant.EPOCH, now, AnAuditEntry.any()))
        .isPositive();

    assertThat(claimAll(name, "c2", now).stream()
            .filter(due -> due.account().equals(early.account()))
            .findFirst()
            .orElseThrow()
            .entries())
        .extracting(PublishedEvent::sequence)
        .containsExactly(1L, 2L);
    end(name, "c2", early, 2, 2, now);

    store().subscribers().replay(name, "once", Instant.EPOCH, now, AnAuditEntry.any());
    assertThat(claimAll(name, "c3", now))
        .as("asked again for the same request")
        .noneMatch(due -> due.account().equals(early.account()));
  }

  @Test
  default void twoSubscribersGoTheirOwnWay() {
    Instant now = Ids.morning();
    String first = subscriber(now);
    String second = subscriber(now);
    Linked linked = Commits.aLinkedCustomer(store(), now);
    append(linked, 1, now);

    List<Due> due = store()
        .subscribers()
        .claim("c", Map.of(first, 10, second, 10), 10, PROBING, now, Commits.LEASE);

    assertThat(due).extracting(Due::subscriber).containsExactlyInAnyOrder(first, second);
    end(first, "c", linked, 1, 1, now);
    assertThat(status(first).waiting()).isZero();
    assertThat(status(second).waiting()).isEqualTo(1);
  }

  @Test
  default void aRemovedSubscriberIsForgotten() {
    Instant now = Ids.morning();
    String name = subscriber(now);
    append(Commits.aLinkedCustomer(store(), now), 1, now);

    store().subscribers().remove(name, AnAuditEntry.any());

    assertThat(store().subscribers().list())
        .extracting(SubscriberStatus::name)
        .doesNotContain(name);
    assertThat(claim(name, "c", now)).isEmpty();
  }

  @Test
  default void attemptsAreListedUntilTheyArePruned() {
    Instant now = Ids.morning();
    String name = subscriber(now);
    Attempt refused = attempt(name, now, Optional.of(500), Optional.of("answered 500"));
    Attempt received = attempt(name, now.plusSeconds(1), Optional.of(204), Optional.empty());
    store().subscribers().end("c", List.of(), List.of(refused, received), now);

    List<StoredAttempt> all = store().subscribers().attempts(name, Optional.empty(), 10);
    assertThat(all).extracting(StoredAttempt::attempt).containsExactly(received, refused);
    assertThat(store().subscribers().attempts(name, Optional.of(all.get(0).id()), 10))
        .extracting(StoredAttempt::attempt)
        .containsExactly(refused);

    store().subscribers().pruneAttempts(now.plusSeconds(1));
    assertThat(store().subscribers().attempts(name, Optional.empty(), 10))
        .extracting(StoredAttempt::attempt)
        .containsExactly(received);
  }

  @Test
  default void anEndpointIsKeptWithWhatItIsToReceive() {
    Instant now = Ids.morning();
    EventEndpoint endpoint = endpoint(now);
    store().eventEndpoints().add(endpoint, now, AnAuditEntry.any());
    store().eventEndpoints().add(endpoint, now, AnAuditEntry.any());

    assertThat(store().eventEndpoints().find(endpoint.id())).contains(endpoint);
    assertThat(store().eventEndpoints().list()).contains(endpoint);
    assertThat(status(endpoint.id()).kind()).isEqualTo(Kind.ENDPOINT);

    EventEndpoint changed = new EventEndpoint(
        endpoint.id(),
        URI.create("https://other.example/"),
        Optional.empty(),
        Set.of(),
        false,
        now,
        "never stored",
        Optional.empty());
    store().eventEndpoints().update(changed, AnAuditEntry.any());
    EventEndpoint stored = store().eventEndpoints().find(endpoint.id()).orElseThrow();
    assertThat(stored)
        .usingRecursiveComparison()
        .ignoringFields("secret", "previous")
        .isEqualTo(changed);
    assertThat(stored.secret()).isEqualTo("sealed");

    store().subscribers().remove(endpoint.id(), AnAuditEntry.any());
    assertThat(store().eventEndpoints().find(endpoint.id())).isEmpty();
  }

  @Test
  default void ofTwoCallsThatReplaceASecretOneDoes() {
    Instant now = Ids.morning();
    EventEndpoint endpoint = endpoint(now);
    store().eventEndpoints().add(endpoint, now, AnAuditEntry.any());
    EventEndpoint rolled = new EventEndpoint(
        endpoint.id(),
        endpoint.url(),
        endpoint.description(),
        endpoint.types(),
        true,
        now,
        "other",
        Optional.of(new PreviousSecret("sealed", now.plusSeconds(60))));

    assertThat(store().eventEndpoints().replaceSecrets(rolled, "sealed", AnAuditEntry.any()))
        .isTrue();
    assertThat(store().eventEndpoints().replaceSecrets(rolled, "sealed", AnAuditEntry.any()))
        .isFalse();
    assertThat(store().eventEndpoints().find(endpoint.id())).contains(rolled);
  }

  private static EventEndpoint endpoint(Instant now) {
    return new EventEndpoint(
        Ids.next("evtep"),
        URI.create("https://example.com/hook"),
        Optional.of("the CRM"),
        Set.of("invoice.paid", "invoice.voided"),
        true,
        now,
        "sealed",
        Optional.empty());
  }

  private static Attempt attempt(
      String name, Instant at, Optional<Integer> status, Optional<String> error) {
    return new Attempt(
        name, new AccountId("user_1"), 1, "in_1:paid", at, Duration.ofMillis(12), status, error);
  }

  private String subscriber(Instant now) {
    String name = Ids.next("subscriber");
    store().subscribers().add(name, Kind.HANDLER, now);
    store().subscribers().add(name, Kind.HANDLER, now);
    return name;
  }

  private SubscriberStatus status(String name) {
    return store().subscribers().list().stream()
        .filter(subscriber -> subscriber.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private List<Due> claim(String name, String claim, Instant now) {
    return store().subscribers().claim(claim, Map.of(name, 20), 10, PROBING, now, Commits.LEASE);
  }

  private List<Due> claimAll(String name, String claim, Instant now) {
    return store()
        .subscribers()
        .claim(claim, Map.of(name, 100_000), 10, PROBING, now, Commits.LEASE);
  }

  private int end(
      String name, String claim, Linked linked, long position, int received, Instant now) {
    return store()
        .subscribers()
        .end(
            claim,
            List.of(new Ended(name, linked.account(), position, received, Optional.empty())),
            List.of(),
            now);
  }

  private void fail(
      String name,
      String claim,
      Linked linked,
      long position,
      int received,
      Instant nextAt,
      boolean blocked,
      Instant now) {
    store()
        .subscribers()
        .end(
            claim,
            List.of(failed(name, linked.account(), position, received, nextAt, blocked, now)),
            List.of(),
            now);
  }

  private static Ended failed(
      String name,
      AccountId account,
      long position,
      int received,
      Instant nextAt,
      boolean blocked,
      Instant probeAt) {
    return new Ended(
        name,
        account,
        position,
        received,
        Optional.of(new Failure("refused", true, nextAt, blocked, probeAt)));
  }

  private void append(Linked linked, int count, Instant now) {
    for (int i = 0; i < count; i++) {
      Fact fact = new Fact(
          Ids.next("in"),
          "invoice.paid",
          linked.subject(),
          Optional.empty(),
          Optional.empty(),
          "paid",
          now);
      Commits.apply(
          store(), linked.subject(), now, List.of(new Change.Append(fact, Optional.of("evt_1"))));
    }
  }
}
