package com.tatame.billing.outbox;

import com.tatame.billing.audit.AuditAction;
import com.tatame.billing.audit.AuditChange;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.command.RequestKey;
import com.tatame.billing.command.RequestScope;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.outbox.EndpointDelivery.EndpointTransport;
import com.tatame.billing.outbox.EventEndpoint.PreviousSecret;
import com.tatame.billing.outbox.SubscriberStore.StoredAttempt;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** Use cases: addresses of others that receive entries by HTTP. Their secrets are stored sealed. */
public final class EventEndpoints {
  /** So long the secret that was replaced signs, too. */
  public static final Duration ROTATION = Duration.ofHours(24);

  private static final String PREFIX = "evtep_";
  private static final int SECRET_BYTES = 32;
  private static final int ID_BYTES = 8;

  /** An idempotency key that comes again after that is a new request. */
  private static final Duration REQUEST_LIFETIME = Duration.ofHours(23);

  private static final int MAX_ENDPOINTS = 50;
  private static final int MAX_DESCRIPTION = 200;
  private static final int MAX_URL = 2000;
  private static final int MAX_TYPES = 100;

  private final EndpointStore store;
  private final SubscriberStore subscribers;
  private final EndpointDelivery delivery;
  private final Optional<EndpointTransport> transport;
  private final InstantSource wallClock;
  private final RandomGenerator random;

  /**
   * Wires the use cases.
   *
   * @param transport empty for a program that sends to no endpoints
   * @param random of ids and secrets: a secure one
   */
  public EventEndpoints(
      EndpointStore store,
      SubscriberStore subscribers,
      EndpointDelivery delivery,
      Optional<EndpointTransport> transport,
      InstantSource wallClock,
      RandomGenerator random) {
    this.store = store;
    this.subscribers = subscribers;
    this.delivery = delivery;
    this.transport = transport;
    this.wallClock = wallClock;
    this.random = random;
  }

  /**
   * An endpoint with its secret, which is shown only now.
   *
   * @param secret by which the endpoint verifies what it receives
   */
  public record WithSecret(EventEndpoint endpoint, String secret) {
    @Override
    public String toString() {
      return "WithSecret[endpoint=" + endpoint.id() + "]";
    }
  }

  /**
   * What an endpoint is to be.
   *
   * @param types such as {@code invoice.paid}; empty for all
   */
  public record Wanted(URI url, Optional<String> description, Set<String> types, boolean active) {}

  /**
   * Adds one, which receives what is appended from now on.
   *
   * @throws ValidationFailed naming what can't be used
   * @throws Conflict if this program sends to no endpoints, or there are too many
   */
  public WithSecret create(Wanted wanted) {
    EndpointTransport by = transport();
    check(wanted);
    if (store.list().size() >= MAX_ENDPOINTS) {
      throw Conflict.because("There are " + MAX_ENDPOINTS + " endpoints; remove one first.");
    }
    Instant now = wallClock.instant();
    String id = newId(by, now);
    String secret = newSecret(by, id);
    EventEndpoint endpoint = new EventEndpoint(
        id,
        wanted.url(),
        wanted.description(),
        wanted.types(),
        wanted.active(),
        now,
        by.keys().seal(secret, id, random),
        Optional.empty());
    store.add(
        endpoint,
        now,
        audit(
            AuditAction.CREATE_EVENT_ENDPOINT, id, AuditChange.created(described(endpoint)), now));
    delivery.evict();
    return new WithSecret(endpoint, secret);
  }

  /**
   * Replaces all but the secret. What was appended while it was not active is sent once it is.
   *
   * @throws NotFound if there is none of this id
   * @throws ValidationFailed naming what can't be used
   */
  public EventEndpoint update(String id, Wanted wanted) {
    transport();
    check(wanted);
    EventEndpoint before = get(id);
    EventEndpoint after = new EventEndpoint(
        id,
        wanted.url(),
        wanted.description(),
        wanted.types(),
        wanted.active(),
        before.createdAt(),
        before.secret(),
        before.previous());
    store.update(
        after,
        audit(
            AuditAction.UPDATE_EVENT_ENDPOINT,
            id,
            AuditChange.changed(described(before), described(after)),
            wallClock.instant()));
    delivery.evict();
    return after;
  }

  /**
   * Gives it another secret. The one before signs, too, for {@link #ROTATION}.
   *
   * @throws NotFound if there is none of this id
   * @throws Conflict if another call did so at the same time
   */
  public WithSecret rollSecret(String id) {
    EndpointTransport by = transport();
    EventEndpoint before = get(id);
    String secret = newSecret(by, "roll " + id);
    if (by.keys().open(before.secret(), id).equals(secret)) {
      return new WithSecret(before, secret);
    }
    EventEndpoint after = withSecrets(
        before,
        by.keys().seal(secret, id, random),
        Optional.of(new PreviousSecret(before.secret(), wallClock.instant().plus(ROTATION))));
    replaceSecrets(before, after);
    return new WithSecret(after, secret);
  }

  /**
   * Seals all secrets under the first of the keys, so that the others can be taken away.
   *
   * @return of how many endpoints
   */
  public int reseal() {
    EndpointTransport by = transport();
    int resealed = 0;
    for (EventEndpoint before : store.list()) {
      boolean outdated = by.keys().outdated(before.secret())
          || before.previous().filter(p -> by.keys().outdated(p.secret())).isPresent();
      if (outdated) {
        replaceSecrets(
            before,
            withSecrets(
                before,
                resealed(by, before.secret(), before.id()),
                before
                    .previous()
                    .map(p ->
                        new PreviousSecret(resealed(by, p.secret(), before.id()), p.expiresAt()))));
        resealed++;
      }
    }
    return resealed;
  }

  private String resealed(EndpointTransport by, String sealed, String id) {
    return by.keys().seal(by.keys().open(sealed, id), id, random);
  }

  private void replaceSecrets(EventEndpoint before, EventEndpoint after) {
    AuditEntry audit = audit(
        AuditAction.ROLL_EVENT_SECRET,
        before.id(),
        AuditChange.created(Map.of("secret", "replaced")),
        wallClock.instant());
    if (!store.replaceSecrets(after, before.secret(), audit)) {
      throw Conflict.because("The endpoint's secret was replaced by another call just now.");
    }
    delivery.evict();
  }

  private static EventEndpoint withSecrets(
      EventEndpoint endpoint, String secret, Optional<PreviousSecret> previous) {
    return new EventEndpoint(
        endpoint.id(),
        endpoint.url(),
        endpoint.description(),
        endpoint.types(),
        endpoint.active(),
        endpoint.createdAt(),
        secret,
        previous);
  }

  /** Removes it, with what was still to be sent. A second time it changes nothing. */
  public void delete(String id) {
    store
        .find(id)
        .ifPresent(before -> subscribers.remove(
            id,
            audit(
                AuditAction.REMOVE_SUBSCRIBER,
                id,
                AuditChange.changed(described(before), Map.of()),
                wallClock.instant())));
    delivery.evict();
  }

  /**
   * One of them.
   *
   * @throws NotFound if there is none of this id
   */
  public EventEndpoint get(String id) {
    return store.find(id).orElseThrow(() -> new NotFound("event endpoint", id));
  }

  /** All of them, by id. */
  public List<EventEndpoint> list() {
    return store.list();
  }

  /**
   * Sends everything again that was appended since.
   *
   * @return of how many accounts
   * @throws NotFound if there is none of this id
   */
  public int replay(String id, Instant since) {
    get(id);
    Instant now = wallClock.instant();
    String request = RequestScope.current()
        .map(RequestKey::value)
        .orElseGet(() -> HexFormat.of().toHexDigits(random.nextLong()));
    return subscribers.replay(
        id,
        request,
        since,
        now,
        audit(
            AuditAction.REPLAY_DELIVERIES,
            id,
            AuditChange.created(Map.of("since", since.toString())),
            now));
  }

  /**
   * One page of the requests to it, the newest first.
   *
   * @param before the number of the last one of the page before
   * @param limit 1 to 101
   * @throws NotFound if there is none of this id
   */
  public List<StoredAttempt> attempts(String id, Optional<Long> before, int limit) {
    get(id);
    return subscribers.attempts(id, before, limit);
  }

  private EndpointTransport transport() {
    return transport
        .filter(by -> !by.keys().isEmpty())
        .orElseThrow(() -> Conflict.because(
            "This server sends to no endpoints: set BILLING_SECRETS_KEY, under which their secrets"
                + " are sealed."));
  }

  private void check(Wanted wanted) {
    transport().sender().refuses(wanted.url()).ifPresent(reason -> {
      throw ValidationFailed.of("url", reason);
    });
    if (wanted.url().toString().length() > MAX_URL) {
      throw ValidationFailed.of("url", "must have at most " + MAX_URL + " characters");
    }
    if (wanted.description().filter(text -> text.length() > MAX_DESCRIPTION).isPresent()) {
      throw ValidationFailed.of(
          "description", "must have at most " + MAX_DESCRIPTION + " characters");
    }
    if (wanted.types().size() > MAX_TYPES) {
      throw ValidationFailed.of("types", "must be at most " + MAX_TYPES);
    }
    wanted.types().stream()
        .filter(type -> !type.matches("[a-z_]{1,40}(\\.[a-z_]{1,40})?"))
        .findFirst()
        .ifPresent(type -> {
          throw ValidationFailed.of("types", "'" + type + "' can't be a type");
        });
  }

  // What people wrote, and the path of the address, stay with the endpoint.
  private static Map<String, String> described(EventEndpoint endpoint) {
    Map<String, String> fields = new TreeMap<>();
    fields.put("host", String.valueOf(endpoint.url().getHost()));
    fields.put("types", String.join(" ", new TreeSet<>(endpoint.types())));
    fields.put("active", Boolean.toString(endpoint.active()));
    return fields;
  }

  private static AuditEntry audit(AuditAction action, String id, AuditChange change, Instant now) {
    return AuditEntry.of(now, action.code(), Optional.empty(), id, change);
  }

  // A request that is sent again after a crash adds no second endpoint, and is shown the same
  // secret.
  private String newId(EndpointTransport by, Instant now) {
    for (int attempt = 0; ; attempt++) {
      byte[] bytes = newBytes(by, "endpoint " + attempt);
      String id = PREFIX + HexFormat.of().formatHex(bytes, 0, ID_BYTES);
      Optional<EventEndpoint> earlier = store.find(id);
      if (earlier
          .filter(each -> !each.createdAt().plus(REQUEST_LIFETIME).isAfter(now))
          .isEmpty()) {
        return id;
      }
    }
  }

  private String newSecret(EndpointTransport by, String purpose) {
    return "whsec_" + Base64.getEncoder().encodeToString(newBytes(by, purpose));
  }

  private byte[] newBytes(EndpointTransport by, String purpose) {
    return RequestScope.current()
        .map(request -> by.keys().derive(request.value() + " " + purpose))
        .orElseGet(() -> {
          byte[] bytes = new byte[SECRET_BYTES];
          random.nextBytes(bytes);
          return bytes;
        });
  }
}
