package com.tatame.billing.inbox;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Use cases: events from the provider, in; and how they are doing. */
public final class Webhooks {
  private final EventSource source;
  private final InboxStore inbox;
  private final InstantSource wallClock;
  private final Runnable wakeWorkers;

  /**
   * Wires the use cases.
   *
   * @param wakeWorkers called after something new was stored
   */
  public Webhooks(
      EventSource source, InboxStore inbox, InstantSource wallClock, Runnable wakeWorkers) {
    this.source = source;
    this.inbox = inbox;
    this.wallClock = wallClock;
    this.wakeWorkers = wakeWorkers;
  }

  /** A stored event. */
  public record Receipt(String eventId, boolean duplicate) {}

  /**
   * Stores an event durably. When this returns, the provider may be answered; when it throws,
   * nothing was stored.
   *
   * @param body the raw bytes of the request
   * @param signatureHeader as received
   * @throws com.tatame.billing.failure.InvalidSignature if it can't be trusted
   * @throws com.tatame.billing.failure.StoreUnavailable if it could not be stored; the provider will
   *     send it again
   */
  public Receipt receive(byte[] body, String signatureHeader) {
    ReceivedEvent event = source.verify(body, signatureHeader);
    Set<String> fresh = inbox.ingest(List.of(event), wallClock.instant());
    boolean duplicate = !fresh.contains(event.id());
    if (!duplicate) {
      wakeWorkers.run();
    }
    return new Receipt(event.id(), duplicate);
  }

  public InboxStatus status() {
    return inbox.status();
  }

  /** Stored events, as {@link InboxStore#events}. */
  public List<EventRecord> events(Optional<String> lane, Optional<String> before, int limit) {
    return inbox.events(lane, before, limit);
  }
}
