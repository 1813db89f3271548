package com.tatame.billing.checkout;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandJournal;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.command.Commands;
import com.tatame.billing.command.JournalFilter;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.payment.PaymentIntentStore;
import com.tatame.billing.purchase.ItemPayments;
import com.tatame.billing.purchase.ItemSales;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.purchase.PurchaseStore;
import com.tatame.billing.purchase.SaleTerms;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What an account may still pay: checkouts and payments that were begun and have not ended. Where the
 * catalog sells in one currency alone, nothing is read.
 */
public final class OpenSales {
  private static final Set<CommandKind> SALES = Set.of(
      CommandKind.CREATE_CHECKOUT,
      CommandKind.CREATE_ITEM_CHECKOUT,
      CommandKind.CREATE_PAYMENT_INTENT);

  /** A page at the provider is open for a day; clocks may differ. */
  private static final Duration MAX_AGE = Duration.ofHours(26);

  private static final int PAGE = 101;

  private final CatalogInForce catalog;
  private final CommandJournal journal;
  private final CheckoutStore sessions;
  private final PaymentIntentStore payments;
  private final PurchaseStore purchases;

  public OpenSales(
      CatalogInForce catalog,
      CommandJournal journal,
      CheckoutStore sessions,
      PaymentIntentStore payments,
      PurchaseStore purchases) {
    this.catalog = catalog;
    this.journal = journal;
    this.sessions = sessions;
    this.payments = payments;
    this.purchases = purchases;
  }

  /**
   * The commands behind what may be paid in other currencies than this one.
   *
   * @param now wall time
   */
  List<Command> inOtherCurrencies(AccountId account, String currency, Instant now) {
    if (catalog.get().currencies().size() < 2) {
      return List.of();
    }
    return Stream.concat(
            recent(account, now.minus(MAX_AGE)).stream(), unpaid(account, currency).stream())
        // One that names none was sold while the catalog knew a single currency, which may have
        // been
        // another one.
        .filter(
            command -> SaleTerms.CURRENCY.find(command).filter(currency::equals).isEmpty())
        .filter(this::mayBePaid)
        .toList();
  }

  /**
   * Refuses to send what would let the account pay in two currencies. Two sales that are begun at once
   * see each other here, since both were written down before.
   */
  public void refuseSecondCurrency(Command command) {
    SaleTerms.CURRENCY
        .find(command)
        .filter(
            currency -> inOtherCurrencies(command.account(), currency, command.createdAt()).stream()
                .anyMatch(other -> !other.id().equals(command.id())))
        .ifPresent(currency -> {
          throw Commands.superseded("A checkout in another currency was opened meanwhile.");
        });
  }

  private List<Command> recent(AccountId account, Instant since) {
    List<Command> recent = new ArrayList<>();
    JournalFilter own = new JournalFilter(Optional.empty(), Optional.of(account));
    List<Command> page = journal.list(own, Optional.empty(), PAGE);
    while (true) {
      page.stream()
          .filter(command -> SALES.contains(command.kind())
              && command.createdAt().isAfter(since)
              && !command.target().equals(ItemPayments.RAW))
          .forEach(recent::add);
      if (page.size() < PAGE || !page.get(PAGE - 1).createdAt().isAfter(since)) {
        return recent;
      }
      page = journal.list(own, Optional.of(page.get(PAGE - 1).id()), PAGE);
    }
  }

  // A payment intent stays open until it is canceled.
  private List<Command> unpaid(AccountId account, String currency) {
    List<Command> unpaid = new ArrayList<>();
    List<Purchase> page = purchases.list(account, Optional.empty(), PAGE);
    while (true) {
      page.stream()
          .filter(purchase -> purchase.status() == Purchase.Status.PENDING
              && !purchase.amount().currency().equals(currency))
          .flatMap(purchase -> journal.find(ItemSales.commandOf(purchase.id())).stream())
          .filter(command -> command.kind() == CommandKind.CREATE_PAYMENT_INTENT)
          .forEach(unpaid::add);
      if (page.size() < PAGE) {
        return unpaid;
      }
      page = purchases.list(account, Optional.of(page.get(PAGE - 1).id()), PAGE);
    }
  }

  private boolean mayBePaid(Command command) {
    if (command.state() != CommandState.SUCCEEDED) {
      return command.state().open();
    }
    return command.kind() == CommandKind.CREATE_PAYMENT_INTENT
        ? payment(command).filter(OpenSales::mayBePaid).isPresent()
        : session(command).filter(OpenSales::mayBePaid).isPresent();
  }

  private static boolean mayBePaid(CheckoutSession session) {
    return switch (session.status()) {
      case OPEN -> true;
      case COMPLETE -> !session.paid();
      case EXPIRED -> false;
    };
  }

  private static boolean mayBePaid(PaymentIntent payment) {
    return payment.status() != PaymentIntent.Status.SUCCEEDED
        && payment.status() != PaymentIntent.Status.CANCELED;
  }

  Optional<CheckoutSession> session(Command command) {
    return command.result().flatMap(id -> sessions.find(command.account(), id));
  }

  Optional<PaymentIntent> payment(Command command) {
    return command.result().flatMap(id -> payments.find(command.account(), id));
  }
}
