package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.PlanPrice;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.checkout.OpenSales;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.money.Amounts;
import com.tatame.billing.money.Money;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.purchase.AccountCurrency;
import com.tatame.billing.refund.Refund;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.testkit.Commits.Linked;
import com.tatame.billing.testkit.fixture.ACheckoutSession;
import com.tatame.billing.testkit.fixture.APayment;
import com.tatame.billing.testkit.fixture.ASubscription;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The currency of an account, as it follows from what a store keeps of it. */
public interface AccountCurrencyContract extends StoreUnderTest {
  private static CatalogInForce catalog() {
    Amounts amounts = Amounts.of(new Money(999, "usd"), List.of(new Money(899, "eur")));
    PlanPrice price = new PlanPrice(amounts, "pro_monthly", Optional.empty(), Optional.empty());
    return new CatalogInForce(Catalog.of(
        "pro",
        new Plan(
            "pro",
            "Pro",
            "",
            "plan",
            0,
            true,
            0,
            Map.of(BillingInterval.MONTHLY, price),
            Map.of())));
  }

  private Optional<String> currency(AccountId account) {
    return new AccountCurrency(catalog(), store().subscriptions(), store().purchases()).of(account);
  }

  private OpenSales sales() {
    return new OpenSales(
        catalog(),
        store().commands(),
        store().checkouts(),
        store().paymentIntents(),
        store().purchases());
  }

  private void subscribe(
      Linked linked, SubscriptionStatus status, Instant at, String currency, Instant now) {
    Commits.apply(
        store(),
        linked.subject(),
        now,
        List.of(Commits.put(
            ASubscription.of(linked.customerId(), status, at).billedIn(currency).build(), now)));
  }

  private Command begin(AccountId account, CommandKind kind, String currency, Instant at) {
    Command planned = Command.planned(
        new CommandId(Ids.next("command")),
        account,
        kind,
        Ids.next("target"),
        Map.of("currency", currency),
        at);
    return store().commands().open(planned, AnAuditEntry.any());
  }

  private void end(Command command, CommandState state, Optional<String> result, Instant at) {
    assertThat(store().commands().begin(command.id(), "lease", at, Duration.ofMinutes(1)))
        .isPresent();
    store().commands().end(command.id(), "lease", state, result, Optional.empty(), at);
  }

  private void assertRefused(Command command) {
    assertThatThrownBy(() -> sales().refuseSecondCurrency(command))
        .isInstanceOf(ProviderRejected.class);
  }

  private void assertSold(Command command) {
    assertThatCode(() -> sales().refuseSecondCurrency(command)).doesNotThrowAnyException();
  }

  @Test
  default void aLivingSubscriptionDecidesTheCurrencyAndThenTheFirstThatEnded() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    assertThat(currency(linked.account())).isEmpty();
    subscribe(linked, SubscriptionStatus.INCOMPLETE_EXPIRED, now.minusSeconds(90), "jpy", now);
    assertThat(currency(linked.account())).as("nobody paid it").isEmpty();

    subscribe(linked, SubscriptionStatus.CANCELED, now.minusSeconds(50), "usd", now);
    subscribe(linked, SubscriptionStatus.CANCELED, now.minusSeconds(60), "eur", now);
    assertThat(currency(linked.account())).contains("eur");
    subscribe(linked, SubscriptionStatus.TRIALING, now.minusSeconds(10), "brl", now);
    assertThat(currency(linked.account())).contains("brl");
  }

  @Test
  default void theFirstItemThatWasPaidDecidesTheCurrencyAlsoAfterItsRefund() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    PaymentIntent open = APayment.inCurrency(
        APayment.of(account, PaymentIntent.Status.REQUIRES_ACTION, now.minusSeconds(90)), "jpy");
    Commits.store(store(), now, open);
    assertThat(currency(account)).as("it was not paid").isEmpty();
    PaymentIntent second = APayment.of(account, PaymentIntent.Status.SUCCEEDED, now);
    PaymentIntent first = APayment.inCurrency(
        APayment.of(account, PaymentIntent.Status.SUCCEEDED, now.minusSeconds(60)), "eur");
    Commits.store(store(), now, second);
    Commits.store(store(), now, first);

    assertThat(currency(account)).contains("eur");
    Refund all = APayment.refund(first, first.amount(), Refund.Status.SUCCEEDED, now);
    Commits.apply(store(), first.subject(), now, List.of(Commits.put(all, now)));
    assertThat(currency(account)).contains("eur");
    assertThat(currency(Ids.account())).isEmpty();
  }

  @Test
  default void twoSalesInTwoCurrenciesSeeEachOtherBeforeEitherIsSent() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    Command dollars = begin(account, CommandKind.CREATE_CHECKOUT, "usd", now);
    assertSold(dollars);
    assertSold(begin(account, CommandKind.CREATE_ITEM_CHECKOUT, "usd", now));

    Command euros = begin(account, CommandKind.CREATE_ITEM_CHECKOUT, "eur", now.plusSeconds(1));

    assertRefused(dollars);
    assertRefused(euros);
    assertSold(begin(Ids.account(), CommandKind.CREATE_ITEM_CHECKOUT, "eur", now));
    end(euros, CommandState.REJECTED, Optional.empty(), now.plusSeconds(2));
    assertSold(dollars);
    store()
        .commands()
        .open(
            Command.planned(
                new CommandId(Ids.next("command")),
                account,
                CommandKind.CREATE_CHECKOUT,
                "of one currency",
                Map.of(),
                now),
            AnAuditEntry.any());
    assertRefused(dollars);
  }

  @Test
  default void anOpenPageInOneCurrencyKeepsOthersFromBeingSent() {
    Instant now = Ids.morning();
    Linked linked = Commits.aLinkedCustomer(store(), now);
    CheckoutSession page = ACheckoutSession.open(linked.account(), linked.customerId(), now);
    Commits.apply(store(), linked.subject(), now, List.of(Commits.put(page, now)));
    Command dollars = begin(linked.account(), CommandKind.CREATE_CHECKOUT, "usd", now);
    end(dollars, CommandState.SUCCEEDED, Optional.of(page.id()), now);
    Command euros = begin(linked.account(), CommandKind.CREATE_CHECKOUT, "eur", now.plusSeconds(1));

    assertRefused(euros);
    Commits.apply(
        store(),
        linked.subject(),
        now,
        List.of(Commits.put(ACheckoutSession.expired(page), now.plusSeconds(2))));
    assertSold(euros);
  }
}
