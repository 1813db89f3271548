package com.tatame.billing.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntToLongFunction;

/**
 * Sends prepared requests over keep-alive connections. One thread serves them all, as pgbench's does:
 * a thread each would take a quarter of the machine from those that are measured.
 */
final class Load {
  private static final long AT_ONCE = Long.MIN_VALUE;
  private static final long AHEAD = 100_000_000;

  private final Selector selector;
  private final List<byte[]> requests;
  private final IntToLongFunction dueAfter;
  private final long[] nanos;
  private final Deque<Connection> idle = new ArrayDeque<>();
  private int sent;
  private int accepted;
  private int refused;
  private long startedAt;

  private Load(Selector selector, List<byte[]> requests, IntToLongFunction dueAfter) {
    this.selector = selector;
    this.requests = requests;
    this.dueAfter = dueAfter;
    this.nanos = new long[requests.size()];
  }

  /**
   * What came of it.
   *
   * @param accepted answers with 200
   * @param startedAt as {@link System#nanoTime} tells it
   * @param latencies sorted, in nanoseconds
   */
  record Outcome(int accepted, int refused, long startedAt, long endedAt, long[] latencies) {
    double perSecond() {
      return accepted * 1e9 / (endedAt - startedAt);
    }

    double millis(double quantile) {
      int place = (int) Math.ceil(quantile * latencies.length) - 1;
      return latencies[Math.max(0, place)] / 1e6;
    }
  }

  /** Each connection sends its next request when the last one is answered. */
  static Outcome closed(int port, List<byte[]> requests, int connections) {
    return run(port, requests, connections, number -> AT_ONCE);
  }

  /** Requests go at fixed instants, whether or not others are answered; latency counts from these. */
  static Outcome open(int port, List<byte[]> requests, int perSecond) {
    return run(port, requests, 64, number -> number * 1_000_000_000L / perSecond);
  }

  private static Outcome run(
      int port, List<byte[]> requests, int connections, IntToLongFunction dueAfter) {
    try (Selector selector = Selector.open()) {
      Load load = new Load(selector, requests, dueAfter);
      try {
        for (int i = 0; i < connections; i++) {
          load.idle.add(new Connection(selector, port));
        }
        Thread pace = new Thread(load::pace);
        pace.setDaemon(true);
        // Who connects may wait for that; no request is late for it.
        load.startedAt = System.nanoTime();
        pace.start();
        load.serve();
        long endedAt = System.nanoTime();
        Arrays.sort(load.nanos);
        return new Outcome(load.accepted, load.refused, load.startedAt, endedAt, load.nanos);
      } finally {
        for (SelectionKey key : selector.keys()) {
          key.channel().close();
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("a connection broke", e);
    }
  }

  /** A selector wakes on the millisecond only; a request must go when it is due. */
  private void pace() {
    for (int i = 0; i < requests.size() && dueAfter.applyAsLong(i) != AT_ONCE; i++) {
      for (long left = due(i) - System.nanoTime(); left > 0; ) {
        LockSupport.parkNanos(left);
        left = due(i) - System.nanoTime();
      }
      selector.wakeup();
    }
  }

  private void serve() throws IOException {
    while (accepted + refused < requests.size()) {
      while (sent < requests.size() && !idle.isEmpty() && due(sent) <= System.nanoTime()) {
        idle.remove().send(sent, requests.get(sent), due(sent));
        sent++;
      }
      selector.select(key -> answered((Connection) key.attachment()));
    }
  }

  private long due(int number) {
    long after = dueAfter.applyAsLong(number);
    return after == AT_ONCE ? System.nanoTime() : startedAt + AHEAD + after;
  }

  private void answered(Connection connection) {
    try {
      int status = connection.status();
      if (status == 0) {
        return;
      }
      nanos[connection.number] = System.nanoTime() - connection.from;
      if (status == 200) {
        accepted++;
      } else {
        refused++;
      }
      idle.add(connection);
    } catch (IOException e) {
      throw new IllegalStateException("a connection broke", e);
    }
  }

  private static final class Connection {
    private static final byte[] END = {'\r', '\n', '\r', '\n'};

    final SocketChannel channel;
    final ByteBuffer answer = ByteBuffer.allocate(64 * 1024);
    int number;
    long from;

    Connection(Selector selector, int port) throws IOException {
      channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, this);
    }

    void send(int number, byte[] request, long from) throws IOException {
      this.number = number;
      this.from = from;
      ByteBuffer bytes = ByteBuffer.wrap(request);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }

    /** That of the answer, or 0 while it isn't here as a whole. */
    int status() throws IOException {
      if (channel.read(answer) < 0) {
        throw new EOFException();
      }
      int head = head();
      if (head < 0) {
        return 0;
      }
      String[] lines =
          new String(answer.array(), 0, head, StandardCharsets.ISO_8859_1).split("\r\n");
      if (answer.position() < head + END.length + length(lines)) {
        return 0;
      }
      answer.clear();
      return Integer.parseInt(lines[0].split(" ")[1]);
    }

    private int head() {
      byte[] bytes = answer.array();
      for (int i = 0; i + END.length <= answer.position(); i++) {
        if (Arrays.equals(bytes, i, i + END.length, END, 0, END.length)) {
          return i;
        }
      }
      return -1;
    }

    private static int length(String[] lines) throws IOException {
      for (String line : lines) {
        String lower = line.toLowerCase(Locale.ROOT);
        if (lower.startsWith("content-length:")) {
          return Integer.parseInt(lower.substring("content-length:".length()).strip());
        }
        if (lower.startsWith("transfer-encoding:")) {
          throw new IOException("an answer without a length");
        }
      }
      return 0;
    }
  }
}
