package com.tatame.billing.inbox;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Stores the events that the provider has created and that never arrived, such as those of a time in
 * which no server ran. Its position is the creation of the last event it saw; it looks again at what
 * came shortly before, since an event may be listed later than one that was created after it.
 */
public final class CatchUp {
  /** How far before its position each turn looks again. */
  static final Duration OVERLAP = Duration.ofMinutes(10);

  private static final Logger LOG = System.getLogger(CatchUp.class.getName());

  private final EventHistory history;
  private final InboxStore inbox;
  private final InstantSource wallClock;
  private final InboxListener listener;
  private final Runnable wakeWorkers;

  /**
   * Wires the use case.
   *
   * @param wakeWorkers called after something new was stored
   */
  public CatchUp(
      EventHistory history,
      InboxStore inbox,
      InstantSource wallClock,
      InboxListener listener,
      Runnable wakeWorkers) {
    this.history = history;
    this.inbox = inbox;
    this.wallClock = wallClock;
    this.listener = listener;
    this.wakeWorkers = wakeWorkers;
  }

  /**
   * Does one turn.
   *
   * @param position where the last one ended; empty to look at all that the provider still lists
   * @return where this one ended
   * @throws com.tatame.billing.failure.ProviderUnavailable if the list could not be read to its end;
   *     what was read of it is stored
   */
  public Optional<String> from(Optional<String> position) {
    Optional<Instant> last = position.map(Instant::parse);
    Turn turn = new Turn(last);
    history.since(last.map(at -> at.minus(OVERLAP)).orElse(Instant.EPOCH), turn::take);
    if (turn.missed > 0) {
      LOG.log(Level.INFO, "{0} events had not arrived and were fetched", turn.missed);
      listener.caughtUp(turn.missed);
      wakeWorkers.run();
    }
    return turn.last.map(Instant::toString);
  }

  private final class Turn {
    Optional<Instant> last;
    int missed;

    Turn(Optional<Instant> last) {
      this.last = last;
    }

    void take(List<ReceivedEvent> page) {
      missed += inbox.ingest(page, wallClock.instant()).size();
      for (ReceivedEvent event : page) {
        if (last.filter(at -> !at.isBefore(event.createdAt())).isEmpty()) {
          last = Optional.of(event.createdAt());
        }
      }
    }
  }
}
