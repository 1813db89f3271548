package com.tatame.billing.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Stands between a store and its database, and refuses connections or goes silent when told to. */
final class DatabaseProxy implements AutoCloseable {
  private final PostgresConfig direct;
  private final URI database;
  private final int port;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition thawed = lock.newCondition();
  private boolean frozen;
  private @Nullable ServerSocket listener;
  private @Nullable Thread accepting;

  DatabaseProxy(PostgresConfig direct) throws IOException {
    this.direct = direct;
    this.database = URI.create(direct.url());
    try (ServerSocket free = new ServerSocket(0)) {
      this.port = free.getLocalPort();
    }
    accept();
  }

  /** The way to the database that leads through here. */
  PostgresConfig config() {
    return PostgresConfig.of(
            "postgres://" + database.getUserInfo() + "@127.0.0.1:" + port + database.getPath())
        .withSchema(direct.schema());
  }

  /** How many connections were made so far. */
  int accepted() {
    return accepted.get();
  }

  /** Lets connections through. */
  void accept() throws IOException {
    ServerSocket opened = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
    listener = opened;
    accepting = daemon(() -> {
      while (true) {
        Socket client = opened.accept();
        accepted.incrementAndGet();
        Socket server = new Socket(database.getHost(), database.getPort());
        sockets.addAll(List.of(client, server));
        daemon(() -> copy(client, server)).start();
        daemon(() -> copy(server, client)).start();
      }
    });
    accepting.start();
  }

  /** Breaks all connections, and refuses others, as where nothing listens. */
  void refuse() throws IOException {
    if (listener != null) {
      listener.close();
    }
    if (accepting != null) {
      // Until it has seen that, it may accept one more connection.
      try {
        accepting.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    for (Socket socket : sockets) {
      socket.close();
    }
    sockets.clear();
  }

  /** Keeps connections, and makes others, but lets nothing through. */
  void freeze() {
    lock.lock();
    try {
      frozen = true;
    } finally {
      lock.unlock();
    }
  }

  void thaw() {
    lock.lock();
    try {
      frozen = false;
      thawed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void copy(Socket from, Socket to) throws IOException {
    byte[] buffer = new byte[8192];
    InputStream in = from.getInputStream();
    OutputStream out = to.getOutputStream();
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      lock.lock();
      try {
        while (frozen) {
          thawed.awaitUninterruptibly();
        }
      } finally {
        lock.unlock();
      }
      out.write(buffer, 0, read);
    }
    from.close();
    to.close();
  }

  private interface Work {
    void run() throws IOException;
  }

  private static Thread daemon(Work work) {
    Thread thread = new Thread(() -> {
      try {
        work.run();
      } catch (IOException e) {
        // Closed by the test, or by either end.
        Thread.currentThread().interrupt();
      }
    });
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void close() {
    thaw();
    try {
      refuse();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
