package com.tatame.billing.trial;

import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandHandler;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandLookup;
import com.tatame.billing.command.CommandParam;
import com.tatame.billing.command.CommandParams;
import com.tatame.billing.command.CommandSearch;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionControl;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.util.Map;
import java.util.Optional;

/** How a trial is ended at the provider: only while it goes on there. */
public final class TrialCommands {
  private TrialCommands() {}

  /** How it is sent, and found. */
  public static Map<CommandKind, CommandHandler> handlers(
      SubscriptionControl provider, ObjectReads reads, CommandSearch search) {
    return Map.of(
        CommandKind.END_TRIAL,
        CommandHandler.of(
            command -> Optional.of(customer(command)),
            command -> {
              ObjectRef subscription = new ObjectRef(ObjectKind.SUBSCRIPTION, command.target());
              Observation present = reads.read(subscription, customer(command));
              return goesOn(present)
                  ? provider.endTrial(command.target(), command.idempotencyKey())
                  : present;
            },
            command -> {
              Observation present = search.read(command, Optional.of(customer(command)));
              return goesOn(present) ? new CommandLookup.Absent() : new CommandLookup.Done(present);
            }));
  }

  static Map<String, String> params(Trial trial) {
    return CommandParams.ofCustomer(trial.customerId()).asMap();
  }

  private static SubjectId customer(Command command) {
    return new SubjectId(CommandParam.CUSTOMER.get(command));
  }

  private static boolean goesOn(Observation seen) {
    return seen.state()
        .map(Subscription.class::cast)
        .filter(subscription -> subscription.status() == SubscriptionStatus.TRIALING)
        .isPresent();
  }
}
