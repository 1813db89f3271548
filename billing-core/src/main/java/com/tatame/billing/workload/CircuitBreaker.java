package com.tatame.billing.workload;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Knows that a dependency is down, so that no caller waits for it. It opens when a connection is refused,
 * never for slowness or for a pool that is in use; then one probe a second asks the dependency, and the
 * first that is answered closes it. Thread-safe.
 */
public final class CircuitBreaker {
  /** Between two probes. */
  public static final Duration PROBE_EVERY = Duration.ofSeconds(1);

  private static final Logger LOG = System.getLogger(CircuitBreaker.class.getName());

  private final String dependency;
  private final BooleanSupplier probe;
  private final Consumer<Duration> pause;
  private final Executor threads;
  private final AtomicBoolean open = new AtomicBoolean();
  private volatile boolean ended;

  /**
   * Closed, until something refuses a connection.
   *
   * @param dependency in words, for the log
   * @param probe whether the dependency answers; may block, and what it throws is a no
   * @param pause how the prober waits
   */
  public CircuitBreaker(String dependency, BooleanSupplier probe, Consumer<Duration> pause) {
    this(dependency, probe, pause, CircuitBreaker::onThreadOfItsOwn);
  }

  /**
   * As the other.
   *
   * @param threads where to probe; one task lasts for as long as the dependency is down
   */
  CircuitBreaker(
      String dependency, BooleanSupplier probe, Consumer<Duration> pause, Executor threads) {
    this.dependency = dependency;
    this.probe = probe;
    this.pause = pause;
    this.threads = threads;
  }

  private static void onThreadOfItsOwn(Runnable probing) {
    Thread thread = new Thread(probing, "billing-probe");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Whether a failure, or what caused it, says that nothing takes connections there: none listens, or
   * there is no such host or no way to it. To be slow is something else, also in connecting.
   */
  public static boolean isRefusal(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      // The cause of a connect timeout is a ConnectException, too.
      if (cause instanceof HttpTimeoutException || cause instanceof SocketTimeoutException) {
        return false;
      }
      if (cause instanceof ConnectException
          || cause instanceof NoRouteToHostException
          || cause instanceof UnknownHostException) {
        return true;
      }
    }
    return false;
  }

  /** Whether the dependency is known to be down. */
  public boolean open() {
    return open.get();
  }

  /** Opens it: a connection was refused. */
  public void trip() {
    if (!ended && open.compareAndSet(false, true)) {
      LOG.log(Level.WARNING, "circuit breaker opened: {0} refuses connections", dependency);
      threads.execute(this::probe);
    }
  }

  private void probe() {
    do {
      pause.accept(PROBE_EVERY);
    } while (!ended && !Thread.currentThread().isInterrupted() && !answers());
    open.set(false);
    LOG.log(Level.INFO, "circuit breaker closed: calls of {0} are made again", dependency);
  }

  private boolean answers() {
    try {
      return probe.getAsBoolean();
    } catch (RuntimeException e) {
      LOG.log(Level.DEBUG, "a probe failed", e);
      return false;
    }
  }

  /** Ends the probing. */
  public void end() {
    ended = true;
  }
}
