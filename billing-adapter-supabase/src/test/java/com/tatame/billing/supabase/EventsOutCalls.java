package com.tatame.billing.supabase;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.ledger.AccountFacts;
import com.tatame.billing.outbox.DueEntitlement;
import com.tatame.billing.outbox.EntitlementDecision;
import com.tatame.billing.outbox.EventEndpoint;
import com.tatame.billing.outbox.FeedFilter;
import com.tatame.billing.outbox.PublishedEntitlement;
import com.tatame.billing.outbox.PublishedEvent;
import com.tatame.billing.outbox.SubscriberStore;
import com.tatame.billing.outbox.SubscriberStore.Attempt;
import com.tatame.billing.outbox.SubscriberStore.Due;
import com.tatame.billing.outbox.SubscriberStore.Ended;
import com.tatame.billing.outbox.SubscriberStore.Failure;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.supabase.PortCalls.PortCall;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** The part of the story in which one account's entitlement is published and delivered. */
final class EventsOutCalls {
  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final String SUBSCRIBER = "mail";
  private static final String CLAIM = "claim_1";

  private final List<PortCall> calls = new ArrayList<>();
  private final AccountId account;
  private final Instant now;
  private final AuditEntry audit;

  private EventsOutCalls(AccountId account, Instant now, AuditEntry audit) {
    this.account = account;
    this.now = now;
    this.audit = audit;
  }

  /** The account's entitlement is marked as changed by then, and nobody subscribes yet. */
  static List<PortCall> of(AccountId account, Instant now, AuditEntry audit) {
    EventsOutCalls story = new EventsOutCalls(account, now, audit);
    story.endpoints();
    story.deliveries();
    return story.calls;
  }

  private void then(String function, Function<BillingStore, Object> answer) {
    calls.add(new PortCall(function, answer));
  }

  private void thenDo(String function, Consumer<BillingStore> action) {
    then(function, store -> {
      action.accept(store);
      return true;
    });
  }

  private void endpoints() {
    thenDo(
        "add_endpoint_v1",
        store -> store.eventEndpoints().add(endpoint("first", "sealed_1"), now, audit));
    thenDo(
        "update_endpoint_v1",
        store -> store.eventEndpoints().update(endpoint("second", "sealed_1"), audit));
    then(
        "replace_endpoint_secret_v1",
        store -> store
            .eventEndpoints()
            .replaceSecrets(endpoint("second", "sealed_2"), "sealed_1", audit));
    then("list_endpoints_v1", store -> store.eventEndpoints().list());
  }

  private void deliveries() {
    then("check_event_epoch_v1", store -> store.eventFeed().checkEpoch());
    thenDo(
        "add_subscriber_v1",
        store -> store.subscribers().add(SUBSCRIBER, SubscriberStore.Kind.HANDLER, now));
    then("due_entitlements_v1", store -> store.eventFeed().dueEntitlements(now, 10));
    then(
        "publish_entitlement_v1",
        store ->
            store.eventFeed().publish(decision(new DueEntitlement(account, 2, Optional.empty()))));
    then("stream_length_v1", store -> store.eventFeed().lastSequence(account));
    then(
        "event_feed_v1",
        store ->
            ids(store.eventFeed().page(Optional.empty(), FeedFilter.ALL, 10).events()));
    then(
        "claim_deliveries_v1",
        store ->
            store
                .subscribers()
                .claim(CLAIM, Map.of(SUBSCRIBER, 10), 10, 5, now.plus(LEASE), LEASE)
                .stream()
                .map(EventsOutCalls::described)
                .toList());
    then(
        "end_deliveries_v1",
        store -> store.subscribers().end(CLAIM, List.of(refused()), List.of(attempt()), now));
    then("list_subscribers_v1", store -> store.subscribers().list());
    then("list_parked_v1", store -> store.subscribers().parked(SUBSCRIBER, Optional.empty(), 10));
    then(
        "list_delivery_attempts_v1",
        store -> store.subscribers().attempts(SUBSCRIBER, Optional.empty(), 10));
    then(
        "release_parked_v1", store -> store.subscribers().skip(SUBSCRIBER, account, 1, now, audit));
    then(
        "replay_subscriber_v1",
        store -> store.subscribers().replay(SUBSCRIBER, "replay_1", Instant.EPOCH, now, audit));
    thenDo("prune_delivery_attempts_v1", store -> store.subscribers().pruneAttempts(now));
    thenDo("remove_subscriber_v1", store -> store.subscribers().remove(SUBSCRIBER, audit));
    then("prune_event_states_v1", store -> store.eventFeed().prune(now.plus(LEASE), 10));
  }

  private EventEndpoint endpoint(String path, String secret) {
    return new EventEndpoint(
        "ee_1",
        URI.create("https://example.com/" + path),
        Optional.of(path),
        Set.of("invoice.paid"),
        true,
        now,
        secret,
        Optional.empty());
  }

  private EntitlementDecision decision(DueEntitlement due) {
    PublishedEntitlement decided = new PublishedEntitlement("pro", List.of("sub_1"), List.of());
    return new EntitlementDecision(
        due,
        Long.MAX_VALUE,
        decided,
        Optional.empty(),
        now,
        Optional.of(AccountFacts.entitlementChanged(
            due.account(),
            due.marks(),
            Optional.empty(),
            decided.tier(),
            decided.subscriptions(),
            decided.grants(),
            now)),
        AccountFacts.updated(due.account(), due.marks(), now));
  }

  private static List<String> ids(List<PublishedEvent> events) {
    return events.stream().map(PublishedEvent::id).toList();
  }

  private static Object described(Due due) {
    return List.of(
        due.subscriber(), due.account(), due.position(), due.attempts(), ids(due.entries()));
  }

  private Ended refused() {
    return new Ended(
        SUBSCRIBER,
        account,
        0,
        0,
        Optional.of(new Failure("answered 500", true, now, true, now.plus(LEASE))));
  }

  private Attempt attempt() {
    return new Attempt(
        SUBSCRIBER,
        account,
        1,
        "evt_1",
        now.minus(LEASE),
        Duration.ofMillis(12),
        Optional.of(500),
        Optional.of("answered 500"));
  }
}
