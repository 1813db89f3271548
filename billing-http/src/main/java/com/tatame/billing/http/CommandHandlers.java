package com.tatame.billing.http;

import static com.tatame.billing.http.Access.ADMINISTRATOR;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.PROVIDER_UNAVAILABLE;
import static com.tatame.billing.http.Route.Parameter.query;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.BILLING;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandAdministration;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.command.JournalFilter;
import com.tatame.billing.command.Resolution;
import com.tatame.billing.failure.ValidationFailed;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What was sent to the payment provider, and what of it a person must decide. */
final class CommandHandlers {
  static final String PATH = "/api/v1/commands";

  private final CommandAdministration commands;

  static List<Route> routes() {
    return List.of(
        get(PATH, ADMINISTRATOR)
            .orKeyWith(Scope.COMMANDS_READ)
            .is("Commands", "What was sent to the payment provider")
            .with(
                query("state", "Only those in this state, such as needs_operator."),
                query("account", "Only those of this account."))
            .paged()
            .answers(pageOf(CommandAnswer.class, "Newest first."))
            .by(to -> to.get(CommandHandlers.class)::list),
        get(PATH + "/{id}", ADMINISTRATOR)
            .orKeyWith(Scope.COMMANDS_READ)
            .is("Commands", "One command")
            .answers(reply(200, CommandAnswer.class, "The command."))
            .by(to -> to.get(CommandHandlers.class)::read),
        post(PATH + "/{id}/resolve", ADMINISTRATOR, BILLING)
            .orKeyWith(Scope.COMMANDS_WRITE)
            .is("Commands", "Decide about a command that could not be found out")
            .takes(ResolveCommand.class)
            .answers(reply(200, CommandAnswer.class, "As it is now."))
            .refuses(CONFLICT, PROVIDER_UNAVAILABLE)
            .by(to -> to.get(CommandHandlers.class)::resolve));
  }

  CommandHandlers(CommandAdministration commands) {
    this.commands = commands;
  }

  record CommandAnswer(
      @Doc("Also the metadata billing_command of what it made at the provider.")
      String id,

      String accountId,

      @Doc(value = "What it does.", example = "cancel_subscription")
      String kind,

      @Doc(value = "What it is about.", example = "sub_123") String target,
      @Doc("What was sent, without personal data.") Map<String, String> params,

      @Doc(
          value = "How far it got.",
          oneOf = {"planned", "sending", "unknown", "succeeded", "rejected", "needs_operator"})
      String state,

      @Doc("Part of its idempotency key; rises when it is sent under another.")
      int generation,

      @Doc("As the provider has it.") String idempotencyKey,
      Instant createdAt,
      @Nullable Instant firstSentAt,

      @Doc("The object that it made or changed.") @Nullable String result,

      @Doc("Why it was rejected, or can't be found out.") @Nullable
      String error,

      @Doc("What persons decided about it, oldest first.") List<ResolutionAnswer> resolutions) {
    static CommandAnswer of(Command command) {
      return new CommandAnswer(
          command.id().value(),
          command.account().value(),
          command.kind().code(),
          command.target(),
          command.shownParams(),
          command.state().code(),
          command.generation(),
          command.idempotencyKey(),
          command.createdAt(),
          command.firstSentAt().orElse(null),
          command.result().orElse(null),
          command.error().orElse(null),
          command.resolutions().stream().map(ResolutionAnswer::of).toList());
    }
  }

  record ResolutionAnswer(
      @Doc(
          value = "What it was decided to be.",
          oneOf = {"succeeded", "not_executed", "send_again"})
      String outcome,

      @Nullable String result,
      String reason,
      String by,
      Instant at) {
    static ResolutionAnswer of(Resolution resolution) {
      return new ResolutionAnswer(
          resolution.outcome().code(),
          resolution.result().orElse(null),
          resolution.reason(),
          resolution.by(),
          resolution.at());
    }
  }

  record ResolveCommand(
      @Doc(
          value = "What the provider's own records show.",
          oneOf = {"succeeded", "not_executed"})
      @Nullable
      String outcome,

      @Doc(value = "The object that it made or changed; if it succeeded.", example = "sub_123")
      @Nullable
      String result,

      @Doc("If it was not executed: whether it is still wanted. False if missing.") @Nullable
      Boolean sendAgain,

      @Doc("How it was found out, for the record; at most 500 characters.") @Nullable
      String reason) {}

  Answer list(Call call) {
    PageRequest page = call.page();
    JournalFilter filter = new JournalFilter(
        call.query("state").map(CommandHandlers::state), call.query("account").map(AccountId::new));
    return Answer.ok(page.render(
        commands.list(filter, page.after().map(CommandId::new), page.lookahead()),
        command -> command.id().value(),
        CommandAnswer::of));
  }

  Answer read(Call call) {
    return Answer.ok(CommandAnswer.of(commands.get(new CommandId(call.id("id")))));
  }

  Answer resolve(Call call) {
    CommandId id = new CommandId(call.id("id"));
    ResolveCommand wanted = call.optionalBody(ResolveCommand.class);
    String by = call.principal().subject();
    String reason = RequestFields.text("reason", wanted.reason())
        .orElseThrow(() -> ValidationFailed.of("reason", "say how it was found out"));
    Optional<String> result = RequestFields.text("result", wanted.result());
    if ("succeeded".equals(wanted.outcome())) {
      if (Boolean.TRUE.equals(wanted.sendAgain())) {
        throw ValidationFailed.of("sendAgain", "is for what was not executed");
      }
      String object = result
          .filter(InputRules::id)
          .orElseThrow(
              () -> ValidationFailed.of("result", "must be the id of what it made or changed"));
      return Answer.ok(CommandAnswer.of(commands.succeeded(id, object, reason, by)));
    }
    if (!"not_executed".equals(wanted.outcome())) {
      throw ValidationFailed.of("outcome", "must be succeeded or not_executed");
    }
    if (result.isPresent()) {
      throw ValidationFailed.of("result", "is for what was executed");
    }
    boolean again = Boolean.TRUE.equals(wanted.sendAgain());
    return Answer.ok(CommandAnswer.of(commands.notExecuted(id, again, reason, by)));
  }

  private static CommandState state(String code) {
    return Arrays.stream(CommandState.values())
        .filter(state -> state.code().equals(code))
        .findFirst()
        .orElseThrow(() -> ValidationFailed.of(
            "state",
            "must be one of "
                + String.join(
                    ", ",
                    Arrays.stream(CommandState.values()).map(CommandState::code).toList())));
  }
}
