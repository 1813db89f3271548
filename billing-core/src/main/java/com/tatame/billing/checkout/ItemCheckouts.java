package com.tatame.billing.checkout;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.checkout.Confirmation.Status;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.customer.Customers;
import com.tatame.billing.entitlement.ItemUnits;
import com.tatame.billing.purchase.CurrencyGuard;
import com.tatame.billing.purchase.ItemSales;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.purchase.PurchaseStore;
import com.tatame.billing.purchase.SaleTerms;
import java.util.Optional;

/** Selling an item of the catalog, to an account or to a visitor who has not signed in. */
public final class ItemCheckouts {
  private final ItemSales sales;
  private final ItemUnits units;
  private final Customers customers;
  private final PurchaseStore purchases;
  private final SessionOpening sessions;
  private final CurrencyGuard currency;

  /**
   * @param currency ends what could be paid in another one
   */
  public ItemCheckouts(
      ItemSales sales,
      ItemUnits units,
      Customers customers,
      PurchaseStore purchases,
      SessionOpening sessions,
      CurrencyGuard currency) {
    this.sales = sales;
    this.units = units;
    this.customers = customers;
    this.purchases = purchases;
    this.sessions = sessions;
    this.currency = currency;
  }

  Checkouts.Sold open(Principal caller, ItemRequest request) {
    AccountId account = caller.account();
    ItemSales.Offer offer = sales.offer(caller, request.item(), request.currency(), request.key());
    if (offer.given().isPresent()) {
      // What is free by now must not be paid for.
      sessions.close(account, CommandKind.CREATE_ITEM_CHECKOUT, request.item());
      ItemSales.Given given = offer.given().get();
      return new Checkouts.Sold(
          Optional.empty(), Optional.empty(), Optional.of(given.purchase()), given.created());
    }
    ItemSales.Quote quote = offer.quote().orElseThrow();
    // A guest stays one: the provider makes no customer of an unknown visitor.
    Optional<String> customer = caller.isAnonymous()
        ? Optional.empty()
        : Optional.of(
            customers.ensure(caller, request.email(), Optional.empty()).link().customerId());
    Optional<String> email = customer.isPresent() ? Optional.empty() : request.email();
    Checkouts.Opened opened = sessions.open(new SessionOpening.Request(
        account,
        CommandKind.CREATE_ITEM_CHECKOUT,
        quote.item().id(),
        CheckoutCommands.params(quote, customer, email, request),
        before -> noDearer(before, quote),
        () -> {
          sales.refuseOwned(account, request.item());
          currency.require(account, quote.price().amount().currency());
        },
        session -> learnPayment(account, session)));
    return new Checkouts.Sold(
        Optional.of(opened.session()), opened.url(), Optional.empty(), opened.created());
  }

  // A page may have been paid a moment ago: what it sold must be known before it is sold again.
  private void learnPayment(AccountId account, CheckoutSession session) {
    if (session.status() == CheckoutSession.Status.COMPLETE) {
      sold(session).ifPresent(purchaseId -> confirm(account, session, purchaseId));
    }
  }

  // What was agreed holds while its page is open, unless the buyer would pay less by now.
  private boolean noDearer(Command before, ItemSales.Quote quote) {
    return SaleTerms.agreed(before, units)
        .filter(terms -> terms.amount().currency().equals(quote.price().amount().currency()))
        .filter(terms -> terms.amount().amount() <= quote.price().amount().amount())
        .isPresent();
  }

  /** The id of the purchase that a session sells; empty if it sells no item. */
  Optional<String> sold(CheckoutSession session) {
    return sessions
        .command(session)
        .filter(command -> command.kind() == CommandKind.CREATE_ITEM_CHECKOUT)
        .map(command -> ItemSales.purchaseId(command.id()));
  }

  Confirmation confirm(AccountId account, CheckoutSession session, String purchaseId) {
    Optional<Purchase> purchase = purchases.find(account, purchaseId);
    if (session.status() == CheckoutSession.Status.COMPLETE
        && purchase.filter(Purchase::completed).isEmpty()) {
      sessions.refreshPayment(session);
      purchase = purchases.find(account, purchaseId);
    }
    return new Confirmation(status(session, purchase), Optional.empty(), purchase);
  }

  private static Status status(CheckoutSession session, Optional<Purchase> purchase) {
    return switch (session.status()) {
      case OPEN -> Status.PENDING;
      case EXPIRED -> Status.EXPIRED;
      case COMPLETE -> {
        if (purchase.filter(p -> p.status() == Purchase.Status.CANCELED).isPresent()) {
          yield Status.FAILED;
        }
        yield purchase.filter(Purchase::completed).isPresent() ? Status.PAID : Status.PENDING;
      }
    };
  }
}
