package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ConnectionsPerAddressTest {
  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);

  @AfterEach
  void stop() throws Exception {
    server.stop();
  }

  @Test
  void connectionsBeyondTheLimitAreClosedAndThoseThatEndMakeRoom() throws Exception {
    ConnectionsPerAddress limit = start(new ConnectionsPerAddress(2, address -> false));
    try (Socket first = connect()) {
      assertThat(isServed(first)).isTrue();
      try (Socket second = connect();
          Socket third = connect()) {
        assertThat(isServed(second)).isTrue();
        assertThat(isServed(third)).isFalse();
      }
      await().atMost(Duration.ofMinutes(1)).until(() -> {
        try (Socket next = connect()) {
          return isServed(next);
        }
      });
    }
    await().atMost(Duration.ofMinutes(1)).until(() -> limit.connectedAddresses() == 0);
  }

  @Test
  void proxyMayHaveAnyNumber() throws Exception {
    start(new ConnectionsPerAddress(1, address -> true));
    try (Socket first = connect();
        Socket second = connect()) {
      assertThat(isServed(first)).isTrue();
      assertThat(isServed(second)).isTrue();
    }
  }

  private ConnectionsPerAddress start(ConnectionsPerAddress limit) throws Exception {
    connector.addBean(limit);
    server.addConnector(connector);
    server.start();
    return limit;
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket("localhost", connector.getLocalPort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** Whether a request is answered. */
  private static boolean isServed(Socket socket) throws IOException {
    try {
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      return socket.getInputStream().read() >= 0;
    } catch (SocketException e) {
      return false;
    }
  }
}
