package com.tatame.billing.checkout;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.command.Commands;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.money.Amounts;
import com.tatame.billing.money.Money;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.purchase.AccountCurrency;
import com.tatame.billing.purchase.CurrencyGuard;
import com.tatame.billing.purchase.SaleTerms;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lets an account switch to another currency until it has paid: its open checkouts and payments in
 * other currencies are closed first. One that can't be closed, because it is being sent or its
 * payment is under way, refuses the switch.
 */
public final class CurrencySwitch implements CurrencyGuard {
  private final AccountCurrency currencies;
  private final OpenSales open;
  private final SessionOpening sessions;
  private final Commands commands;

  public CurrencySwitch(
      AccountCurrency currencies, OpenSales open, SessionOpening sessions, Commands commands) {
    this.currencies = currencies;
    this.open = open;
    this.sessions = sessions;
    this.commands = commands;
  }

  /** Whether there is anything to choose. */
  boolean several() {
    return currencies.several();
  }

  /** As {@link AccountCurrency#of}. */
  Optional<String> of(AccountId account) {
    return currencies.of(account);
  }

  /** As {@link AccountCurrency#price}. */
  Money price(AccountId account, String name, Amounts amounts, Optional<String> wanted) {
    return currencies.price(account, name, amounts, wanted);
  }

  @Override
  public void require(AccountId account, String currency) {
    List<Command> others = open.inOtherCurrencies(account, currency, commands.now());
    if (!others.isEmpty()) {
      others.forEach(other -> close(account, other));
      open.inOtherCurrencies(account, currency, commands.now()).stream()
          .findFirst()
          .ifPresent(other -> {
            throw SaleTerms.CURRENCY
                .find(other)
                .map(Conflict::currencyFixed)
                .orElseGet(() -> Conflict.because("Another checkout is under way; try again."));
          });
    }
    currencies.require(account, currency);
  }

  private void close(AccountId account, Command sale) {
    if (sale.state() != CommandState.SUCCEEDED) {
      return;
    }
    try {
      if (sale.kind() == CommandKind.CREATE_PAYMENT_INTENT) {
        open.payment(sale)
            .filter(payment -> payment.status() != PaymentIntent.Status.PROCESSING)
            .ifPresent(payment -> cancel(account, payment.id()));
      } else {
        open.session(sale).ifPresent(session -> sessions.end(account, session));
      }
    } catch (ProviderRejected e) {
      // It was paid a moment ago; the caller reads what is still open next.
    }
  }

  private void cancel(AccountId account, String id) {
    commands.run(Command.planned(
        commands.nextId(),
        account,
        CommandKind.CANCEL_PAYMENT_INTENT,
        id,
        Map.of(),
        commands.now()));
  }
}
