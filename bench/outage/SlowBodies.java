package com.tatame.billing.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** Webhooks of 900 KB, each from another address, of which 260 bytes a second arrive. A cut one is begun again. */
final class SlowBodies implements AutoCloseable {
  private static final int BYTES = 900_000;
  private static final int PIECE = 65;
  private static final long PIECE_EVERY_MILLIS = 250;

  private final int port;
  private final SocketChannel[] channels;
  private final Thread sending = new Thread(this::send, "slow-bodies");
  private volatile boolean ended;
  private volatile int cut;

  SlowBodies(int port, int count) {
    this.port = port;
    channels = new SocketChannel[count];
    sending.setDaemon(true);
    sending.start();
  }

  /** How many the server has ended so far. */
  int cut() {
    return cut;
  }

  private void send() {
    ByteBuffer piece = ByteBuffer.wrap("x".repeat(PIECE).getBytes(StandardCharsets.US_ASCII));
    ByteBuffer answer = ByteBuffer.allocate(4_096);
    try {
      while (!ended) {
        for (int i = 0; i < channels.length; i++) {
          try {
            if (channels[i] == null) {
              channels[i] = open(i);
            }
            channels[i].write(piece.rewind());
            if (channels[i].read(answer.clear()) != 0) {
              throw new IOException("answered or closed");
            }
          } catch (IOException e) {
            cut++;
            close(i);
          }
        }
        Thread.sleep(PIECE_EVERY_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (int i = 0; i < channels.length; i++) {
      close(i);
    }
  }

  private SocketChannel open(int number) throws IOException {
    SocketChannel channel = SocketChannel.open();
    byte[] from = {127, 0, (byte) (2 + number / 250), (byte) (1 + number % 250)};
    channel.bind(new InetSocketAddress(InetAddress.getByAddress(from), 0));
    channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    channel.write(ByteBuffer.wrap(("POST /webhooks/stripe HTTP/1.1\r\nHost: localhost\r\n"
            + "Content-Type: application/json\r\nStripe-Signature: t=1,v1=00\r\nContent-Length: " + BYTES + "\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII)));
    channel.configureBlocking(false);
    return channel;
  }

  private void close(int number) {
    try {
      if (channels[number] != null) {
        channels[number].close();
      }
    } catch (IOException e) {
      // Then it is closed.
    }
    channels[number] = null;
  }

  @Override
  public void close() throws InterruptedException {
    ended = true;
    sending.join();
  }
}
