package com.tatame.billing.simulator.engine;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What customers see and do at the portal. */
public final class Portal {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMMM uuuu", Locale.UK);

  private final Engine engine;

  /** The portal of this account. */
  public Portal(Engine engine) {
    this.engine = engine;
  }

  /** What a visit shows; empty if there is no such visit. */
  public Optional<PortalPage> page(String session) {
    return engine.step(rules -> visit(rules, session).map(visit -> page(rules, visit)));
  }

  /** Lets a subscription end with its period; nothing happens to one that isn't the customer's. */
  public void cancel(String session, String subscription) {
    setEnding(session, subscription, true);
  }

  /** Takes that back. */
  public void resume(String session, String subscription) {
    setEnding(session, subscription, false);
  }

  private void setEnding(String session, String id, boolean ending) {
    engine.step(rules -> visit(rules, session)
        .flatMap(visit -> Optional.ofNullable(rules.account.subscriptions.get(id))
            .filter(subscription -> subscription.customer.equals(visit.customer)))
        .filter(subscription -> !subscription.ended())
        .map(subscription -> {
          boolean dated = subscription.cancelAt != null && !subscription.cancelAtPeriodEnd;
          Map<String, Object> change = dated && !ending
              ? Map.of("cancel_at", "")
              : Map.of("cancel_at_period_end", Boolean.toString(ending));
          change(rules, "/v1/subscriptions/" + id, change);
          return ending;
        }));
  }

  private static void change(Rules rules, String path, Map<String, Object> change) {
    Routes.run(rules.routes.find("POST", path).orElseThrow(), path, change);
  }

  /**
   * Saves a card, and charges the customer's invoices and subscriptions to it from now on. Its owner
   * is at hand, and confirms whatever the bank asks.
   *
   * @return why the card is refused; empty if it is saved
   */
  public Optional<String> replaceCard(String session, PageForm form) {
    return engine.step(
        rules -> visit(rules, session).flatMap(visit -> replaceCard(rules, visit, form)));
  }

  private static Optional<String> replaceCard(Rules rules, PortalSession visit, PageForm form) {
    Customer customer = rules.account.customer(visit.customer);
    CardDetails details;
    try {
      details = CardDetails.parse(form.number(), form.expiry(), form.cvc(), rules.account.now);
    } catch (CardDetails.Refused refused) {
      return Optional.of(refused.decline.message());
    }
    Decline decline = details.card().declineAtPage();
    if (decline != null) {
      return Optional.of(decline.message());
    }
    PaymentMethod method = rules.payments.method(
        details.card(), details.expMonth(), details.expYear(), customer.email, form.name());
    rules.payments.attach(method, customer);
    Map<String, Object> chosen = Map.of("default_payment_method", method.id);
    change(rules, "/v1/customers/" + customer.id, Map.of("invoice_settings", chosen));
    for (Subscription subscription : living(rules.account, customer)) {
      change(rules, "/v1/subscriptions/" + subscription.id, chosen);
    }
    return Optional.empty();
  }

  private static Optional<PortalSession> visit(Rules rules, String session) {
    return Optional.ofNullable(rules.account.portalSessions.get(session))
        .filter(visit -> !rules.account.customer(visit.customer).deleted);
  }

  private static List<Subscription> living(Account account, Customer customer) {
    return account.subscriptions.values().stream()
        .filter(subscription -> subscription.customer.equals(customer.id) && !subscription.ended())
        .toList();
  }

  private static PortalPage page(Rules rules, PortalSession visit) {
    Account account = rules.account;
    Customer customer = account.customer(visit.customer);
    String used = living(account, customer).stream()
        .map(subscription -> subscription.defaultPaymentMethod)
        .filter(method -> method != null)
        .findFirst()
        .orElse(customer.defaultPaymentMethod);
    return new PortalPage(
        visit.id,
        customer.name != null ? customer.name : customer.email != null ? customer.email : "",
        Optional.ofNullable(visit.flow),
        Optional.ofNullable(visit.returnUrl),
        living(account, customer).stream()
            .map(subscription -> plan(account, visit, subscription))
            .toList(),
        account.paymentMethods.values().stream()
            .filter(method -> customer.id.equals(method.customer))
            .map(method -> card(method, used))
            .toList(),
        account.invoices.values().stream()
            .filter(invoice -> invoice.customer.equals(customer.id))
            .filter(invoice -> !invoice.status.equals("draft"))
            .sorted(Comparator.comparingLong((Invoice invoice) -> -invoice.created))
            .map(Portal::bill)
            .toList());
  }

  private static PortalPage.Plan plan(
      Account account, PortalSession visit, Subscription subscription) {
    Price price = account.price(subscription.item().price);
    Long end = subscription.cancelAt;
    String note = end != null
        ? "Ends on " + day(end) + "."
        : "Renews on " + day(subscription.item().periodEnd) + ".";
    return new PortalPage.Plan(
        subscription.id,
        account.product(price.product).name,
        Prices.describe(price, subscription.currency),
        subscription.status.replace('_', ' '),
        note,
        end != null,
        "subscription_cancel".equals(visit.flow) && subscription.id.equals(visit.subscription));
  }

  private static PortalPage.Card card(PaymentMethod method, @Nullable String used) {
    return new PortalPage.Card(
        method.card.brand,
        method.last4,
        String.format(Locale.ROOT, "%02d / %d", method.expMonth, method.expYear),
        method.id.equals(used));
  }

  private static PortalPage.Bill bill(Invoice invoice) {
    return new PortalPage.Bill(
        invoice.id,
        invoice.number == null ? invoice.id : invoice.number,
        day(invoice.created),
        Instant.ofEpochSecond(invoice.created).toString(),
        Prices.money(invoice.total(), invoice.currency),
        invoice.status);
  }

  private static String day(long second) {
    return DAY.format(Instant.ofEpochSecond(second).atOffset(ZoneOffset.UTC));
  }
}
