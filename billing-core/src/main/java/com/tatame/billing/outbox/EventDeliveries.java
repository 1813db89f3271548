package com.tatame.billing.outbox;

import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.outbox.SubscriberStore.Attempt;
import com.tatame.billing.outbox.SubscriberStore.Due;
import com.tatame.billing.outbox.SubscriberStore.Ended;
import com.tatame.billing.outbox.SubscriberStore.Failure;
import com.tatame.billing.workload.WorkContext;
import com.tatame.billing.workload.Workload;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;

/**
 * Delivers the streams' entries to the subscribers of this node. One claim asks for all of them; each
 * account is then delivered by itself, so that one that fails or hangs holds up neither other accounts
 * nor other subscribers. Thread-safe.
 */
public final class EventDeliveries implements AutoCloseable {
  /** Accounts of one subscriber that one node delivers at a time. */
  static final int PARALLEL = 8;

  /** Entries of one account that are delivered in a row. */
  static final int ENTRIES = 20;

  private static final Logger LOG = System.getLogger(EventDeliveries.class.getName());
  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration BREATH = Duration.ofMillis(20);
  private static final Duration LAST_DELIVERIES = Duration.ofSeconds(5);
  private static final int MAX_ERROR = 300;

  private final SubscriberStore store;
  private final EndpointDelivery endpoints;
  private final IntSupplier entitlements;
  private final InstantSource wallClock;
  private final RandomGenerator random;
  private final DeliveryRetries retries;
  private final Map<String, EventHandler> handlers = new ConcurrentHashMap<>();
  private final Set<String> added = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> underWay = new HashMap<>();
  private final LinkedBlockingQueue<Optional<Done>> done = new LinkedBlockingQueue<>();
  private final ExecutorService threads = Executors.newCachedThreadPool(EventDeliveries::thread);
  private final AtomicBoolean woken = new AtomicBoolean();
  private volatile boolean closed;

  /**
   * Delivers nothing before {@link #start} or {@link #deliverDue}.
   *
   * @param endpoints sends to addresses
   * @param entitlements appends the entries about entitlements that are due, and says how many
   *     accounts it looked at
   * @param wallClock the store's clock
   */
  public EventDeliveries(
      SubscriberStore store,
      EndpointDelivery endpoints,
      IntSupplier entitlements,
      InstantSource wallClock,
      RandomGenerator random) {
    this.store = store;
    this.endpoints = endpoints;
    this.entitlements = entitlements;
    this.wallClock = wallClock;
    this.random = random;
    this.retries = new DeliveryRetries(random);
  }

  private record Claimed(String claim, List<Due> due) {}

  private record Done(String claim, Ended ended, List<Attempt> attempts) {}

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "billing-events");
    thread.setDaemon(true);
    return thread;
  }

  void subscribe(String name, EventHandler handler) {
    if (handlers.putIfAbsent(name, handler) != null) {
      throw new IllegalStateException("there is a handler named " + name + " already");
    }
    try {
      addSubscribers();
    } catch (StoreUnavailable e) {
      LOG.log(Level.WARNING, "{0} is subscribed once the store is back: {1}", name, e.getMessage());
    }
    wake();
  }

  private void addSubscribers() {
    for (String name : handlers.keySet()) {
      if (added.add(name)) {
        try {
          store.add(name, SubscriberStore.Kind.HANDLER, wallClock.instant());
        } catch (RuntimeException e) {
          added.remove(name);
          throw e;
        }
      }
    }
  }

  /** Delivers from now on, by threads of its own. */
  public void start() {
    threads.execute(() -> WorkContext.run(Workload.WORKERS, this::run));
  }

  /** Tells that something may be due. Never blocks. */
  public void wake() {
    // Once is enough, also where no thread ever looks.
    if (woken.compareAndSet(false, true)) {
      done.offer(Optional.empty());
    }
  }

  private void run() {
    while (!closed) {
      try {
        if (entitlements.getAsInt() + round() == 0) {
          Optional<Done> first = done.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
          if (first != null && first.isPresent()) {
            done.offer(first);
          }
        }
        // Many commits may be worth a look at a time.
        Thread.sleep(BREATH.toMillis());
      } catch (InterruptedException e) {
        return;
      } catch (BillingException e) {
        LOG.log(Level.WARNING, "deliveries are postponed: {0}", e.getMessage());
        rest();
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "deliveries failed; they come back when their lease runs out", e);
        rest();
      }
    }
  }

  private void rest() {
    try {
      Thread.sleep(LOOK.toMillis());
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  // Ends what is done, and begins what is due.
  private int round() {
    woken.set(false);
    List<Done> ended = new ArrayList<>();
    for (Optional<Done> next = done.poll(); next != null; next = done.poll()) {
      next.ifPresent(ended::add);
    }
    ended.forEach(each -> underWay.merge(each.ended().subscriber(), -1, Integer::sum));
    end(ended);
    Claimed claimed = claim();
    for (Due due : claimed.due()) {
      underWay.merge(due.subscriber(), 1, Integer::sum);
      threads.execute(() -> done.offer(Optional.of(deliver(claimed.claim(), due))));
    }
    return ended.size() + claimed.due().size();
  }

  private List<String> subscribers() {
    addSubscribers();
    List<String> names = new ArrayList<>(handlers.keySet());
    names.addAll(endpoints.active());
    return names;
  }

  // One call for all subscribers, each for as many accounts as are not under way.
  private Claimed claim() {
    Map<String, Integer> most = new TreeMap<>();
    subscribers().forEach(name -> {
      int free = PARALLEL - underWay.getOrDefault(name, 0);
      if (free > 0) {
        most.put(name, free);
      }
    });
    if (most.isEmpty()) {
      return new Claimed("", List.of());
    }
    String claim = HexFormat.of().toHexDigits(random.nextLong());
    return new Claimed(
        claim,
        store.claim(claim, most, ENTRIES, DeliveryRetries.PROBING, wallClock.instant(), LEASE));
  }

  private void end(List<Done> ended) {
    Map<String, List<Done>> byClaim = new TreeMap<>();
    ended.forEach(each ->
        byClaim.computeIfAbsent(each.claim(), claim -> new ArrayList<>()).add(each));
    byClaim.forEach((claim, all) -> store.end(
        claim,
        all.stream().map(Done::ended).toList(),
        all.stream().flatMap(each -> each.attempts().stream()).toList(),
        wallClock.instant()));
  }

  /**
   * Delivers what is due on the calling thread, for programs without workers and for tests.
   *
   * @return how many accounts it was about
   */
  public int deliverDue() {
    int compared = entitlements.getAsInt();
    Claimed claimed = claim();
    end(claimed.due().stream().map(due -> deliver(claimed.claim(), due)).toList());
    return compared + claimed.due().size();
  }

  private Done deliver(String claim, Due due) {
    Instant begun = wallClock.instant();
    List<Attempt> attempts = new ArrayList<>();
    long position = due.position();
    int received = 0;
    for (PublishedEvent event : due.entries()) {
      Optional<String> error = deliver(due.subscriber(), event, attempts);
      if (error.isPresent()) {
        int failures = received > 0 ? 1 : due.attempts() + 1;
        return new Done(
            claim,
            new Ended(
                due.subscriber(),
                due.account(),
                position,
                received,
                Optional.of(failure(due, error.get(), failures, received))),
            attempts);
      }
      position = event.sequence();
      received++;
      // What takes longer than the lease would be delivered twice.
      if (wallClock.instant().isAfter(begun.plus(LEASE.dividedBy(2)))) {
        break;
      }
    }
    return new Done(
        claim,
        new Ended(due.subscriber(), due.account(), position, received, Optional.empty()),
        attempts);
  }

  private Optional<String> deliver(
      String subscriber, PublishedEvent event, List<Attempt> attempts) {
    EventHandler handler = handlers.get(subscriber);
    try {
      if (handler == null) {
        return endpoints.send(subscriber, event, attempts);
      }
      handler.handle(event);
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    } catch (Exception | AssertionError | LinkageError | StackOverflowError e) {
      LOG.log(
          Level.WARNING,
          "{0} did not take {1}: {2}",
          subscriber,
          event.id(),
          e.getClass().getName());
      // The class alone: what a handler says may name persons.
      return Optional.of(e.getClass().getName());
    }
  }

  private Failure failure(Due due, String error, int failures, int received) {
    Instant now = wallClock.instant();
    boolean counted = !due.probing() || received > 0;
    boolean blocked = counted && retries.exhausted(failures);
    return new Failure(
        error.length() > MAX_ERROR ? error.substring(0, MAX_ERROR) : error,
        counted,
        counted ? now.plus(retries.pause(failures)) : now,
        blocked,
        now.plus(retries.probePause(due.failingFor(now))));
  }

  /** Ends the threads, after what was begun. */
  @Override
  public void close() {
    closed = true;
    wake();
    threads.shutdown();
    try {
      if (!threads.awaitTermination(LAST_DELIVERIES.toMillis(), TimeUnit.MILLISECONDS)) {
        threads.shutdownNow();
      }
      List<Done> ended = new ArrayList<>();
      done.forEach(each -> each.ifPresent(ended::add));
      end(ended);
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    } catch (BillingException e) {
      LOG.log(Level.WARNING, "the last deliveries are repeated later: {0}", e.getMessage());
    }
  }
}
