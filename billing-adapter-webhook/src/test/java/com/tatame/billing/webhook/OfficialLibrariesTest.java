package com.tatame.billing.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.tatame.billing.outbox.EventSender.Request;
import com.tatame.billing.webhook.ReceivingEndpoint.Received;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What endpoints receive is verified by the libraries that the specification's authors publish. */
final class OfficialLibrariesTest {
  private static final Path CLIENT = Path.of("../test-tools/standard-webhooks");
  private static final String OLD = ReceivingEndpoint.SECRET;
  private static final String NEW = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  private static final String OTHER = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  private static final String BODY = "{\"type\":\"invoice.paid\",\"name\":\"Zoë\"}";

  private enum Library {
    JAVA {
      @Override
      String verify(String secret, Received received) {
        try {
          new Webhook(secret)
              .verify(received.body(), HttpHeaders.of(received.headers(), (name, value) -> true));
          return VERIFIED;
        } catch (WebhookVerificationException e) {
          return "refused: " + e.getMessage();
        }
      }
    },
    NODE {
      @Override
      String verify(String secret, Received received) throws IOException, InterruptedException {
        requireNodeLibrary();
        Process node = new ProcessBuilder(
                "node",
                "verify.mjs",
                secret,
                received.header("webhook-id"),
                received.header("webhook-timestamp"),
                received.header("webhook-signature"))
            .directory(CLIENT.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
        try (OutputStream body = node.getOutputStream()) {
          body.write(received.body().getBytes(StandardCharsets.UTF_8));
        }
        String line = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(node.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(node.exitValue()).isZero();
        return line.strip();
      }
    };

    private static final String VERIFIED = "verified";

    abstract String verify(String secret, Received received)
        throws IOException, InterruptedException;

    boolean verifies(String secret, Received received) throws IOException, InterruptedException {
      String line = verify(secret, received);
      assertThat(line).matches(VERIFIED + "|refused: .+");
      return line.equals(VERIFIED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void requestIsVerifiedWithItsSecretOnly(Library library) throws Exception {
    Received received = send(List.of(OLD), "in_1:paid", Instant.now());

    assertThat(library.verifies(OLD, received)).isTrue();
    assertThat(library.verifies(OTHER, received)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void bothSecretsVerifyDuringARotation(Library library) throws Exception {
    Received received = send(List.of(NEW, OLD), "in_1:paid", Instant.now());

    assertThat(library.verifies(NEW, received)).isTrue();
    assertThat(library.verifies(OLD, received)).isTrue();
    assertThat(library.verifies(OTHER, received)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void tamperedBodyIsRefused(Library library) throws Exception {
    Received received = send(List.of(OLD), "in_1:paid", Instant.now());

    assertThat(library.verifies(
            OLD, received.withBody(received.body().replace("invoice.paid", "invoice.void"))))
        .isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void oddIdVerifies(Library library) throws Exception {
    Received received = send(List.of(OLD), " in_1.paid, Zoë\r\nx-admin: true", Instant.now());

    assertThat(received.headers()).doesNotContainKey("x-admin");
    assertThat(library.verifies(OLD, received)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void requestOfLongAgoIsRefused(Library library) throws Exception {
    Received received =
        send(List.of(OLD), "in_1:paid", Instant.now().minus(Duration.ofMinutes(10)));

    assertThat(library.verifies(OLD, received)).isFalse();
  }

  private static Received send(List<String> secrets, String id, Instant at) throws IOException {
    try (ReceivingEndpoint endpoint = ReceivingEndpoint.answering(204);
        HttpEventSender sender = HttpEventSender.create(true)) {
      assertThat(sender.send(new Request(endpoint.url(), secrets, id, BODY, at)).error())
          .isEmpty();
      return endpoint.received().get(0);
    }
  }

  private static void requireNodeLibrary() {
    boolean there = Files.isDirectory(CLIENT.resolve("node_modules/standardwebhooks"));
    String missing =
        "The library is not there: run npm ci --ignore-scripts in test-tools/standard-webhooks";
    if (!there && System.getenv("CI") != null) {
      fail(missing);
    }
    assumeTrue(there, missing);
  }
}
