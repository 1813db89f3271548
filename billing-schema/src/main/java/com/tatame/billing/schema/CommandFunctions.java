package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.CommandJournal;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.command.JournalFilter;
import com.tatame.billing.command.RequestKey;
import com.tatame.billing.command.Resolution;
import com.tatame.billing.schema.AuditFunctions.Watch;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The journal of outgoing mutations behind its functions. */
final class CommandFunctions implements CommandJournal {
  private final Functions functions;
  private final AuditFunctions audited;

  CommandFunctions(Functions functions, AuditFunctions audited) {
    this.functions = functions;
    this.audited = audited;
  }

  @Override
  public Command open(Command planned, AuditEntry audit) {
    Row row = Row.empty()
        .with("id", planned.id().value())
        .with("account_id", planned.account().value())
        .with("kind", planned.kind())
        .with("target", planned.target())
        .with("params", planned.params())
        .with("state", planned.state())
        .with("generation", planned.generation())
        .with("created_at", planned.createdAt())
        .with("first_sent_at", planned.firstSentAt())
        .with("result", planned.result())
        .with("error", planned.error())
        .with("request_key", planned.request().map(RequestKey::value));
    return command(new Row(audited.call(audit, watch(planned.id(), "id"), "open_command_v1", row)));
  }

  static Command command(Row row) {
    return new Command(
        new CommandId(row.text("id")),
        new AccountId(row.text("account_id")),
        row.constant("kind", CommandKind.class),
        row.text("target"),
        row.texts("params"),
        row.constant("state", CommandState.class),
        row.integer("generation"),
        row.instant("created_at"),
        row.optionalInstant("first_sent_at"),
        row.optionalText("result"),
        row.optionalText("error"),
        row.optionalText("request_key").map(RequestKey::new),
        row.rows("resolutions").map(CommandFunctions::resolution));
  }

  private static Resolution resolution(Row row) {
    return new Resolution(
        row.constant("outcome", Resolution.Outcome.class),
        row.optionalText("result"),
        row.text("reason"),
        row.text("by"),
        row.instant("at"));
  }

  @Override
  public Optional<Command> begin(CommandId id, String lease, Instant now, Duration leaseTime) {
    Row asked = Row.empty()
        .with("id", id.value())
        .with("lease", lease)
        .with("now", now)
        .with("lease_until", now.plus(leaseTime));
    return functions.row("begin_command_v1", asked).map(CommandFunctions::command);
  }

  @Override
  public boolean extend(CommandId id, String lease, Instant now, Duration leaseTime) {
    Row asked = Row.empty()
        .with("id", id.value())
        .with("lease", lease)
        .with("lease_until", now.plus(leaseTime));
    return functions.call("extend_command_v1", asked).booleanValue();
  }

  @Override
  public boolean end(
      CommandId id,
      String lease,
      CommandState state,
      Optional<String> result,
      Optional<String> error,
      Instant now) {
    if (state == CommandState.SENDING) {
      throw new IllegalArgumentException("an attempt can't end in sending");
    }
    Row asked = Row.empty()
        .with("id", id.value())
        .with("lease", lease)
        .with("state", state)
        .with("result", result)
        .with("error", error)
        .with("now", now);
    return functions.call("end_command_v1", asked).booleanValue();
  }

  @Override
  public Optional<Command> renew(
      CommandId id, String lease, int generation, Instant now, Duration leaseTime) {
    Row asked = Row.empty()
        .with("id", id.value())
        .with("lease", lease)
        .with("generation", generation)
        .with("now", now)
        .with("lease_until", now.plus(leaseTime));
    return functions.row("renew_command_v1", asked).map(CommandFunctions::command);
  }

  @Override
  public Optional<Command> find(CommandId id) {
    return functions
        .row("find_command_v1", Row.empty().with("id", id.value()))
        .map(CommandFunctions::command);
  }

  @Override
  public Optional<Command> findOpen(AccountId account, CommandKind kind, String target) {
    Row asked =
        Row.empty().with("account_id", account.value()).with("kind", kind).with("target", target);
    return functions.row("find_open_command_v1", asked).map(CommandFunctions::command);
  }

  @Override
  public List<Command> ofRequest(RequestKey request) {
    return functions
        .rows("commands_of_request_v1", Row.empty().with("request_key", request.value()))
        .map(CommandFunctions::command);
  }

  @Override
  public Optional<Command> lastSucceeded(AccountId account, CommandKind kind, String target) {
    Row asked =
        Row.empty().with("account_id", account.value()).with("kind", kind).with("target", target);
    return functions.row("last_succeeded_command_v1", asked).map(CommandFunctions::command);
  }

  @Override
  public List<Command> list(JournalFilter filter, Optional<CommandId> before, int limit) {
    Page.check(limit);
    Row asked = Row.empty()
        .with("state", filter.state())
        .with("account_id", filter.account())
        .with("before", before.map(CommandId::value))
        .with("limit", limit);
    return functions.rows("list_commands_v1", asked).map(CommandFunctions::command);
  }

  @Override
  public long undecided() {
    return functions.call("undecided_commands_v1", Row.empty()).longValue();
  }

  @Override
  public Optional<Command> resolve(
      CommandId id, int generation, Resolution resolution, AuditEntry audit) {
    Row asked = Row.empty()
        .with("id", id.value())
        .with("generation", generation)
        .with("state", resolution.outcome().state())
        .with(
            "resolution",
            Row.empty()
                .with("outcome", resolution.outcome())
                .with("result", resolution.result())
                .with("reason", resolution.reason())
                .with("by", resolution.by())
                .with("at", resolution.at()));
    return audited
        .row(audit, watch(id, "resolutions"), "resolve_command_v1", asked)
        .map(CommandFunctions::command);
  }

  private static Watch watch(CommandId id, String field) {
    return new Watch("find_command_v1", Row.empty().with("id", id.value()), field);
  }

  @Override
  public List<Command> abandoned(Instant before, Instant now, int limit) {
    Row asked = Row.empty().with("before", before).with("now", now).with("limit", limit);
    return functions.rows("abandoned_commands_v1", asked).map(CommandFunctions::command);
  }
}
