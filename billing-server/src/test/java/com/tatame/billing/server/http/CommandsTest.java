package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.CommandJournal;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.server.http.RunningServer.Reply;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What operators see of commands, and decide. */
final class CommandsTest {
  private static final RunningServer SERVER = new RunningServer();
  private static final String PATH = "/api/v1/commands";
  private static final String ROOT = "user_root";

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void areListedWithoutPersonalData() {
    SERVER.post("/api/v1/customer", "user_listed", "{\"email\":\"ada@secret.example\"}");

    Reply listed = SERVER.get(PATH + "?account=user_listed", ROOT);

    assertThat(listed.status()).isEqualTo(200);
    assertThat(listed.at("/data/0/kind")).isEqualTo("create_customer");
    assertThat(listed.at("/data/0/accountId")).isEqualTo("user_listed");
    assertThat(listed.at("/data/0/state")).isEqualTo("succeeded");
    assertThat(listed.at("/data/0/result")).startsWith("cus_");
    assertThat(listed.body()).doesNotContain("secret.example");
    Reply read = SERVER.get(PATH + "/" + listed.at("/data/0/id"), ROOT);
    assertThat(read.json()).isEqualTo(listed.json().at("/data/0"));
    assertThat(SERVER
            .get(PATH + "?account=user_listed&state=rejected", ROOT)
            .json()
            .at("/data"))
        .isEmpty();
  }

  @Test
  void areDecidedOnceAndKeepWhoDecided() {
    Command undecided = undecided("user_decided");
    assertThat(SERVER.get(PATH + "?state=needs_operator", ROOT).body())
        .contains(undecided.id().value());
    assertThat(SERVER
            .get("/health", null)
            .json()
            .at("/services/commands/needsOperator")
            .asLong())
        .isPositive();

    Reply resolved =
        resolve(undecided, "{\"outcome\":\"not_executed\",\"reason\":\"not in the dashboard\"}");

    assertThat(resolved.status()).isEqualTo(200);
    assertThat(resolved.at("/state")).isEqualTo("rejected");
    assertThat(resolved.at("/resolutions/0/by")).isEqualTo(ROOT);
    assertThat(resolved.at("/resolutions/0/reason")).isEqualTo("not in the dashboard");
    Reply again = resolve(undecided, "{\"outcome\":\"not_executed\",\"reason\":\"again\"}");
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.code()).isEqualTo("conflict");
  }

  @Test
  void areNotDecidedByHalfAnAnswer() {
    Command undecided = undecided("user_half");

    assertThatItIsRefused(undecided, "{\"outcome\":\"not_executed\"}", "reason");
    assertThatItIsRefused(undecided, "{\"outcome\":\"maybe\",\"reason\":\"why\"}", "outcome");
    assertThatItIsRefused(undecided, "{\"outcome\":\"succeeded\",\"reason\":\"why\"}", "result");
    assertThatItIsRefused(
        undecided,
        "{\"outcome\":\"succeeded\",\"reason\":\"why\",\"result\":\"sub_none\"}",
        "result");
    assertThatItIsRefused(
        undecided,
        "{\"outcome\":\"not_executed\",\"reason\":\"why\",\"result\":\"sub_1\"}",
        "result");
    assertThatItIsRefused(
        undecided,
        "{\"outcome\":\"succeeded\",\"reason\":\"why\",\"result\":\"sub_1\",\"sendAgain\":true}",
        "sendAgain");
    assertThat(SERVER.get(PATH + "/" + undecided.id(), ROOT).at("/state"))
        .isEqualTo("needs_operator");
    assertThat(SERVER.get(PATH + "?state=lost", ROOT).at("/errors/0/field")).isEqualTo("state");
  }

  @Test
  void areNobodysButOperators() {
    assertThat(SERVER.get(PATH, "user_nosy").status()).isEqualTo(403);
    assertThat(SERVER.get(PATH + "/none", ROOT).status()).isEqualTo(404);
    assertThat(SERVER
            .post(PATH + "/none/resolve", ROOT, "{\"outcome\":\"not_executed\",\"reason\":\"why\"}")
            .status())
        .isEqualTo(404);
  }

  private static void assertThatItIsRefused(Command command, String body, String field) {
    Reply refused = resolve(command, body);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.at("/errors/0/field")).isEqualTo(field);
  }

  private static Reply resolve(Command command, String body) {
    return SERVER.post(PATH + "/" + command.id() + "/resolve", ROOT, body);
  }

  private static Command undecided(String account) {
    CommandJournal journal = SERVER.store().commands();
    Instant now = Instant.parse("2026-01-02T03:04:05Z");
    Command command = journal.open(
        Command.planned(
            new CommandId("cmd_of_" + account),
            new AccountId(account),
            CommandKind.CANCEL_SUBSCRIPTION,
            "sub_1",
            Map.of("when", "now"),
            now),
        AnAuditEntry.any());
    journal.begin(command.id(), "lease", now, Duration.ofMinutes(1));
    journal.end(
        command.id(),
        "lease",
        CommandState.NEEDS_OPERATOR,
        Optional.empty(),
        Optional.of("it may have been"),
        now);
    return command;
  }
}
