package com.tatame.billing.subscription;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandParam;
import com.tatame.billing.command.CommandParams;
import com.tatame.billing.command.Commands;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;

/** Finds an account's own subscriptions, and runs commands on them. */
final class OwnedSubscriptions {
  private final SubscriptionStore store;
  private final Commands commands;

  OwnedSubscriptions(SubscriptionStore store, Commands commands) {
    this.store = store;
    this.commands = commands;
  }

  Subscription get(AccountId account, String id) {
    return store.find(account, id).orElseThrow(() -> new NotFound("subscription", id));
  }

  /** One that has not ended. */
  Subscription alive(AccountId account, String id) {
    Subscription subscription = get(account, id);
    if (subscription.terminal()) {
      throw Conflict.because("The subscription has ended; start a new one instead.");
    }
    return subscription;
  }

  /** Runs a command, and reads the subscription as it is afterwards. */
  Subscription run(
      Subscription subscription, AccountId account, CommandKind kind, CommandParams params) {
    params.with(CommandParam.CUSTOMER, subscription.customerId());
    commands.run(Command.planned(
        commands.nextId(), account, kind, subscription.id(), params.asMap(), commands.now()));
    return get(account, subscription.id());
  }
}
