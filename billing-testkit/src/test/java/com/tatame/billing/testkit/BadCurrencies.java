package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.CommandJournal;
import com.tatame.billing.command.JournalFilter;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.purchase.PurchaseStore;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.subscription.SubscriptionStore;
import java.util.Map;
import java.util.Optional;

/** Stores that forget something of which the currency of an account follows. */
@SuppressWarnings("unchecked") // Arguments of the ports' methods come untyped through a proxy.
final class BadCurrencies {
  private BadCurrencies() {}

  static class ListsLivingSubscriptions extends ForwardingStore {
    @Override
    public SubscriptionStore subscriptions() {
      return spoil(
          SubscriptionStore.class,
          good.subscriptions(),
          Map.of(
              "all",
              args -> good.subscriptions().all((AccountId) args[0]).stream()
                  .filter(subscription -> subscription.status() != SubscriptionStatus.CANCELED)
                  .toList()));
    }
  }

  static class ListsWhatWasNotRefunded extends ForwardingStore {
    @Override
    public PurchaseStore purchases() {
      return spoil(
          PurchaseStore.class,
          good.purchases(),
          Map.of(
              "list",
              args -> good
                  .purchases()
                  .list(
                      (AccountId) args[0],
                      Optional.empty(),
                      (Optional<String>) args[args.length - 2],
                      (int) args[args.length - 1])
                  .stream()
                  .filter(purchase -> purchase.status() != Purchase.Status.REFUNDED)
                  .toList()));
    }
  }

  static class ListsSettledCommands extends ForwardingStore {
    @Override
    public CommandJournal commands() {
      return spoil(
          CommandJournal.class,
          good.commands(),
          Map.of(
              "list",
              args -> good
                  .commands()
                  .list((JournalFilter) args[0], (Optional<CommandId>) args[1], (int) args[2])
                  .stream()
                  .filter(command -> !command.state().open())
                  .toList()));
    }
  }

  static class ListsCommandsWithoutResults extends ForwardingStore {
    @Override
    public CommandJournal commands() {
      return spoil(
          CommandJournal.class,
          good.commands(),
          Map.of(
              "list",
              args -> good
                  .commands()
                  .list((JournalFilter) args[0], (Optional<CommandId>) args[1], (int) args[2])
                  .stream()
                  .map(BadCurrencies::withoutResult)
                  .toList()));
    }
  }

  private static Command withoutResult(Command command) {
    return new Command(
        command.id(),
        command.account(),
        command.kind(),
        command.target(),
        command.params(),
        command.state(),
        command.generation(),
        command.createdAt(),
        command.firstSentAt(),
        Optional.empty(),
        command.error(),
        command.request(),
        command.resolutions());
  }
}
