package com.tatame.billing.checkout;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.catalog.ItemPrice;
import com.tatame.billing.checkout.Confirmation.Status;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.CommandJournal;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.customer.Customers;
import com.tatame.billing.observation.Observations;
import com.tatame.billing.purchase.ItemSales;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.purchase.PurchaseStore;
import java.util.Optional;

/** Selling an item of the catalog, to an account or to somebody who has not signed in. */
final class ItemCheckouts {
  private final ItemSales sales;
  private final Customers customers;
  private final PurchaseStore purchases;
  private final CommandJournal journal;
  private final CheckoutSessions provider;
  private final Observations observations;
  private final SessionOpening sessions;

  ItemCheckouts(
      ItemSales sales,
      Customers customers,
      PurchaseStore purchases,
      CommandJournal journal,
      CheckoutSessions provider,
      Observations observations,
      SessionOpening sessions) {
    this.sales = sales;
    this.customers = customers;
    this.purchases = purchases;
    this.journal = journal;
    this.provider = provider;
    this.observations = observations;
    this.sessions = sessions;
  }

  Checkouts.Sold open(Principal caller, ItemRequest request) {
    AccountId account = caller.account();
    ItemSales.Quote quote = sales.quote(account, request.item());
    ItemPrice price = quote.price();
    if (price.free()) {
      ItemSales.Given given = sales.give(account, quote);
      return new Checkouts.Sold(Optional.empty(), Optional.of(given.purchase()), given.created());
    }
    // A guest stays one: the provider makes no customer of somebody whom we don't know.
    Optional<String> customer = caller.isAnonymous()
        ? Optional.empty()
        : Optional.of(
            customers.ensure(caller, request.email(), Optional.empty()).link().customerId());
    Optional<String> email = customer.isPresent() ? Optional.empty() : request.email();
    Checkouts.Opened opened = sessions.open(new SessionOpening.Wanted(
        account,
        CommandKind.CREATE_ITEM_CHECKOUT,
        quote.item().id(),
        CheckoutCommands.params(quote, customer, email, request),
        () -> {},
        session -> {}));
    return new Checkouts.Sold(Optional.of(opened.session()), Optional.empty(), opened.created());
  }

  /** The id of the purchase that a session sells; empty if it sells no item. */
  Optional<String> sold(CheckoutSession session) {
    return session
        .commandId()
        .flatMap(id -> journal.find(new CommandId(id)))
        .filter(command -> command.kind() == CommandKind.CREATE_ITEM_CHECKOUT)
        .map(command -> ItemSales.purchaseId(command.id()));
  }

  Confirmation confirm(AccountId account, CheckoutSession session, String purchaseId) {
    Optional<Purchase> purchase = purchases.find(account, purchaseId);
    if (session.status() == CheckoutSession.Status.COMPLETE
        && purchase.filter(Purchase::completed).isEmpty()) {
      observations.observe(Optional.empty(), () -> provider.payment(session.id()));
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
