package com.tatame.billing.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntToLongFunction;

/** Sends prepared requests over keep-alive connections, one thread each. */
final class Load {
  private final int port;
  private final List<byte[]> requests;
  private final long[] nanos;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();

  private Load(int port, List<byte[]> requests) {
    this.port = port;
    this.requests = requests;
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
    return new Load(port, requests).run(connections, number -> Long.MIN_VALUE);
  }

  /** Requests go at fixed instants, whether or not others are answered; latency counts from these. */
  static Outcome open(int port, List<byte[]> requests, int perSecond) {
    long start = System.nanoTime() + 100_000_000;
    return new Load(port, requests).run(64, number -> start + number * 1_000_000_000L / perSecond);
  }

  private Outcome run(int connections, IntToLongFunction due) {
    CountDownLatch ready = new CountDownLatch(connections);
    CountDownLatch go = new CountDownLatch(1);
    Thread[] threads = new Thread[connections];
    for (int i = 0; i < connections; i++) {
      threads[i] = new Thread(() -> connection(ready, go, due));
      threads[i].start();
    }
    try {
      ready.await();
      long startedAt = System.nanoTime();
      go.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
      long endedAt = System.nanoTime();
      Arrays.sort(nanos);
      return new Outcome(accepted.get(), refused.get(), startedAt, endedAt, nanos);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void connection(CountDownLatch ready, CountDownLatch go, IntToLongFunction due) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      ready.countDown();
      go.await();
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      for (int i = next.getAndIncrement(); i < requests.size(); i = next.getAndIncrement()) {
        long from = Math.max(due.applyAsLong(i), Long.MIN_VALUE);
        for (long left = from - System.nanoTime(); from != Long.MIN_VALUE && left > 0; ) {
          LockSupport.parkNanos(left);
          left = from - System.nanoTime();
        }
        if (from == Long.MIN_VALUE) {
          from = System.nanoTime();
        }
        out.write(requests.get(i));
        int status = answer(in);
        nanos[i] = System.nanoTime() - from;
        (status == 200 ? accepted : refused).incrementAndGet();
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("a connection broke", e);
    }
  }

  private static int answer(InputStream in) throws IOException {
    int status = Integer.parseInt(line(in).split(" ")[1]);
    int length = 0;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring("content-length:".length()).strip());
      } else if (lower.startsWith("transfer-encoding:")) {
        throw new IOException("an answer without a length");
      }
    }
    in.skipNBytes(length);
    return status;
  }

  private static String line(InputStream in) throws IOException {
    byte[] bytes = new byte[1024];
    int length = 0;
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException();
      }
      if (b != '\r') {
        bytes[length++] = (byte) b;
      }
    }
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }
}
