package com.tatame.billing.command;

import com.tatame.billing.audit.AuditAction;
import com.tatame.billing.audit.AuditChange;
import com.tatame.billing.audit.AuditEntry;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What the audit log holds of commands: that one was planned, and by whom. What became of it is in the
 * journal.
 */
final class CommandAudit {
  /** Of what is replaced, under the name of what replaces it. */
  private static final Map<String, String> BEFORE =
      Map.of("from_price", "price", "from_quantity", "quantity");

  /** Who gives a discount is the actor. */
  private static final String BY = "by";

  private CommandAudit() {}

  static AuditEntry planned(Command command) {
    Map<String, String> before = new HashMap<>();
    Map<String, String> after = new HashMap<>();
    command.shownParams().forEach((param, value) -> {
      if (BEFORE.containsKey(param)) {
        before.put(BEFORE.get(param), value);
      } else if (!param.equals(BY)) {
        after.put(param, value);
      }
    });
    if (command.kind() == CommandKind.UPDATE_CUSTOMER) {
      after.put("fields", hidden(command));
    }
    after.put("command", command.id().value());
    return AuditEntry.of(
        command.createdAt(),
        command.kind().code(),
        Optional.of(command.account()),
        target(command),
        before.isEmpty() ? AuditChange.created(after) : AuditChange.changed(before, after));
  }

  // Only that they change: the values describe a person.
  private static String hidden(Command command) {
    TreeSet<String> names = new TreeSet<>(command.params().keySet());
    names.removeAll(command.shownParams().keySet());
    return String.join(",", names);
  }

  // The number of a tax id may be a person's.
  private static String target(Command command) {
    return command.kind() == CommandKind.ADD_TAX_ID ? command.id().value() : command.target();
  }

  static AuditEntry resolved(Command command, Resolution resolution) {
    Map<String, String> after = new HashMap<>();
    after.put("state", resolution.outcome().state().code());
    after.put("outcome", resolution.outcome().code());
    resolution.result().ifPresent(result -> after.put("result", result));
    return AuditEntry.of(
        resolution.at(),
        AuditAction.RESOLVE_COMMAND.code(),
        Optional.of(command.account()),
        command.id().value(),
        AuditChange.changed(Map.of("state", command.state().code()), after));
  }
}
