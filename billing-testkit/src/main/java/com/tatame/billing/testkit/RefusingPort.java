package com.tatame.billing.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port of the loopback address that refuses connections. It is held until it is closed: a port that
 * was merely free a moment ago may be taken by another program, or by the very connection that is to
 * be refused.
 */
public final class RefusingPort implements AutoCloseable {
  // Bound, and neither connected nor listening.
  private final Socket held = new Socket();

  private RefusingPort(int port) {
    try {
      held.setReuseAddress(true);
      held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Any port that is free. */
  public static RefusingPort open() {
    return new RefusingPort(0);
  }

  /** This port, on which nothing listens. */
  public static RefusingPort on(int port) {
    return new RefusingPort(port);
  }

  /** Its number. */
  public int number() {
    return held.getLocalPort();
  }

  @Override
  public void close() {
    try {
      held.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
