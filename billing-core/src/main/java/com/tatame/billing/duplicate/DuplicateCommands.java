package com.tatame.billing.duplicate;

import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandHandler;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandLookup;
import com.tatame.billing.command.CommandParam;
import com.tatame.billing.command.CommandParams;
import com.tatame.billing.command.CommandSearch;
import com.tatame.billing.command.Commands;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionControl;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a duplicate is ended at the provider: only while the provider itself holds both. */
public final class DuplicateCommands {
  private static final CommandParam<String> KEPT = CommandParam.text("kept");

  private DuplicateCommands() {}

  static Map<String, String> params(Duplicate duplicate) {
    return CommandParams.ofCustomer(duplicate.customerId())
        .with(KEPT, duplicate.keptId())
        .asMap();
  }

  /** How it is sent, and found. */
  public static Map<CommandKind, CommandHandler> handlers(
      CatalogInForce catalog, SubscriptionControl provider, CommandSearch search) {
    return Map.of(
        CommandKind.CANCEL_DUPLICATE,
        CommandHandler.of(
            DuplicateCommands::subject,
            command -> cancel(command, new DuplicateRule(catalog.get()), provider),
            command -> find(command, search)));
  }

  private static Optional<SubjectId> subject(Command command) {
    return Optional.of(new SubjectId(CommandParam.CUSTOMER.get(command)));
  }

  // What was decided on may be over by now, and is asked for in the very step that acts on it.
  private static Observation cancel(
      Command command, DuplicateRule rule, SubscriptionControl provider) {
    List<Observation> held = provider.ofCustomer(CommandParam.CUSTOMER.get(command));
    Optional<Observation> ended =
        held.stream().filter(seen -> endedByUs(command, seen)).findFirst();
    if (ended.isPresent()) {
      return ended.get();
    }
    List<Subscription> subscriptions = held.stream()
        .flatMap(seen -> seen.state().stream())
        .map(Subscription.class::cast)
        .toList();
    if (rule.pairOf(command.target(), subscriptions).isEmpty()) {
      throw Commands.superseded("There are no two subscriptions any more; nothing was canceled.");
    }
    return provider.cancelNow(
        command.target(), Optional.of(reason(command)), command.idempotencyKey());
  }

  private static CommandLookup find(Command command, CommandSearch search) {
    Observation present = search.read(command, subject(command));
    return endedByUs(command, present)
        ? new CommandLookup.Done(present)
        : new CommandLookup.Absent();
  }

  // If another program ended it, the reason differs, and that program dealt with the money.
  private static boolean endedByUs(Command command, Observation seen) {
    return seen.state()
        .map(Subscription.class::cast)
        .filter(subscription -> subscription.id().equals(command.target()))
        .filter(Subscription::terminal)
        .flatMap(Subscription::cancelReason)
        .filter(reason(command)::equals)
        .isPresent();
  }

  private static String reason(Command command) {
    return "one too many, beside " + KEPT.get(command);
  }
}
