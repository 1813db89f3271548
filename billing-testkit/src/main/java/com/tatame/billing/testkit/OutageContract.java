package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.store.StoreMode;
import com.tatame.billing.testkit.fixture.AnEvent;
import com.tatame.billing.workload.WorkContext;
import com.tatame.billing.workload.Workload;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/**
 * What a store does while its database is in trouble. An adapter's test class brings a store on a
 * database that can be broken; each test leaves both well.
 */
public interface OutageContract extends StoreUnderTest {
  AccountId ACCOUNT = new AccountId("user_outage");
  Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  Duration LONG = Duration.ofSeconds(60);
  Duration SHORT = Duration.ofMillis(300);

  /** What the store is on. */
  RestartablePostgres database();

  @Test
  default void storeIsDownWhileItsDatabaseIsStoppedAndUpOnceAProbeIsAnswered() {
    store().ping();
    assertThat(store().down()).isFalse();

    database().stop();
    await().atMost(LONG).until(() -> !answers() && store().down());
    assertThatThrownBy(() -> store().ping())
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("refuses connections");

    database().start();
    // Without calls meanwhile.
    await().atMost(LONG).until(() -> !store().down());
    assertThatCode(() -> store().ping()).doesNotThrowAnyException();
  }

  @Test
  default void frozenDatabaseKeepsNobodyBeyondItsTimeAndIsNotDown() {
    store().ping();
    database().freeze();
    try {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> WorkContext.within(SHORT, Workload.READS, System::nanoTime, () -> {
              store().ping();
              return true;
            }))
            .isInstanceOf(StoreUnavailable.class);
      }
      assertThat(store().down()).isFalse();
    } finally {
      database().thaw();
    }
    await().atMost(LONG).until(this::answers);
    assertThat(store().down()).isFalse();
  }

  @Test
  default void replicaIsReadOnlyAndAnswersReads() {
    assertThat(store().mode()).isEqualTo(StoreMode.OPEN);

    database().demote();
    await().atMost(LONG).until(this::answers);

    assertThat(store().mode()).isEqualTo(StoreMode.READ_ONLY);
    assertThat(store().usage().read(ACCOUNT, NOW).entitlement()).isEmpty();
    assertThatThrownBy(() -> store().inbox().ingest(AnEvent.several(1, NOW), NOW))
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("25006");
    assertThat(store().down()).isFalse();

    database().promote();
    await().atMost(LONG).until(() -> answers() && store().mode() == StoreMode.OPEN);
    assertThat(store().inbox().ingest(AnEvent.several(1, NOW), NOW)).hasSize(1);
  }

  private boolean answers() {
    try {
      store().ping();
      return true;
    } catch (StoreUnavailable e) {
      return false;
    }
  }
}
