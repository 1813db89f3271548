package com.tatame.billing.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Requests of one kind at a fixed rate, whether or not others are answered, from an address and over
 * keep-alive connections of their own: no class of requests waits for another in the load generator.
 */
final class RouteClass implements AutoCloseable {
  /** Longer than any workload's limit, so that an answer that comes too late is seen as one. */
  private static final long TIMEOUT_NANOS = 18_000_000_000L;
  private static final long IDLE_NANOS = 5_000_000_000L;
  private static final int NO_ANSWER = 0;
  private static final String STALE = "\"stale\":true";
  private static final Pattern CODE = Pattern.compile("\"code\":\"([a-zA-Z_]+)\"");

  /**
   * A request.
   *
   * @param id under which the database is asked for it afterwards
   */
  record Prepared(String id, byte[] bytes) {}

  /**
   * What came of a request.
   *
   * @param due when it was to be sent, as {@link System#nanoTime} tells it
   * @param took from then until the answer or the failure
   * @param status 0 if there was no answer
   * @param what the problem's code, or how it failed, or "stale"; empty for success
   */
  record Outcome(long due, long took, int status, String what) {
    boolean succeeded() {
      return status >= 200 && status < 300;
    }

    boolean refused() {
      return status == 503 || status == 429;
    }

    boolean answered() {
      return status >= 200 && status < 500 && status != 429;
    }
  }

  final String name;
  final Duration limit;
  private final int port;
  private final int perSecond;
  private final InetAddress from;
  private final Supplier<Prepared> requests;
  private final Collection<Outcome> outcomes = new ConcurrentLinkedQueue<>();
  private final Set<String> accepted = ConcurrentHashMap.newKeySet();
  private final Set<String> sent = ConcurrentHashMap.newKeySet();
  private final NavigableSet<Long> open = new ConcurrentSkipListSet<>();
  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
  private final ExecutorService threads;
  private volatile boolean ended;
  private Thread pacing;

  RouteClass(
      String name, int port, int perSecond, int number, Duration limit, Supplier<Prepared> requests)
      throws IOException {
    this.name = name;
    this.limit = limit;
    this.port = port;
    this.perSecond = perSecond;
    this.from = InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) number});
    this.requests = requests;
    threads = Executors.newCachedThreadPool(task -> {
      Thread thread = new Thread(null, task, "load-" + name, 256 * 1024);
      thread.setDaemon(true);
      return thread;
    });
    pacing = new Thread(this::pace, "pace-" + name);
    pacing.setDaemon(true);
  }

  void start() {
    pacing.start();
  }

  /** All that was sent until now and has ended. */
  Collection<Outcome> outcomes() {
    return outcomes;
  }

  /** When the oldest request was due that has not ended yet, or now. */
  long oldestOpen() {
    long now = System.nanoTime();
    try {
      return open.first();
    } catch (NoSuchElementException e) {
      return now;
    }
  }

  /** The ids of requests that were answered with success. */
  Set<String> accepted() {
    return accepted;
  }

  /** The ids of all requests. */
  Set<String> sent() {
    return sent;
  }

  private void pace() {
    long begin = System.nanoTime();
    for (long i = 0; !ended; i++) {
      long due = begin + i * 1_000_000_000L / perSecond;
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      Prepared request = requests.get();
      sent.add(request.id());
      open.add(due);
      threads.execute(() -> send(request, due));
    }
  }

  private void send(Prepared request, long due) {
    int status = NO_ANSWER;
    String what = "";
    try {
      Connection.Reply reply = exchange(request, due);
      status = reply.status();
      if (status >= 200 && status < 300) {
        accepted.add(request.id());
        what = reply.body().contains(STALE) ? "stale" : "";
      } else {
        Matcher code = CODE.matcher(reply.body());
        what = status + (code.find() ? " " + code.group(1) : "");
      }
    } catch (SocketTimeoutException e) {
      what = "timeout";
    } catch (IOException e) {
      what = e instanceof EOFException ? "closed" : e.getMessage();
    }
    outcomes.add(new Outcome(due, System.nanoTime() - due, status, what));
    open.remove(due);
  }

  private Connection.Reply exchange(Prepared request, long due) throws IOException {
    Connection kept = idle.pollFirst();
    while (kept != null && System.nanoTime() - kept.usedAt > IDLE_NANOS) {
      kept.close();
      kept = idle.pollFirst();
    }
    if (kept != null) {
      try {
        return exchange(kept, request, due);
      } catch (EOFException e) {
        // The server closed an idle connection just now. All requests may be repeated under their ids.
      }
    }
    return exchange(new Connection(from, port), request, due);
  }

  private Connection.Reply exchange(Connection connection, Prepared request, long due)
      throws IOException {
    try {
      Connection.Reply reply =
          connection.exchange(request.bytes(), due + TIMEOUT_NANOS - System.nanoTime());
      if (reply.keeps()) {
        connection.usedAt = System.nanoTime();
        idle.addFirst(connection);
      } else {
        connection.close();
      }
      return reply;
    } catch (IOException e) {
      connection.close();
      throw e;
    }
  }

  /** Sends no more, and waits for the last answers. */
  @Override
  public void close() throws InterruptedException {
    ended = true;
    pacing.join();
    threads.shutdown();
    threads.awaitTermination(2 * TIMEOUT_NANOS, TimeUnit.NANOSECONDS);
  }

  private static final class Connection {
    record Reply(int status, boolean keeps, String body) {}

    private final Socket socket = new Socket();
    long usedAt;

    Connection(InetAddress from, int port) throws IOException {
      socket.bind(new InetSocketAddress(from, 0));
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
    }

    Reply exchange(byte[] request, long nanos) throws IOException {
      socket.setSoTimeout((int) Math.max(1, nanos / 1_000_000));
      try {
        socket.getOutputStream().write(request);
      } catch (IOException e) {
        throw new EOFException("closed");
      }
      InputStream in = socket.getInputStream();
      byte[] bytes = new byte[64 * 1024];
      int read = 0;
      int head = -1;
      int length = 0;
      String text = "";
      while (head < 0 || read < head + 4 + length) {
        int more = in.read(bytes, read, bytes.length - read);
        if (more <= 0) {
          throw new EOFException("closed");
        }
        read += more;
        if (head < 0) {
          text = new String(bytes, 0, read, StandardCharsets.ISO_8859_1);
          head = text.indexOf("\r\n\r\n");
          length = head < 0 ? 0 : length(text.substring(0, head));
          if (head + 4 + length > bytes.length) {
            bytes = java.util.Arrays.copyOf(bytes, head + 4 + length);
          }
        }
      }
      String lower = text.substring(0, head).toLowerCase(Locale.ROOT);
      int status = Integer.parseInt(text.substring(9, 12));
      return new Reply(
          status,
          !lower.contains("connection: close"),
          new String(bytes, head + 4, Math.min(length, 4_000), StandardCharsets.UTF_8));
    }

    private static int length(String head) throws IOException {
      for (String line : head.toLowerCase(Locale.ROOT).split("\r\n")) {
        if (line.startsWith("content-length:")) {
          return Integer.parseInt(line.substring("content-length:".length()).strip());
        }
        if (line.startsWith("transfer-encoding:")) {
          throw new IOException("an answer without a length");
        }
      }
      return 0;
    }

    void close() {
      try {
        socket.close();
      } catch (IOException e) {
        // Then it is closed.
      }
    }
  }
}
