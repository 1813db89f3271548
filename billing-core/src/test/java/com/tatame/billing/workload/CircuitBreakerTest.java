package com.tatame.billing.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
  private final Deque<Runnable> started = new ArrayDeque<>();
  private final List<Duration> pauses = new ArrayList<>();
  private final Deque<Boolean> answers = new ArrayDeque<>();
  private final CircuitBreaker breaker =
      new CircuitBreaker("a database", answers::remove, pauses::add, started::add);

  @Test
  void staysOpenUntilAProbeIsAnswered() {
    answers.addAll(List.of(false, false, true));
    assertThat(breaker.open()).isFalse();

    breaker.trip();
    assertThat(breaker.open()).isTrue();
    started.remove().run();

    assertThat(breaker.open()).isFalse();
    assertThat(pauses).hasSize(3).containsOnly(CircuitBreaker.PROBE_EVERY);
    assertThat(answers).isEmpty();
  }

  @Test
  void onlyRefusedConnectionsAndUnknownHostsAreRefusals() {
    assertThat(List.of(
            new ConnectException("Connection refused"),
            new NoRouteToHostException(),
            new UnknownHostException("nowhere"),
            new IllegalStateException(new IOException(new ConnectException()))))
        .allMatch(CircuitBreaker::isRefusal);

    Exception slow = new HttpConnectTimeoutException("HTTP connect timed out");
    slow.initCause(new ConnectException("HTTP connect timed out"));
    assertThat(List.of(
            slow,
            new SocketTimeoutException("Connect timed out"),
            new HttpTimeoutException("request timed out"),
            new IOException("Connection reset"),
            new IllegalStateException()))
        .noneMatch(CircuitBreaker::isRefusal);
  }

  @Test
  void probesOnceAtATimeHoweverManyAreRefused() {
    breaker.trip();
    breaker.trip();
    breaker.trip();

    assertThat(started).hasSize(1);
  }

  @Test
  void opensAgainWhenItIsRefusedAgain() {
    answers.addAll(List.of(true, true));
    breaker.trip();
    started.remove().run();

    breaker.trip();

    assertThat(breaker.open()).isTrue();
    started.remove().run();
    assertThat(breaker.open()).isFalse();
  }

  @Test
  void probeThatThrowsIsNotAnswered() {
    List<Boolean> seen = new ArrayList<>();
    CircuitBreaker throwing = new CircuitBreaker(
        "a database",
        () -> {
          seen.add(true);
          if (seen.size() < 3) {
            throw new IllegalStateException("refused");
          }
          return true;
        },
        pauses::add,
        started::add);
    throwing.trip();
    started.remove().run();

    assertThat(seen).hasSize(3);
    assertThat(throwing.open()).isFalse();
  }

  @Test
  void endsWithItsOwner() {
    breaker.trip();
    breaker.end();
    started.remove().run();
    breaker.trip();

    assertThat(breaker.open()).isFalse();
    assertThat(started).isEmpty();
  }
}
