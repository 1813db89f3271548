package com.tatame.billing.server;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes the bodies of all requests may take in memory, from the first byte that arrives until
 * the request is answered. It counts what is held and not what is announced: a client that announces
 * much and sends nothing takes nothing from others.
 *
 * <p>The first block of a body is taken from the whole alone. What goes beyond it also counts against
 * its client, so that no client can take what small requests of others need.
 */
final class BodyBudget {
  private static final long MAX_BYTES = 32L << 20;

  /** Of one client behind a proxy. Others are limited by their connections. */
  private static final int MAX_WAITING = 256;

  private final long total;
  private final long perClient;
  private final AtomicLong held = new AtomicLong();
  private final ConcurrentHashMap<String, Usage> clients = new ConcurrentHashMap<>();

  /**
   * @param total bytes of all bodies
   * @param perClient bytes of one client's bodies, without the first block of each
   */
  BodyBudget(long total, long perClient) {
    this.total = total;
    this.perClient = perClient;
  }

  /** A sixteenth of the heap and at most 32 MiB; a client may take a quarter of it. */
  static BodyBudget ofHeap(long heapBytes) {
    long total = Math.min(MAX_BYTES, heapBytes / 16);
    return new BodyBudget(total, total / 4);
  }

  /**
   * Whose body it is.
   *
   * @param proxied whether a proxy stands between, whose connections carry many clients
   */
  record Client(String address, boolean proxied) {}

  private record Usage(long bytes, int waiting) {
    static final Usage NONE = new Usage(0, 0);

    Usage plus(long more, int moreWaiting) {
      return new Usage(bytes + more, waiting + moreWaiting);
    }
  }

  /** Bytes that are held at the moment. */
  long held() {
    return held.get();
  }

  /** Bytes that may be held. */
  long total() {
    return total;
  }

  /** Clients that hold any, apart from first blocks. */
  int clients() {
    return clients.size();
  }

  /** The part of one body, which starts empty. */
  Share share() {
    return new Share();
  }

  private boolean take(int bytes) {
    if (held.addAndGet(bytes) <= total) {
      return true;
    }
    held.addAndGet(-bytes);
    return false;
  }

  private boolean take(String address, int bytes, int waiting) {
    boolean[] taken = {false};
    clients.compute(address, (client, before) -> {
      Usage after = (before == null ? Usage.NONE : before).plus(bytes, waiting);
      taken[0] = after.bytes() <= perClient && after.waiting() <= MAX_WAITING;
      return taken[0] ? after : before;
    });
    return taken[0];
  }

  private void giveBack(String address, long bytes, int waiting) {
    clients.computeIfPresent(address, (client, before) -> {
      Usage after = before.plus(-bytes, -waiting);
      return after.equals(Usage.NONE) ? null : after;
    });
  }

  /** What one body takes. */
  final class Share implements AutoCloseable {
    private long bytes;
    private long ofClient;
    private int waiting;
    private String address = "";
    private boolean closed;

    private Share() {}

    /** Takes the first block; false, and nothing is taken, if there is no room. */
    synchronized boolean first(int size) {
      if (closed || !take(size)) {
        return false;
      }
      bytes += size;
      return true;
    }

    /** Says that the client is waited for; false if it already is for too many of its bodies. */
    synchronized boolean waiting(Client client) {
      if (!client.proxied()) {
        return true;
      }
      if (closed || !take(client.address(), 0, 1)) {
        return false;
      }
      address = client.address();
      waiting = 1;
      return true;
    }

    /** Takes more for a client; false, and nothing is taken, if there is no room. */
    synchronized boolean more(Client client, int size) {
      if (closed || !take(client.address(), size, 0)) {
        return false;
      }
      if (!take(size)) {
        giveBack(client.address(), size, 0);
        return false;
      }
      address = client.address();
      bytes += size;
      ofClient += size;
      return true;
    }

    /** Gives everything back; a second time it does nothing. */
    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        held.addAndGet(-bytes);
        if (ofClient > 0 || waiting > 0) {
          giveBack(address, ofClient, waiting);
        }
      }
    }
  }
}
