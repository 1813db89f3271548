package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.server.http.RunningServer.Reply;
import com.tatame.billing.simulator.engine.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

final class IdempotencyTest {
  private static final RunningServer SERVER = new RunningServer();

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void theFirstAnswerIsGivenAgain() {
    Reply first = customer("user_1", "{\"email\":\"a@b.example\"}", "key-1");
    Reply again = customer("user_1", "{\"email\":\"a@b.example\"}", "key-1");

    assertThat(first.status()).isEqualTo(201);
    assertThat(first.header("Idempotent-Replayed")).isEmpty();
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.header("Location")).isEqualTo(first.header("Location"));
    assertThat(again.header("Content-Type")).isEqualTo(first.header("Content-Type"));
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
  }

  @Test
  void aRefusalIsGivenAgainToo() {
    Reply first = customer("user_2", "{\"email\":\"wrong\"}", "key-1");
    Reply again = customer("user_2", "{\"email\":\"wrong\"}", "key-1");

    assertThat(first.status()).isEqualTo(400);
    assertThat(again.status()).isEqualTo(400);
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(again.header("Content-Type")).startsWith("application/problem+json");
  }

  @Test
  void anotherRequestWithTheSameKeyIsRefused() {
    customer("user_3", "{}", "key-1");

    assertThat(customer("user_3", "{\"name\":\"Ada\"}", "key-1").code())
        .isEqualTo("idempotency_key_reused");
    assertThat(SERVER
            .post(
                "/api/v1/checkout",
                "user_3",
                RunningServer.checkoutOf("basic"),
                "Idempotency-Key",
                "key-1")
            .code())
        .isEqualTo("idempotency_key_reused");
  }

  @Test
  void keysOfDifferentAccountsDoNotMeet() {
    Reply one = customer("user_4", "{}", "shared");
    Reply other = customer("user_5", "{}", "shared");

    assertThat(other.status()).isEqualTo(201);
    assertThat(other.at("/accountId")).isNotEqualTo(one.at("/accountId"));
  }

  @Test
  void aFailureOfTheProviderIsNotKept() {
    SERVER.stripe.fail(new Fault("POST /v1/customers", 500, Fault.When.BEFORE), 20);
    Reply failed = customer("user_6", "{}", "key-1");
    SERVER.stripe.clearFaults();

    assertThat(failed.status()).isEqualTo(503);
    assertThat(failed.code()).isEqualTo("provider_unavailable");
    assertThat(Integer.parseInt(failed.header("Retry-After"))).isPositive();
    Reply repeated = customer("user_6", "{}", "key-1");
    assertThat(repeated.header("Idempotent-Replayed")).isEmpty();
    assertThat(repeated.status()).isNotEqualTo(409);
  }

  @Test
  void keysThatNobodyCouldKeepAreRefused() {
    for (String key : List.of(" ", "k".repeat(256), "a\tb")) {
      Reply reply = customer("user_7", "{}", key);

      assertThat(reply.status()).as(key).isEqualTo(400);
      assertThat(reply.at("/errors/0/field")).isEqualTo("Idempotency-Key");
    }
  }

  @Test
  void ofRequestsAtTheSameTimeOneIsDone() throws InterruptedException, ExecutionException {
    ExecutorService callers = Executors.newFixedThreadPool(8);
    List<Future<Reply>> calls = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      calls.add(callers.submit(() -> customer("user_8", "{\"name\":\"Ada\"}", "key-1")));
    }
    List<Reply> replies = new ArrayList<>();
    for (Future<Reply> call : calls) {
      replies.add(call.get());
    }
    callers.shutdown();

    assertThat(replies.stream()
            .filter(reply -> reply.status() == 201)
            .filter(reply -> reply.header("Idempotent-Replayed").isEmpty()))
        .hasSize(1);
    assertThat(replies).allSatisfy(reply -> assertThat(reply.status()).isIn(201, 409));
    assertThat(replies.stream().filter(reply -> reply.status() == 409)).allSatisfy(reply -> {
      assertThat(reply.code()).isEqualTo("in_progress");
      assertThat(reply.header("Retry-After")).isNotEmpty();
    });
  }

  private static Reply customer(String user, String body, String key) {
    return SERVER.post("/api/v1/customer", user, body, "Idempotency-Key", key);
  }
}
