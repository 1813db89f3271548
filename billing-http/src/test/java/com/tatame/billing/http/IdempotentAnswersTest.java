package com.tatame.billing.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.RequestKey;
import com.tatame.billing.command.RequestScope;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.lease.Heartbeats;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class IdempotentAnswersTest {
  private static final AccountId ADA = new AccountId("user_ada");
  private static final String KEY = "key";

  private final InMemoryBillingStore store = new InMemoryBillingStore();
  private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final Heartbeats heartbeats = new Heartbeats(clock);
  private final IdempotentAnswers answers = new IdempotentAnswers(
      store.idempotency(),
      clock,
      new Random(1),
      heartbeats,
      new LongRequests(Duration.ofMillis(20), RequestTraces.NONE),
      ClientRequest::remoteAddress);

  @Test
  void aRequestThatTakesLongIsInProgressAndItsKeyGetsTheResult() throws Exception {
    CountDownLatch provider = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    Answer late = ProblemCode.of(IdempotentAnswers.underWay(), "request");

    CompletableFuture<Answer> answer = answers.inTime(
        () -> {
          Answer first = ask(() -> {
            await(provider);
            return Answer.ok(Map.of("id", "sub_1"));
          });
          done.countDown();
          return first;
        },
        late);

    assertThat(answer.get(30, TimeUnit.SECONDS).status()).isEqualTo(409);
    assertThat(answer.get().headers()).containsKey("Retry-After");
    assertThatThrownBy(() -> ask(Answer::noContent))
        .isInstanceOfSatisfying(
            Conflict.class, conflict -> assertThat(conflict.code()).isEqualTo("in_progress"));
    provider.countDown();
    await(done);
    Answer replayed = ask(Answer::noContent);
    assertThat(replayed.status()).isEqualTo(200);
    assertThat(replayed.body()).contains("sub_1");
    assertThat(replayed.headers()).containsEntry("Idempotent-Replayed", "true");
  }

  @Test
  void aKeyStaysWithItsProcessWhileItsHeartBeats() {
    ask(() -> {
      for (int i = 0; i < 30; i++) {
        clock.advance(Heartbeats.INTERVAL);
        heartbeats.beat();
      }
      assertThatThrownBy(() -> ask(Answer::noContent)).isInstanceOf(Conflict.class);
      return Answer.noContent();
    });
  }

  @Test
  void aKeyIsFreeSixSecondsAfterTheLastHeartbeat() {
    AtomicInteger asked = new AtomicInteger();
    ask(() -> {
      clock.advance(Heartbeats.LEASE);
      ask(() -> {
        asked.incrementAndGet();
        return Answer.noContent();
      });
      return Answer.noContent();
    });

    assertThat(asked).hasValue(1);
  }

  @Test
  void anAnswerThatLeavesTheQuestionOpenIsNotKept() {
    Answer open = ProblemCode.of(IdempotentAnswers.underWay(), "request");

    assertThat(ask(() -> open).status()).isEqualTo(409);

    assertThat(ask(Answer::noContent).status()).isEqualTo(204);
  }

  @Test
  void aKeyWhoseRequestMayHaveBeenDoneIsNotFreeForAnother() {
    ask(() -> ProblemCode.INTERNAL_ERROR.answer("request", "failed"));

    assertThatThrownBy(() -> answers.answer(
            new IdempotentAnswers.Slot(ADA, KEY),
            "another",
            Answer::noContent,
            kept -> Answer.noContent()))
        .isInstanceOfSatisfying(
            Conflict.class,
            conflict -> assertThat(conflict.code()).isEqualTo("idempotency_key_reused"));
  }

  @Test
  void whatARequestDoesIsDoneUnderItsKey() {
    ask(() -> {
      assertThat(RequestScope.current()).contains(RequestKey.of(ADA.value(), KEY));
      return Answer.noContent();
    });

    assertThat(RequestScope.current()).isEqualTo(Optional.empty());
  }

  private Answer ask(Supplier<Answer> first) {
    return answers.answer(
        new IdempotentAnswers.Slot(ADA, KEY), "fingerprint", first, kept -> Answer.noContent());
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
