package com.tatame.billing.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditAction;
import com.tatame.billing.audit.AuditEntry;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class CommandAuditTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final String SECRET = "not to be seen";

  @Test
  void changeTellsBothSides() {
    AuditEntry entry = planned(
        CommandKind.CHANGE_SUBSCRIPTION,
        "sub_1",
        Map.of(
            "customer", "cus_1",
            "price", "price_pro",
            "quantity", "3",
            "from_price", "price_basic",
            "from_quantity", "1"));

    assertThat(entry.action()).isEqualTo("change_subscription");
    assertThat(entry.target()).isEqualTo("sub_1");
    assertThat(entry.account()).contains(new AccountId("user_1"));
    assertThat(entry.change().before().orElseThrow())
        .isEqualTo(Map.of("price", "price_basic", "quantity", "1"));
    assertThat(entry.change().after().orElseThrow())
        .isEqualTo(
            Map.of("command", "c_1", "customer", "cus_1", "price", "price_pro", "quantity", "3"));
  }

  @Test
  void noKindTellsWhatOperatorsDontSee() {
    assertThat(CommandKind.values())
        .allSatisfy(kind -> assertThat(planned(
                    kind, "target", Map.of("hidden", SECRET, "reason_text", SECRET, "by", SECRET))
                .toString())
            .doesNotContain(SECRET));
  }

  @Test
  void changedDetailsOfACustomerAreNamedAndNotTold() {
    AuditEntry entry = planned(
        CommandKind.UPDATE_CUSTOMER,
        "cus_1",
        Map.of("customer", "cus_1", "name", SECRET, "address_city", SECRET));

    assertThat(entry.change().after().orElseThrow())
        .containsEntry("fields", "address_city,name")
        .containsEntry("customer", "cus_1");
  }

  @Test
  void numberOfATaxIdIsNotTold() {
    assertThat(planned(CommandKind.ADD_TAX_ID, SECRET, Map.of("type", "eu_vat")).target())
        .isEqualTo("c_1");
  }

  @Test
  void decisionIsToldWithoutItsReason() {
    Command command = command(CommandKind.CANCEL_SUBSCRIPTION, "sub_1", Map.of());

    AuditEntry entry = CommandAudit.resolved(
        command,
        new Resolution(
            Resolution.Outcome.SUCCEEDED, Optional.of("sub_1"), SECRET, "user_admin", NOW));

    assertThat(entry.action()).isEqualTo("resolve_command");
    assertThat(entry.target()).isEqualTo("c_1");
    assertThat(entry.change().after().orElseThrow())
        .isEqualTo(Map.of("state", "succeeded", "outcome", "succeeded", "result", "sub_1"));
    assertThat(entry.toString()).doesNotContain(SECRET, "user_admin");
  }

  @Test
  void actionsHaveOneMeaning() {
    assertThat(Stream.concat(
            Arrays.stream(CommandKind.values()).map(CommandKind::code),
            Arrays.stream(AuditAction.values()).map(AuditAction::code)))
        .doesNotHaveDuplicates();
  }

  private static AuditEntry planned(CommandKind kind, String target, Map<String, String> params) {
    return CommandAudit.planned(command(kind, target, params));
  }

  private static Command command(CommandKind kind, String target, Map<String, String> params) {
    return Command.planned(
        new CommandId("c_1"), new AccountId("user_1"), kind, target, params, NOW);
  }
}
