package com.tatame.billing.webhook;

import static com.tatame.billing.webhook.ReceivingEndpoint.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.ssl.SSLContexts;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TlsTest {
  private static final String PASSWORD = "changeit";
  private static final String TRUSTED_HOST = "hooks.example.com";
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir
  private static Path folder = Path.of("");

  private static KeyStore valid = emptyStore();
  private static KeyStore expired = emptyStore();

  @BeforeAll
  static void makeCertificates() throws Exception {
    valid = certificate("valid", "-1d", "2");
    expired = certificate("expired", "-10d", "2");
  }

  @Test
  void trustedCertificateOfTheHostIsTaken() throws Exception {
    try (ReceivingEndpoint endpoint = endpoint(valid);
        HttpEventSender sender = sender(true, trusting(valid))) {
      assertThat(sender.send(request(url(TRUSTED_HOST, endpoint))).status()).contains(200);
    }
  }

  @Test
  void certificateThatIsNotTrustedIsAFailure() throws Exception {
    try (ReceivingEndpoint endpoint = endpoint(valid);
        HttpEventSender sender = sender(true, SSLContexts.createDefault())) {
      assertThat(sender.send(request(url(TRUSTED_HOST, endpoint))).error())
          .contains("the certificate is not trusted");
      assertThat(endpoint.received()).isEmpty();
    }
  }

  @Test
  void certificateOfAnotherHostIsAFailure() throws Exception {
    try (ReceivingEndpoint endpoint = endpoint(valid);
        HttpEventSender sender = sender(true, trusting(valid))) {
      assertThat(sender.send(request(url("other.example.com", endpoint))).error())
          .contains("the certificate is for another host");
      assertThat(sender.send(request(url("127.0.0.1", endpoint))).error())
          .contains("the certificate is for another host");
      assertThat(endpoint.received()).isEmpty();
    }
  }

  @Test
  void expiredCertificateIsAFailure() throws Exception {
    try (ReceivingEndpoint endpoint = endpoint(expired);
        HttpEventSender sender = sender(true, trusting(valid))) {
      String error = sender.send(request(url(TRUSTED_HOST, endpoint))).error().orElse("");

      assertThat(error).isIn("the certificate has expired", "the certificate is not trusted");
    }
  }

  @Test
  void endpointWithoutTlsIsAFailure() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        HttpEventSender sender = sender(true, trusting(valid))) {
      CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> answerWithoutTls(server));

      assertThat(sender
              .send(request(
                  URI.create("https://" + TRUSTED_HOST + ":" + server.getLocalPort() + "/hooks")))
              .error())
          .contains("the TLS handshake failed");
      assertThat(answered).succeedsWithin(LONG);
    }
  }

  private static void answerWithoutTls(ServerSocket server) {
    try (Socket connection = server.accept()) {
      connection
          .getOutputStream()
          .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      // Until the sender has gone, or what was written would be lost with the connection.
      connection.getInputStream().readAllBytes();
    } catch (IOException e) {
      // The sender went away first.
    }
  }

  // The name passes the check of the URL; its address is checked when the connection is made.
  @Test
  void publicNameThatLeadsToAPrivateAddressIsNotConnectedTo() throws Exception {
    try (ReceivingEndpoint endpoint = endpoint(valid);
        HttpEventSender sender = sender(false, trusting(valid))) {
      URI url = url(TRUSTED_HOST, endpoint);

      assertThat(sender.refuses(url)).isEmpty();
      assertThat(sender.send(request(url)).error())
          .contains("the host leads to an address that is not public: set"
              + " BILLING_EVENT_PRIVATE_ADDRESSES=true where endpoints are on your own network");
      assertThat(endpoint.received()).isEmpty();
    }
  }

  private static URI url(String host, ReceivingEndpoint endpoint) {
    return URI.create("https://" + host + ":" + endpoint.port() + "/hooks");
  }

  private static HttpEventSender sender(boolean privateAddresses, SSLContext tls) {
    return new HttpEventSender(
        privateAddresses, LONG, LONG, PublicAddressResolverTest.dns("127.0.0.1"), tls);
  }

  private static ReceivingEndpoint endpoint(KeyStore keys) throws Exception {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(
        SSLContexts.custom().loadKeyMaterial(keys, PASSWORD.toCharArray()).build()));
    return ReceivingEndpoint.of(server, exchange -> exchange.sendResponseHeaders(200, -1));
  }

  private static SSLContext trusting(KeyStore keys) throws GeneralSecurityException {
    return SSLContexts.custom().loadTrustMaterial(keys, null).build();
  }

  private static KeyStore certificate(String name, String from, String days) throws Exception {
    Path file = folder.resolve(name);
    Process keytool = new ProcessBuilder(List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            name,
            "-keyalg",
            "EC",
            "-groupname",
            "secp256r1",
            "-dname",
            "CN=" + name,
            "-ext",
            "san=dns:" + TRUSTED_HOST,
            "-startdate",
            from,
            "-validity",
            days,
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD,
            "-keystore",
            file.toString()))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  private static KeyStore emptyStore() {
    try {
      KeyStore empty = KeyStore.getInstance("PKCS12");
      empty.load(null, null);
      return empty;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
