package com.tatame.billing.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Passes TCP connections on to a port of this machine, or treats them as a broken network would. */
final class FaultProxy implements AutoCloseable {
  enum Mode {
    PASSES,
    /** Connections are accepted and stay silent; what was sent is passed on afterwards. */
    HANGS,
    /** Connections are accepted and reset. */
    RESETS,
    /** Nothing listens. */
    REFUSES
  }

  private final int port;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile ServerSocket listening;
  private volatile Mode mode = Mode.PASSES;
  private volatile boolean closed;

  FaultProxy(int target) throws IOException {
    this.target = target;
    listening = listen(0);
    port = listening.getLocalPort();
    accept(listening);
  }

  int port() {
    return port;
  }

  void become(Mode next) throws IOException {
    Mode before = mode;
    synchronized (this) {
      mode = next;
      notifyAll();
    }
    if (next == Mode.REFUSES) {
      listening.close();
    }
    if (next == Mode.REFUSES || next == Mode.RESETS) {
      open.forEach(FaultProxy::reset);
    }
    if (before == Mode.REFUSES && next != Mode.REFUSES) {
      listening = listen(port);
      accept(listening);
    }
  }

  private static ServerSocket listen(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_024);
    return socket;
  }

  private void accept(ServerSocket socket) {
    start(() -> {
      try {
        while (true) {
          Socket client = socket.accept();
          if (mode == Mode.RESETS) {
            reset(client);
          } else {
            connect(client);
          }
        }
      } catch (IOException e) {
        if (!closed && mode != Mode.REFUSES) {
          throw new IllegalStateException("the proxy broke", e);
        }
      }
    });
  }

  private void connect(Socket client) throws IOException {
    Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
    client.setTcpNoDelay(true);
    server.setTcpNoDelay(true);
    open.add(client);
    open.add(server);
    start(() -> copy(client, server));
    start(() -> copy(server, client));
  }

  private void copy(Socket from, Socket to) {
    byte[] buffer = new byte[16 * 1024];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        awaitPassage();
        out.write(buffer, 0, read);
      }
    } catch (IOException | InterruptedException e) {
      // A connection that ends is what this is for.
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private synchronized void awaitPassage() throws InterruptedException {
    while (mode == Mode.HANGS) {
      wait();
    }
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // It is closed already.
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "fault-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    listening.close();
    open.forEach(FaultProxy::reset);
  }
}
