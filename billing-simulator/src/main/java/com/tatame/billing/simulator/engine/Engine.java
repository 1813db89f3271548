package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The simulated account, reached by calls. Calls run one at a time; with a state file each change is on disk before its
 * call returns. All times are on the simulated clock, which only {@link #advanceTo} moves.
 */
public final class Engine {
  private final Settings settings;
  private final Instant start;
  private final long seed;
  private final @Nullable StateFile file;
  private final Consumer<List<Delivery>> outlet;
  private final Set<String> keysInUse = ConcurrentHashMap.newKeySet();
  private final List<Fault> faults = new ArrayList<>();
  private Consumer<Instant> onClock = now -> {};
  private Account account;
  private Rules rules;

  /**
   * Opens the account: the saved one if there is a state file that holds one, else an empty one.
   *
   * @param start the simulated time at which an empty account begins, in whole seconds
   * @param seed decides the ids
   * @param outlet is handed the deliveries that come up, in the order of their events, while the call that caused them runs
   */
  public Engine(
      Settings settings,
      Instant start,
      long seed,
      Optional<Path> stateFile,
      Consumer<List<Delivery>> outlet) {
    this.settings = settings;
    this.start = start;
    this.seed = seed;
    this.file = stateFile.map(StateFile::new).orElse(null);
    this.outlet = outlet;
    this.account = (file == null ? Optional.<Account>empty() : file.load()).orElseGet(this::empty);
    this.rules = new Rules(account, settings);
  }

  private Account empty() {
    Account fresh = new Account();
    fresh.seed = seed;
    fresh.now = start.getEpochSecond();
    fresh.apiVersion = ApiVersion.of(settings.apiVersion()).name();
    fresh.id = fresh.newId("acct_", 16);
    return fresh;
  }

  /** Deletes everything but the faults, and sets the clock back to the start. */
  public synchronized void reset() {
    account = empty();
    rules = new Rules(account, settings);
    save();
    onClock.accept(now());
  }

  /** The account's default API version. */
  public synchronized String apiVersion() {
    return account.apiVersion;
  }

  /** The simulated time. */
  public synchronized Instant now() {
    return Instant.ofEpochSecond(account.now);
  }

  /** When something happens next by itself. */
  public synchronized Optional<Instant> nextDue() {
    var due = rules.clockwork.nextDue();
    return due.isPresent() ? Optional.of(Instant.ofEpochSecond(due.getAsLong())) : Optional.empty();
  }

  /**
   * Moves the clock and does everything that is due on the way, in time order.
   *
   * @throws IllegalArgumentException when the target lies in the past
   */
  public synchronized void advanceTo(Instant target) {
    if (target.isBefore(now())) {
      throw new IllegalArgumentException(
          "the clock stands at " + now() + " and cannot go back to " + target);
    }
    try {
      rules.clockwork.advanceTo(target.getEpochSecond());
    } finally {
      commit();
      onClock.accept(now());
    }
  }

  /**
   * Has a listener told the time now, and whenever it was moved, before the call that moved it returns.
   *
   * @param listener replaces the one before; must not call this engine
   */
  public synchronized void onClock(Consumer<Instant> listener) {
    onClock = listener;
    listener.accept(now());
  }

  /** Adds outages; each hits once. */
  public synchronized void fail(Fault fault, int times) {
    for (int i = 0; i < times; i++) {
      faults.add(fault);
    }
  }

  public synchronized void clearFaults() {
    faults.clear();
  }

  /** Carries out a call of the API; refusals are answers, too. */
  public ApiResponse call(Request request) {
    String key = request.method().equals("POST") ? request.idempotencyKey().orElse(null) : null;
    if (key != null && !keysInUse.add(key)) {
      synchronized (this) {
        return refusal(
            StripeException.of(
                409,
                "idempotency_error",
                "idempotency_key_in_use",
                "There is currently another in-progress request using this Idempotent Key (that probably means you"
                    + " submitted twice, and the other request is still going through)."),
            account.newRequestId());
      }
    }
    try {
      synchronized (this) {
        return carryOut(request, key);
      }
    } finally {
      if (key != null) {
        keysInUse.remove(key);
      }
    }
  }

  private ApiResponse carryOut(Request request, @Nullable String key) {
    String requestId = account.newRequestId();
    Fault fault = takeFault(request);
    if (fault != null && fault.when() == Fault.When.BEFORE && !isAnswered(key, fault)) {
      return failure(fault, requestId);
    }
    String question = Idempotency.question(request.method(), request.path(), request.parameters());
    ApiResponse answer;
    try {
      if (key != null) {
        Optional<StoredAnswer> stored = rules.idempotency.replay(key, question);
        if (stored.isPresent()) {
          return new ApiResponse(
              stored.get().status(), stored.get().body(), requestId, true, now());
        }
      }
      rules.events.causedBy(requestId, key);
      answer = new ApiResponse(200, rules.answer(request).toString(), requestId, false, now());
    } catch (StripeException e) {
      answer = refusal(e, requestId);
      if (!e.executed) {
        return answer;
      }
    }
    if (fault != null && fault.when() == Fault.When.AFTER) {
      answer = failure(fault, requestId);
    }
    if (key != null) {
      rules.idempotency.store(key, question, answer.status(), answer.body());
    }
    if (!request.method().equals("GET")) {
      commit();
    }
    return fault != null && fault.when() == Fault.When.LOST ? failure(fault, requestId) : answer;
  }

  // What was carried out is answered under its key, and is not judged a second time.
  private boolean isAnswered(@Nullable String key, Fault fault) {
    return key != null && fault.judges() && rules.idempotency.knows(key);
  }

  private @Nullable Fault takeFault(Request request) {
    for (Fault fault : faults) {
      if (fault.hits(request.method(), request.path())) {
        faults.remove(fault);
        return fault;
      }
    }
    return null;
  }

  private ApiResponse failure(Fault fault, String requestId) {
    return refusal(fault.error(), requestId).over(fault.connection());
  }

  private ApiResponse refusal(StripeException e, String requestId) {
    return new ApiResponse(e.status, rules.error(e, requestId).toString(), requestId, false, now());
  }

  /** A refusal of the HTTP face itself, in the API's form. */
  public synchronized ApiResponse refuse(int status, String message) {
    return refusal(
        StripeException.of(status, "invalid_request_error", null, message), account.newRequestId());
  }

  /**
   * Lets a card's owner answer what the bank asks, as if by its app.
   *
   * @param intent a setup intent, or the payment intent of an invoice, that requires action
   * @throws IllegalArgumentException if no authentication is pending for it
   */
  public void answerBank(String intent, boolean approved) {
    step(known -> {
      known.answerBank(intent, approved);
      return approved;
    });
  }

  /** Does something outside of the API, as one change of the account. */
  synchronized <T> T step(Function<Rules, T> what) {
    rules.events.causedBy(null, null);
    try {
      return what.apply(rules);
    } finally {
      commit();
    }
  }

  /** The page of a session, if there is such a session. */
  public synchronized Optional<CheckoutPage> page(String session) {
    return Optional.ofNullable(account.sessions.get(session)).map(rules.pages::page);
  }

  /**
   * Submits the page of an open session.
   *
   * @return why the card was refused; empty when the session is complete or asks to authenticate
   */
  public synchronized Optional<String> submit(String session, PageForm form) {
    CheckoutSession open = rules.checkout.session(session);
    if (!open.status.equals("open")) {
      return Optional.empty();
    }
    return fromPage(() -> rules.checkout.submit(open, form));
  }

  /**
   * Answers the issuer's question of a session that asks to authenticate.
   *
   * @return why it was refused; empty when the session is complete
   */
  public synchronized Optional<String> authenticate(String session, boolean approved) {
    CheckoutSession asking = rules.checkout.session(session);
    if (!asking.status.equals("open") || asking.authenticating == null) {
      return Optional.empty();
    }
    return fromPage(() -> rules.checkout.authenticate(asking, approved));
  }

  /**
   * Answers the issuer's question of a payment that asks to authenticate and that no page shows.
   *
   * @throws IllegalArgumentException if there is no such payment, or it doesn't ask
   */
  public synchronized void authenticatePayment(String paymentIntent, boolean approved) {
    outside(() -> rules.intents.authenticate(paymentIntent, approved));
  }

  /**
   * Lets a refund that had succeeded fail, as a payer's bank can.
   *
   * @throws IllegalArgumentException if there is no such refund
   */
  public synchronized void failRefund(String refund) {
    outside(() -> rules.refunds.fail(refund));
  }

  private void outside(Runnable happening) {
    try {
      step(known -> {
        happening.run();
        return known;
      });
    } catch (StripeException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private Optional<String> fromPage(Supplier<@Nullable Decline> step) {
    return step(known -> Optional.ofNullable(step.get()).map(Decline::message));
  }

  /**
   * Registers a webhook endpoint.
   *
   * @param types exact event types, or {@code *}
   * @param secret signs what is sent; made up when empty
   * @param apiVersion the version of what is sent; the account's default when empty
   * @return the endpoint's id
   */
  public synchronized String createEndpoint(
      String url, List<String> types, Optional<String> secret, Optional<String> apiVersion) {
    WebhookEndpoint endpoint =
        rules.endpoints.create(url, types, secret.orElse(null), apiVersion.orElse(null));
    commit();
    return endpoint.id;
  }

  private WebhookEndpoint known(String endpoint) {
    WebhookEndpoint known = account.endpoints.get(endpoint);
    if (known == null) {
      throw new IllegalArgumentException("there is no webhook endpoint " + endpoint);
    }
    return known;
  }

  /**
   * Gives an endpoint a second secret. Both sign until the next roll, or for as long as it says.
   *
   * @param bothFor simulated time after which the new one signs alone; empty for until the next roll
   */
  public synchronized void rollSecret(String endpoint, String secret, Optional<Duration> bothFor) {
    bothFor.filter(Duration::isNegative).ifPresent(past -> {
      throw new IllegalArgumentException("both secrets can't sign for " + past);
    });
    known(endpoint)
        .roll(
            secret,
            bothFor.map(time -> account.now + time.toSeconds()).orElse(Long.MAX_VALUE),
            account.now);
    commit();
  }

  /** The secrets that sign what an endpoint is sent. */
  public synchronized List<String> secretsOf(String endpoint) {
    return known(endpoint).signing(account.now);
  }

  /** Sets the wall times to wait before each further attempt at an endpoint; an empty list for none. */
  public synchronized void retryAfter(String endpoint, List<Duration> delays) {
    if (delays.stream().anyMatch(Duration::isNegative)) {
      throw new IllegalArgumentException("a delay is not negative: " + delays);
    }
    known(endpoint).retryMillis = delays.stream().map(Duration::toMillis).toList();
    commit();
  }

  /** The endpoint's own delays, if it has any. */
  public synchronized Optional<List<Duration>> retriesOf(String endpoint) {
    WebhookEndpoint known = account.endpoints.get(endpoint);
    return known == null || known.retryMillis == null
        ? Optional.empty()
        : Optional.of(known.retryMillis.stream().map(Duration::ofMillis).toList());
  }

  /** What is to be sent for a delivery; empty when the endpoint is gone or disabled, or has it already. */
  public synchronized Optional<WebhookMessage> message(Delivery delivery) {
    StripeEvent event = account.events.get(delivery.event());
    WebhookEndpoint endpoint = account.endpoints.get(delivery.endpoint());
    if (event == null || endpoint == null || !endpoint.enabled) {
      return Optional.empty();
    }
    ObjectNode body = EventJson.event(event, rules.events.versionFor(endpoint), event.endpoints);
    return Optional.of(
        new WebhookMessage(endpoint.url, body.toPrettyString(), endpoint.signing(account.now)));
  }

  /** Records that an endpoint has acknowledged an event. It reaches the disk with the next change or {@link #save}. */
  public synchronized void acknowledged(Delivery delivery) {
    StripeEvent event = account.events.get(delivery.event());
    if (event != null) {
      event.undelivered.remove(delivery.endpoint());
    }
  }

  /** What has not been acknowledged, oldest first. */
  public synchronized List<Delivery> undelivered() {
    List<Delivery> deliveries = new ArrayList<>();
    for (StripeEvent event : account.events.values()) {
      new HashSet<>(event.undelivered)
          .forEach(endpoint -> deliveries.add(new Delivery(event.id, event.type, endpoint)));
    }
    return deliveries;
  }

  /** Every event so far, oldest first, in the account's version; with a state file, those of the last thirty days. */
  public synchronized List<JsonNode> events() {
    return account.events.values().stream()
        .map(rules::event)
        .map(JsonNode.class::cast)
        .toList();
  }

  private void commit() {
    List<Delivery> deliveries = rules.events.drainOutbox();
    save();
    if (!deliveries.isEmpty()) {
      outlet.accept(deliveries);
    }
  }

  /** Writes the state file, if there is one. */
  public synchronized void save() {
    if (file != null) {
      long expired = account.now - Endpoints.LISTED_SECONDS;
      account
          .events
          .values()
          .removeIf(event -> event.created < expired && event.undelivered.isEmpty());
      file.save(account);
    }
  }
}
