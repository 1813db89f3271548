package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.command.RequestKey;
import com.tatame.billing.command.RequestScope;
import com.tatame.billing.entitlement.EntitlementChanges;
import com.tatame.billing.entitlement.UsageStore;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.outbox.BillingEvents;
import com.tatame.billing.outbox.EndpointDelivery;
import com.tatame.billing.outbox.EndpointDelivery.EndpointTransport;
import com.tatame.billing.outbox.EventDeliveries;
import com.tatame.billing.outbox.EventEndpoints;
import com.tatame.billing.outbox.EventEndpoints.Wanted;
import com.tatame.billing.outbox.EventEndpoints.WithSecret;
import com.tatame.billing.outbox.EventSender;
import com.tatame.billing.outbox.FeedFilter;
import com.tatame.billing.outbox.PublishedEvent;
import com.tatame.billing.outbox.Subscribers;
import com.tatame.billing.projection.Change;
import com.tatame.billing.secret.SecretsKeys;
import com.tatame.billing.testkit.Commits.Linked;
import com.tatame.billing.testkit.fixture.ACatalog;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import com.tatame.billing.time.Clocks;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Delivering accounts' streams to handlers and endpoints, on a store in memory. */
class EventDeliveriesTest {
  private static final SecretsKeys KEYS = keys("k1");

  private final InMemoryBillingStore store = new InMemoryBillingStore();
  private final SettableClock clock = new SettableClock(Ids.morning());
  private final Random random = new Random(7);
  private final Sender sender = new Sender();
  private final EndpointTransport transport =
      new EndpointTransport(sender, event -> "{\"id\":\"" + event.id() + "\"}", KEYS);
  private final EndpointDelivery delivery =
      new EndpointDelivery(store.eventEndpoints(), Optional.of(transport), clock);
  private final EventDeliveries deliveries =
      new EventDeliveries(store.subscribers(), delivery, () -> 0, clock, random);
  private final Subscribers subscribers =
      new Subscribers(store.subscribers(), deliveries::wake, clock);
  private final BillingEvents events =
      new BillingEvents(store.billingEvents(), store.eventFeed(), deliveries);
  private final EventEndpoints endpoints = new EventEndpoints(
      store.eventEndpoints(), store.subscribers(), delivery, Optional.of(transport), clock, random);
  private final List<PublishedEvent> received = new ArrayList<>();

  private static SecretsKeys keys(String... ids) {
    return SecretsKeys.of(List.of(ids).stream()
        .map(id -> id + ":"
            + Base64.getEncoder()
                .encodeToString((id + "0".repeat(30)).getBytes(StandardCharsets.UTF_8)))
        .toList());
  }

  /** Answers as it is told. */
  private static final class Sender implements EventSender {
    final List<Request> sent = new ArrayList<>();
    Optional<String> error = Optional.empty();

    @Override
    public Optional<String> refuses(URI url) {
      return url.getScheme().equals("https") ? Optional.empty() : Optional.of("must be https");
    }

    @Override
    public Answer send(Request request) {
      sent.add(request);
      return new Answer(Optional.of(error.isPresent() ? 503 : 204), error, Duration.ofMillis(3));
    }

    @Override
    public void close() {}
  }

  @Test
  void aHandlerReceivesEachAccountsEntriesInOrder() {
    events.subscribe("mailer", received::add);
    Linked first = linked();
    Linked second = linked();
    append(first, 2);
    append(second, 1);
    append(first, 1);

    deliverAll();

    assertThat(received.stream().filter(entry -> entry.account().equals(first.account())))
        .extracting(PublishedEvent::sequence)
        .containsExactly(1L, 2L, 3L);
    assertThat(received).hasSize(4);
  }

  @Test
  void anEntryThatFailsComesAgainAndItsAccountAloneWaits() {
    Linked poison = linked();
    Linked healthy = linked();
    Map<AccountId, Integer> calls = new HashMap<>();
    events.subscribe("mailer", entry -> {
      if (entry.account().equals(poison.account())
          && calls.merge(poison.account(), 1, Integer::sum) < 3) {
        throw new IllegalStateException("no");
      }
      received.add(entry);
    });
    append(poison, 2);
    append(healthy, 2);

    deliverAll();
    assertThat(received).extracting(PublishedEvent::account).containsOnly(healthy.account());
    assertThat(subscribers.parked("mailer", Optional.empty(), 10))
        .singleElement()
        .satisfies(parked -> {
          assertThat(parked.account()).isEqualTo(poison.account());
          assertThat(parked.error()).contains("java.lang.IllegalStateException");
        });

    clock.advance(Duration.ofSeconds(6));
    deliverAll();
    clock.advance(Duration.ofMinutes(2));
    deliverAll();

    assertThat(received.subList(2, 4))
        .extracting(PublishedEvent::account, PublishedEvent::sequence)
        .containsExactly(tuple(poison.account(), 1L), tuple(poison.account(), 2L));
    assertThat(subscribers.parked("mailer", Optional.empty(), 10)).isEmpty();
  }

  @Test
  void anEntryIsGivenUpAfterThreeDaysAndAPersonDecides() {
    Linked poison = linked();
    Linked healthy = linked();
    events.subscribe("mailer", entry -> {
      if (entry.account().equals(poison.account()) && entry.sequence() == 1) {
        throw new IllegalStateException("no");
      }
      received.add(entry);
    });
    append(poison, 2);
    Instant begin = clock.instant();
    while (subscribers.get("mailer").blocked() == 0) {
      // Others succeed meanwhile: it is the account's trouble and not the subscriber's.
      append(healthy, 1);
      deliverAll();
      clock.advance(Duration.ofHours(1));
    }

    assertThat(Duration.between(begin, clock.instant()))
        .isBetween(Duration.ofDays(3), Duration.ofDays(5));
    int before = received.size();
    assertThatThrownBy(() -> subscribers.skip("mailer", poison.account(), 2))
        .isInstanceOf(Conflict.class);
    subscribers.skip("mailer", poison.account(), 1);
    subscribers.skip("mailer", poison.account(), 1);
    subscribers.retry("mailer", poison.account());
    deliverAll();
    assertThat(received.subList(before, received.size()))
        .extracting(PublishedEvent::account, PublishedEvent::sequence)
        .containsExactly(tuple(poison.account(), 2L));
    assertThatThrownBy(() -> subscribers.skip("nobody", poison.account(), 1))
        .isInstanceOf(NotFound.class);
    subscribers.remove("mailer");
    subscribers.remove("mailer");
  }

  @Test
  void whatCantBeWrittenForAnEndpointIsAFailureAndNoLoss() {
    EndpointDelivery broken = new EndpointDelivery(
        store.eventEndpoints(),
        Optional.of(new EndpointTransport(
            sender,
            event -> {
              throw new IllegalStateException("no format");
            },
            KEYS)),
        clock);
    WithSecret endpoint = endpoint(Set.of());
    append(linked(), 1);

    new EventDeliveries(store.subscribers(), broken, () -> 0, clock, random).deliverDue();

    assertThat(subscribers.get(endpoint.endpoint().id()).retrying()).isEqualTo(1);
    assertThat(sender.sent).isEmpty();
  }

  @Test
  void anEntitlementThatCantBeDecidedHoldsUpNoOther() {
    AccountId poison = Ids.account();
    AccountId healthy = Ids.account();
    for (AccountId account : List.of(poison, healthy)) {
      store
          .grants()
          .add(
              GrantStoreContract.grant(account, GrantStoreContract.FIVE_QUIZZES, Optional.empty()),
              "key",
              "",
              AnAuditEntry.any());
    }
    UsageStore usage =
        ForwardingStore.spoil(UsageStore.class, store.usage(), Map.of("read", args -> {
          if (args[0].equals(poison)) {
            throw new IllegalStateException("a row that can't be read");
          }
          return store.usage().read((AccountId) args[0], (Instant) args[1]);
        }));
    EntitlementChanges changes = new EntitlementChanges(
        store.eventFeed(),
        usage,
        new CatalogInForce(ACatalog.freeBasicAndPro()),
        new Clocks(clock, clock));

    assertThat(changes.publishDue()).isEqualTo(1);
    assertThat(changes.publishDue()).isZero();

    assertThat(store.eventFeed().lastSequence(healthy)).isEqualTo(1);
    assertThat(store.eventFeed().lastSequence(poison)).isZero();
  }

  @Test
  void aDeadEndpointIsProbedAndGetsEverythingOnceItIsBack() {
    WithSecret endpoint = endpoint(Set.of());
    for (int i = 0; i < 30; i++) {
      append(linked(), 2);
    }
    sender.error = Optional.of("answered 503");
    Instant begin = clock.instant();
    while (clock.instant().isBefore(begin.plus(Duration.ofDays(7)))) {
      deliverAll();
      clock.advance(Duration.ofMinutes(1));
    }
    int probes = sender.sent.size();
    assertThat(probes).as("requests in a week").isLessThan(7 * 24 * 60 / 4);
    assertThat(subscribers.get(endpoint.endpoint().id()).blocked()).isZero();

    sender.error = Optional.empty();
    clock.advance(Duration.ofMinutes(10));
    deliverAll();

    assertThat(subscribers.get(endpoint.endpoint().id()).waiting()).isZero();
    assertThat(new HashSet<>(sender.sent.subList(probes, sender.sent.size()).stream()
            .map(EventSender.Request::id)
            .toList()))
        .hasSize(60);
  }

  @Test
  void anEndpointReceivesItsTypesAloneSignedUnderBothSecretsOfARotation() {
    WithSecret first = endpoint(Set.of("invoice.voided"));
    Linked linked = linked();
    append(linked, 1, "invoice.paid");
    append(linked, 1, "invoice.voided");
    deliverAll();
    assertThat(sender.sent).hasSize(1);
    assertThat(sender.sent.get(0).secrets()).containsExactly(first.secret());

    WithSecret rolled = endpoints.rollSecret(first.endpoint().id());
    append(linked, 1, "invoice.voided");
    deliverAll();
    assertThat(sender.sent.get(1).secrets()).containsExactly(rolled.secret(), first.secret());

    clock.advance(EventEndpoints.ROTATION);
    append(linked, 1, "invoice.voided");
    deliverAll();
    assertThat(sender.sent.get(2).secrets()).containsExactly(rolled.secret());
    assertThat(endpoints.attempts(first.endpoint().id(), Optional.empty(), 10)).hasSize(3);
  }

  @Test
  void noSecretIsStoredAsItIs() {
    WithSecret endpoint = endpoint(Set.of());

    assertThat(endpoint.endpoint().secret()).startsWith("k1:").doesNotContain("whsec_");
    assertThat(endpoint.toString()).doesNotContain(endpoint.secret());
    assertThat(KEYS.open(endpoint.endpoint().secret(), endpoint.endpoint().id()))
        .isEqualTo(endpoint.secret());
    assertThatThrownBy(() -> KEYS.open(endpoint.endpoint().secret(), "evtep_other"))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void secretsAreSealedAnewUnderAnotherKey() {
    WithSecret endpoint = endpoint(Set.of());
    SecretsKeys both = keys("k2", "k1");
    EventEndpoints rotating = new EventEndpoints(
        store.eventEndpoints(),
        store.subscribers(),
        delivery,
        Optional.of(new EndpointTransport(sender, event -> "", both)),
        clock,
        random);

    assertThat(rotating.reseal()).isEqualTo(1);
    assertThat(rotating.reseal()).isZero();

    String sealed = rotating.get(endpoint.endpoint().id()).secret();
    assertThat(keys("k2").open(sealed, endpoint.endpoint().id())).isEqualTo(endpoint.secret());
  }

  @Test
  void aRequestThatIsSentAgainAfterACrashHasOneEffect() {
    RequestKey request = RequestKey.of("user_admin", "create it");
    WithSecret first = RequestScope.within(request, () -> endpoint(Set.of()));
    WithSecret again = RequestScope.within(request, () -> endpoint(Set.of()));

    assertThat(again.secret()).isEqualTo(first.secret());
    assertThat(endpoints.list()).hasSize(1);

    String id = first.endpoint().id();
    RequestKey roll = RequestKey.of("user_admin", "roll it");
    WithSecret rolled = RequestScope.within(roll, () -> endpoints.rollSecret(id));
    WithSecret rolledAgain = RequestScope.within(roll, () -> endpoints.rollSecret(id));

    assertThat(rolledAgain.secret()).isEqualTo(rolled.secret()).isNotEqualTo(first.secret());
    assertThat(KEYS.open(endpoints.get(id).previous().orElseThrow().secret(), id))
        .isEqualTo(first.secret());
    endpoints.delete(id);
    endpoints.delete(id);
    assertThat(endpoints.list()).isEmpty();
  }

  @Test
  void withoutAKeyThereAreNoEndpoints() {
    EventEndpoints none = new EventEndpoints(
        store.eventEndpoints(),
        store.subscribers(),
        delivery,
        Optional.of(new EndpointTransport(sender, event -> "", SecretsKeys.NONE)),
        clock,
        random);

    assertThatThrownBy(() -> none.create(wanted(Set.of())))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("BILLING_SECRETS_KEY");
  }

  @Test
  void whatCantBeUsedIsNamed() {
    assertThatThrownBy(() -> events.subscribe("Mailer!", received::add))
        .isInstanceOf(ValidationFailed.class);
    assertThatThrownBy(() -> endpoints.create(
            new Wanted(URI.create("http://example.com"), Optional.empty(), Set.of(), true)))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("url");
    assertThatThrownBy(() -> endpoints.create(wanted(Set.of("Invoice Paid"))))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("types");
    events.subscribe("mailer", received::add);
    assertThatThrownBy(() -> events.subscribe("mailer", received::add))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aReceiverThatGetsEverythingShuffledAndDoubledEndsEqual() {
    List<PublishedEvent> sent = new ArrayList<>();
    events.subscribe("receiver", sent::add);
    for (int i = 0; i < 10; i++) {
      append(linked(), 1 + i % 4);
    }
    deliverAll();
    List<PublishedEvent> disorder = new ArrayList<>(sent);
    disorder.addAll(sent);
    Collections.shuffle(disorder, random);

    Map<AccountId, PublishedEvent> last = new HashMap<>();
    disorder.forEach(entry ->
        last.merge(entry.account(), entry, (a, b) -> a.sequence() >= b.sequence() ? a : b));

    Map<AccountId, PublishedEvent> product = new HashMap<>();
    store
        .eventFeed()
        .page(Optional.empty(), FeedFilter.ALL, 1000)
        .events()
        .forEach(entry -> product.put(entry.account(), entry));
    assertThat(last).isEqualTo(product);
    assertThat(last).hasSize(10);
  }

  private WithSecret endpoint(Set<String> types) {
    return endpoints.create(wanted(types));
  }

  private static Wanted wanted(Set<String> types) {
    return new Wanted(
        URI.create("https://crm.example.com/billing"), Optional.of("the CRM"), types, true);
  }

  private Linked linked() {
    return Commits.aLinkedCustomer(store, clock.instant());
  }

  private void append(Linked linked, int count) {
    append(linked, count, "invoice.paid");
  }

  private void append(Linked linked, int count, String type) {
    for (int i = 0; i < count; i++) {
      Fact fact = new Fact(
          Ids.next("in"),
          type,
          linked.subject(),
          Optional.empty(),
          Optional.empty(),
          "paid",
          clock.instant());
      Commits.apply(
          store,
          linked.subject(),
          clock.instant(),
          List.of(new Change.Append(fact, Optional.of("evt_1"))));
    }
  }

  private void deliverAll() {
    while (deliveries.deliverDue() > 0) {}
  }
}
