package com.tatame.billing.purchase;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.money.Amounts;
import com.tatame.billing.money.Money;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.subscription.SubscriptionStore;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * In which currency an account buys: in that of its first purchase, for good. It is derived from what
 * is mirrored, so that it also holds for what another program sold. Where the catalog sells in one
 * currency alone, nothing is read.
 */
public final class AccountCurrency {
  private static final int PAGE = 101;

  private final CatalogInForce catalog;
  private final SubscriptionStore subscriptions;
  private final PurchaseStore purchases;

  public AccountCurrency(
      CatalogInForce catalog, SubscriptionStore subscriptions, PurchaseStore purchases) {
    this.catalog = catalog;
    this.subscriptions = subscriptions;
    this.purchases = purchases;
  }

  /** Whether there is anything to choose. */
  public boolean several() {
    return catalog.get().currencies().size() > 1;
  }

  /**
   * The currency of an account; empty if it has bought nothing, or nothing can be chosen. A living
   * subscription decides, since the provider bills a customer in its currency alone; else the first
   * one, and else the first item that was paid.
   */
  public Optional<String> of(AccountId account) {
    if (!several()) {
      return Optional.empty();
    }
    List<Subscription> begun = subscriptions.all(account).stream()
        .filter(subscription -> subscription.status() != SubscriptionStatus.INCOMPLETE_EXPIRED)
        .toList();
    return begun.stream()
        .min(Comparator.comparing(
                (Subscription subscription) -> !subscription.status().live())
            .thenComparing(Subscription::createdAt)
            .thenComparing(Subscription::id))
        .map(subscription -> subscription.mainItem().currency())
        .or(() -> firstPaid(account));
  }

  private Optional<String> firstPaid(AccountId account) {
    Optional<String> first = Optional.empty();
    Optional<String> after = Optional.empty();
    while (true) {
      List<Purchase> page = purchases.list(account, after, PAGE);
      for (Purchase purchase : page) {
        if (purchase.completed() && purchase.amount().amount() > 0) {
          first = Optional.of(purchase.amount().currency());
        }
      }
      if (page.size() < PAGE) {
        return first;
      }
      after = Optional.of(page.get(page.size() - 1).id());
    }
  }

  /**
   * What an account pays for something: in the currency that it asks for, else in its own, else in the
   * default one.
   *
   * @param name of what is sold, for people
   * @param wanted by the caller
   * @throws ValidationFailed if it is not sold in the currency that is asked for
   * @throws Conflict {@code currency_fixed} if the account pays in another one
   */
  public Money price(AccountId account, String name, Amounts amounts, Optional<String> wanted) {
    wanted.filter(currency -> amounts.in(currency).isEmpty()).ifPresent(currency -> {
      throw ValidationFailed.of(
          "currency",
          "'" + name + "' is not sold in " + currency + "; it is in "
              + String.join(", ", amounts.currencies()));
    });
    Optional<String> fixed = of(account);
    fixed
        .filter(currency -> wanted.filter(other -> !other.equals(currency)).isPresent()
            || amounts.in(currency).isEmpty())
        .ifPresent(currency -> {
          throw Conflict.currencyFixed(currency);
        });
    return wanted.or(() -> fixed).flatMap(amounts::in).orElseGet(amounts::standard);
  }

  /**
   * Refuses to sell in a currency if the account has bought in another one.
   *
   * @throws Conflict {@code currency_fixed}
   */
  public void require(AccountId account, String currency) {
    of(account).filter(fixed -> !fixed.equals(currency)).ifPresent(fixed -> {
      throw Conflict.currencyFixed(fixed);
    });
  }
}
