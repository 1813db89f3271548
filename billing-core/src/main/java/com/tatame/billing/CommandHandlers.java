package com.tatame.billing;

import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.checkout.CheckoutCommands;
import com.tatame.billing.checkout.Reservations;
import com.tatame.billing.command.CommandHandler;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandSearch;
import com.tatame.billing.customer.Customers;
import com.tatame.billing.duplicate.DuplicateCommands;
import com.tatame.billing.entitlement.ItemUnits;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.invoice.Invoices;
import com.tatame.billing.payment.PaymentMethodCommands;
import com.tatame.billing.promotion.Coupons;
import com.tatame.billing.promotion.DiscountCommands;
import com.tatame.billing.purchase.ItemPayments;
import com.tatame.billing.refund.Refunds;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.subscription.ChangeCommands;
import com.tatame.billing.subscription.Subscriptions;
import com.tatame.billing.tax.Taxation;
import com.tatame.billing.trial.TrialCommands;
import java.util.List;
import java.util.Map;

/** Which commands there are, and how each feature sends its own. */
final class CommandHandlers {
  private CommandHandlers() {}

  static List<Map<CommandKind, CommandHandler>> all(
      Catalog catalog,
      PaymentGateway gateway,
      BillingStore store,
      ItemUnits units,
      Reservations reservations) {
    CommandSearch search = new CommandSearch(gateway.traces(), gateway.reads());
    return List.of(
        Customers.handlers(gateway.customers(), store.customers(), search),
        CheckoutCommands.handlers(
            gateway.checkouts(), store.commands(), search, units, reservations),
        ItemPayments.handlers(gateway.paymentIntents(), search, units, reservations::examine),
        Refunds.handlers(gateway.refunds(), store.commands(), search),
        Subscriptions.handlers(gateway.subscriptions(), search),
        Invoices.handlers(gateway.invoices(), search),
        PaymentMethodCommands.handlers(
            gateway.paymentMethods(), Subscriptions.subscribed(gateway.subscriptions()), search),
        Coupons.handlers(gateway.promotions(), search),
        DiscountCommands.handlers(gateway.promotions(), store.commands(), search),
        Taxation.handlers(gateway.taxes(), search),
        ChangeCommands.handlers(gateway.subscriptions(), gateway.reads(), store.quotes(), search),
        DuplicateCommands.handlers(catalog, gateway.subscriptions(), search),
        TrialCommands.handlers(gateway.subscriptions(), gateway.reads(), search));
  }
}
