package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.failure.ValidationFailed;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who reaches a sandbox, what it lets them do, and whether all of its parts agree on the time. */
final class SandboxSafetyTest {
  private final RunningSandbox sandbox = RunningSandbox.shared();

  @Test
  void onlyThisMachineReachesIt() {
    for (int port : List.of(
        portOf(sandbox.url()), portOf(sandbox.stripe().url()), portOf(sandbox.databaseUrl()))) {
      // Another address of this machine, which a program that listens on all of them would answer.
      assertThatThrownBy(() -> connect("127.0.0.2", port)).isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void aContainerListensOnAllAddresses() {
    SandboxConfig.Addresses addresses =
        SandboxConfig.fromEnv(Map.of("SANDBOX_HOST", "0.0.0.0")).addresses();

    assertThat(addresses.host()).isEqualTo("0.0.0.0");
    assertThat(addresses.simulatorHost()).isEqualTo("0.0.0.0");
  }

  @Test
  void itsAddressesAreTheSameAtEachStart() {
    SandboxConfig config = SandboxConfig.fromEnv(Map.of("PORT", " "));

    assertThat(config.addresses())
        .isEqualTo(new SandboxConfig.Addresses("127.0.0.1", 8080, "127.0.0.1", 12_111, 12_110));
    assertThat(config.catalog()).isEmpty();
    assertThat(SandboxConfig.fromEnv(Map.of("BILLING_CATALOG", "own.yaml")).catalog())
        .isEqualTo(Optional.of(Path.of("own.yaml")));
    assertThatThrownBy(() -> SandboxConfig.fromEnv(Map.of("SANDBOX_DATABASE_PORT", "65536")))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("SANDBOX_DATABASE_PORT");
  }

  @Test
  void secretsAreReadableByTheirOwnerAlone() throws IOException {
    assertThat(permissions(sandbox.directory())).isEqualTo("rwx------");
    for (String file : List.of("issuer.pem", "webhook-secret", "stripe.json")) {
      assertThat(permissions(sandbox.directory().resolve(file))).as(file).isEqualTo("rw-------");
    }
  }

  @Test
  void aSecretThatWasOpenToOthersIsClosed() throws IOException {
    Path directory = Worlds.temporaryDirectory();
    Path secret = Files.writeString(directory.resolve("webhook-secret"), "whsec_kept");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));
    try {
      assertThat(new KeptSecrets(directory).webhookSecret(new Random(1))).isEqualTo("whsec_kept");
      assertThat(permissions(secret)).isEqualTo("rw-------");
    } finally {
      Worlds.delete(directory);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://evil.example", "http://localhost:1", "https://localhost", "null"})
  void aPageOfAnotherSiteChangesNothing(String origin) {
    Instant before = sandbox.stripe().now();

    assertThat(move(sandbox.url() + "/sandbox/clock", origin).statusCode()).isEqualTo(403);
    assertThat(move(sandbox.url() + "/sandbox/pages/clock", origin).statusCode())
        .isEqualTo(403);
    assertThat(move(sandbox.url() + "/sandbox/token", origin).statusCode()).isEqualTo(403);
    assertThat(move(sandbox.stripe().url() + "/_simulator/clock", origin).statusCode())
        .isEqualTo(403);

    assertThat(sandbox.stripe().now()).isEqualTo(before);
  }

  @Test
  void itsOwnPagesMayChangeThings() {
    for (String own : List.of(sandbox.url(), sandbox.url().replace("localhost", "127.0.0.1"))) {
      assertThat(move(sandbox.url() + "/sandbox/clock", own).statusCode()).isEqualTo(200);
    }
    assertThat(
            move(sandbox.stripe().url() + "/_simulator/clock", sandbox.stripe().url())
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void movesAtOnceAreMadeOneAfterTheOther() throws Exception {
    int moves = 6;
    Instant before = sandbox.stripe().now();
    CyclicBarrier together = new CyclicBarrier(moves);
    ExecutorService threads = Executors.newFixedThreadPool(moves);
    List<Future<Instant>> answers = new ArrayList<>();
    for (int i = 0; i < moves; i++) {
      answers.add(threads.submit(() -> {
        together.await();
        return Instant.parse(
            RunningSandbox.post(sandbox.url(), "/sandbox/clock", Map.of("advance", "PT1M1S"))
                .path("now")
                .asText());
      }));
    }
    List<Instant> times = new ArrayList<>();
    for (Future<Instant> answer : answers) {
      times.add(answer.get());
    }
    threads.shutdown();

    Duration step = Duration.ofSeconds(61);
    assertThat(times)
        .containsExactlyInAnyOrderElementsOf(
            Stream.iterate(before.plus(step), at -> at.plus(step)).limit(moves).toList());
    assertThat(sandbox.stripe().now()).isEqualTo(before.plus(step.multipliedBy(moves)));
  }

  @Test
  void timeMovesByWholeSecondsAndByDaysWithHours() {
    Instant before = sandbox.stripe().now();

    HttpResponse<String> refused = ApiClient.send(post(sandbox.url() + "/sandbox/clock", "PT0.5S"));
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("must be whole seconds");
    RunningSandbox.post(sandbox.url(), "/sandbox/clock", Map.of("advance", "P1DT2H"));

    assertThat(sandbox.stripe().now()).isEqualTo(before.plus(Duration.ofHours(26)));
  }

  @Test
  void sqlCountsInTheWindowsOfTheSandbox() throws SQLException {
    String user = Buyer.newUser();
    sandbox.advance("P40D");
    Instant now = sandbox.stripe().now();
    String url = sandbox.databaseUrl().replace("postgres://postgres@", "jdbc:postgresql://");
    try (Connection connection = DriverManager.getConnection(url, "postgres", "");
        Statement sql = connection.createStatement()) {
      sql.execute("set search_path = billing");
      assertThat(text(sql, "select sandbox_clock.now() = '" + now + "'")).isEqualTo("t");
      assertThat(text(
              sql,
              "select '" + now + "' >= (t ->> 'period_start')::timestamptz and '" + now
                  + "' < (t ->> 'period_end')::timestamptz from track_usage('" + user
                  + "', 'video_reviews', 2) t"))
          .isEqualTo("t");
      assertThat(text(
              sql,
              "select amount from current_usage where user_id = '" + user
                  + "' and usage_type = 'video_reviews' and '" + now + "' < period_end"))
          .isEqualTo("2");
      assertThat(
              text(sql, "select get_user_subscription('" + user + "') #>> '{usage,0,remaining}'"))
          .isEqualTo("0");
    }
    assertThat(new Buyer(sandbox, user).entitlements().at("/features/video_reviews/used"))
        .isEqualTo("2");
  }

  private static String text(Statement sql, String query) throws SQLException {
    try (ResultSet rows = sql.executeQuery(query)) {
      assertThat(rows.next()).as(query).isTrue();
      return rows.getString(1);
    }
  }

  private static HttpResponse<String> move(String url, String origin) {
    return ApiClient.send(post(url, "PT0S").header("Origin", origin));
  }

  private static HttpRequest.Builder post(String url, String amount) {
    return HttpRequest.newBuilder(URI.create(url))
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(Json.write(Map.of("advance", amount))));
  }

  private static void connect(String host, int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), 2_000);
    }
  }

  private static int portOf(String url) {
    return URI.create(url).getPort();
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
