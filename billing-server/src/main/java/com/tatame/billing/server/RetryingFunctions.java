package com.tatame.billing.server;

import com.tatame.billing.command.Pause;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.schema.SqlFunctions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls a database that may not be reachable yet. It is tried again, with growing pauses, until it is;
 * meanwhile each call fails as it does whenever a database is down, so that a server can start, tell
 * that it is alive but not ready, and serve when the database comes.
 */
final class RetryingFunctions implements SqlFunctions {
  private static final Logger LOG = LoggerFactory.getLogger(RetryingFunctions.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(15);

  private final String address;
  private final Supplier<? extends SqlFunctions> opener;
  private final Pause pause;
  private final Consumer<RuntimeException> mistake;
  private final Thread waiting = new Thread(this::open, "store-opening");
  private volatile @Nullable SqlFunctions opened;
  private boolean closed;

  /**
   * Opens the database at once if it can be reached.
   *
   * @param address for the log, without credentials
   * @param opener throws {@link StoreUnavailable} while it can't be reached, and anything else for
   *     what waiting doesn't mend
   * @param pause how to wait between two attempts
   * @param mistake told what waiting doesn't mend, once the database could be reached
   * @throws RuntimeException what the opener throws the first time, unless that is StoreUnavailable
   */
  RetryingFunctions(
      String address,
      Supplier<? extends SqlFunctions> opener,
      Pause pause,
      Consumer<RuntimeException> mistake) {
    this.address = address;
    this.opener = opener;
    this.pause = pause;
    this.mistake = mistake;
    try {
      opened = opener.get();
    } catch (StoreUnavailable e) {
      say(e, FIRST_PAUSE);
      waiting.setDaemon(true);
      waiting.start();
    }
  }

  @Override
  public String call(String function, String argument) {
    return reached().call(function, argument);
  }

  @Override
  public Optional<String> call(String function, String argument, List<String> texts) {
    return reached().call(function, argument, texts);
  }

  @Override
  public boolean readOnly() {
    return reached().readOnly();
  }

  @Override
  public boolean down() {
    SqlFunctions functions = opened;
    return functions == null || functions.down();
  }

  @Override
  public synchronized void close() {
    closed = true;
    waiting.interrupt();
    SqlFunctions functions = opened;
    if (functions != null) {
      functions.close();
    }
  }

  private SqlFunctions reached() {
    SqlFunctions functions = opened;
    if (functions == null) {
      throw new StoreUnavailable("The database could not be reached yet.");
    }
    return functions;
  }

  private void open() {
    Duration next = FIRST_PAUSE;
    while (true) {
      pause.pause(next);
      if (isClosed()) {
        return;
      }
      try {
        use(opener.get());
        LOG.info("the database {} is reached", address);
        return;
      } catch (StoreUnavailable e) {
        next = next.multipliedBy(2).compareTo(MAX_PAUSE) < 0 ? next.multipliedBy(2) : MAX_PAUSE;
        say(e, next);
      } catch (RuntimeException e) {
        mistake.accept(e);
        return;
      }
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized void use(SqlFunctions functions) {
    if (closed) {
      functions.close();
    } else {
      opened = functions;
    }
  }

  private void say(StoreUnavailable failure, Duration next) {
    LOG.warn(
        "waiting for the database {}, next attempt in {} s: {}",
        address,
        next.toSeconds(),
        reason(failure));
  }

  /** A driver's words for it: they name the host and what it did, and hold no rows. */
  private static @Nullable String reason(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException) {
        return cause.getMessage();
      }
    }
    return failure.getMessage();
  }
}
