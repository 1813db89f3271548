package com.tatame.billing.promotion;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.invoice.InvoiceStore;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStore;
import java.util.List;
import java.util.Optional;

/** What an account subscribes to, and whether it has ever paid: codes may depend on both. */
public final class AccountHistory {
  private static final int ALL = 101;

  private final SubscriptionStore subscriptions;
  private final InvoiceStore invoices;

  public AccountHistory(SubscriptionStore subscriptions, InvoiceStore invoices) {
    this.subscriptions = subscriptions;
    this.invoices = invoices;
  }

  Optional<Subscription> subscription(AccountId account, String id) {
    return subscriptions.find(account, id);
  }

  List<Subscription> living(AccountId account) {
    return subscriptions.all(account).stream()
        .filter(subscription -> subscription.status().live())
        .toList();
  }

  boolean hasPaid(AccountId account) {
    Optional<String> after = Optional.empty();
    while (true) {
      List<Invoice> page = invoices.list(account, after, ALL);
      if (page.stream().anyMatch(invoice -> invoice.amountPaid() > 0)) {
        return true;
      }
      if (page.size() < ALL) {
        return false;
      }
      after = Optional.of(page.get(page.size() - 1).id());
    }
  }
}
