package com.tatame.billing.payment;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.Commands;
import com.tatame.billing.customer.CustomerLink;
import com.tatame.billing.customer.Customers;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ProviderUnavailable;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Use cases: how an account pays. Payment methods of other accounts are not found. */
public final class SavedPaymentMethods {
  private final PaymentMethodStore store;
  private final PaymentMethods provider;
  private final Customers customers;
  private final Commands commands;

  public SavedPaymentMethods(
      PaymentMethodStore store, PaymentMethods provider, Customers customers, Commands commands) {
    this.store = store;
    this.provider = provider;
    this.customers = customers;
    this.commands = commands;
  }

  /** A payment method, and whether the next invoice is charged to it. */
  public record Saved(PaymentMethod method, boolean isDefault) {}

  /**
   * A payment method that is about to be saved.
   *
   * @param clientSecret for the provider's library in the payer's application
   */
  public record Setup(String setupIntentId, String clientSecret) {
    @Override
    public String toString() {
      return "Setup[" + setupIntentId + "]";
    }
  }

  /**
   * One page, as {@link PaymentMethodStore#list}.
   *
   * @throws ProviderUnavailable while it is unknown which of them is the default
   */
  public List<Saved> list(AccountId account, Optional<String> after, int limit) {
    List<PaymentMethod> page = store.list(account, after, limit);
    if (page.isEmpty()) {
      return List.of();
    }
    Optional<String> chosen = provider.defaultOf(page.get(0).customerId());
    return page.stream()
        .map(method -> new Saved(method, chosen.filter(method.id()::equals).isPresent()))
        .toList();
  }

  /** Begins to save a payment method; the account gets a customer if it has none. */
  public Setup add(Principal caller) {
    CustomerLink customer =
        customers.ensure(caller, Optional.empty(), Optional.empty()).link();
    Command done = run(
        caller.account(),
        CommandKind.BEGIN_SETUP,
        customer.customerId(),
        PaymentMethodCommands.params(customer.customerId()));
    return setup(customer, done.result().orElseThrow());
  }

  /**
   * A payment method that was about to be saved, with the secret read again: it is kept nowhere.
   *
   * @throws NotFound if the account has no such setup intent
   */
  public Setup setup(AccountId account, String setupIntentId) {
    return setup(
        customers.find(account).orElseThrow(() -> new NotFound("setup intent", setupIntentId)),
        setupIntentId);
  }

  private Setup setup(CustomerLink customer, String id) {
    return new Setup(
        id,
        provider
            .clientSecret(customer.customerId(), id)
            .orElseThrow(() -> new NotFound("setup intent", id)));
  }

  /**
   * Takes a payment method off its account, for good.
   *
   * @throws Conflict if it is the last one and a subscription lives on it
   */
  public void remove(AccountId account, String id) {
    try {
      if (commands.finishEarlier(CommandKind.DETACH_PAYMENT_METHOD).isPresent()) {
        return;
      }
      PaymentMethod method = find(account, id);
      // One after the other, so that no two go that are the last two.
      run(
          account,
          CommandKind.DETACH_PAYMENT_METHOD,
          method.customerId(),
          PaymentMethodCommands.params(method));
    } catch (ProviderRejected e) {
      if (Commands.wasSuperseded(e)) {
        throw Conflict.lastPaymentMethod();
      }
      throw e;
    }
  }

  /** Charges this one from now on. */
  public Saved makeDefault(AccountId account, String id) {
    PaymentMethod method = find(account, id);
    run(
        account,
        CommandKind.DEFAULT_PAYMENT_METHOD,
        method.customerId(),
        PaymentMethodCommands.params(method));
    return new Saved(method, true);
  }

  private PaymentMethod find(AccountId account, String id) {
    return store.find(account, id).orElseThrow(() -> new NotFound("payment method", id));
  }

  private Command run(
      AccountId account, CommandKind kind, String target, Map<String, String> params) {
    return commands.run(
        Command.planned(commands.nextId(), account, kind, target, params, commands.now()));
  }
}
