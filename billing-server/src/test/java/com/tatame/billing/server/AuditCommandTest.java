package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AuditCommandTest {
  private final InMemoryBillingStore store = new InMemoryBillingStore();

  @Test
  void whatIsDoneAtTheCommandLineIsItsOwn() {
    assertThat(run("keys", "create", "--name", "n", "--scope", "account").status())
        .isZero();

    CommandRun listed = run("audit");

    assertThat(listed.status()).isZero();
    assertThat(listed.out()).contains("  cli  create_api_key  bk_", "is {scopes=account}");
    assertThat(store.apiKeys().list(Optional.empty(), 10)).hasSize(1);
  }

  @Test
  void allPagesAreListed() {
    for (int i = 0; i < 101; i++) {
      run("keys", "create", "--name", "n", "--scope", "account");
    }

    assertThat(run("audit").out().lines()).hasSize(101);
  }

  @Test
  void listIsFiltered() {
    run("keys", "create", "--name", "n", "--scope", "account");

    assertThat(run("audit", "--actor", "cli", "--action", "create_api_key").out())
        .contains("create_api_key");
    for (String[] other : new String[][] {
      {"--account", "user_1"},
      {"--actor", AnAuditEntry.any().actor().value()},
      {"--action", "create_grant"},
      {"--from", "2199-01-01T00:00:00Z"},
      {"--to", "2020-01-01T00:00:00Z"}
    }) {
      assertThat(run("audit", other[0], other[1]).out())
          .as(other[0])
          .contains("Nothing is recorded");
    }
    assertThat(run("audit", "--from", "yesterday").err())
        .contains("--from", "2026-01-31T09:00:00Z");
  }

  private CommandRun run(String... arguments) {
    return CommandRun.of(store, Map.of(), arguments);
  }
}
