package com.tatame.billing.simulator.engine;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The state of a session in the words of its page. */
final class CheckoutPages {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMMM uuuu", Locale.UK);

  private final Account account;
  private final Checkout checkout;
  private final CheckoutJson amounts;

  CheckoutPages(Account account, Checkout checkout, CheckoutJson amounts) {
    this.account = account;
    this.checkout = checkout;
    this.amounts = amounts;
  }

  CheckoutPage page(CheckoutSession session) {
    List<CheckoutPage.Line> lines =
        session.lineItems.stream().map(item -> line(session, item)).toList();
    String known = session.customer == null ? null : account.customer(session.customer).email;
    String email = first(session.customerEmail, known, session.collectedEmail);
    String method = session.authenticating;
    return new CheckoutPage(
        session.id,
        method != null && session.status.equals("open") ? "authenticating" : session.status,
        lines,
        sums(session),
        Boolean.TRUE.equals(session.allowPromotionCodes),
        code(session),
        session.automaticTax,
        place(session),
        !session.takesPayment(),
        Prices.money(amounts.amountDue(session), session.currency),
        later(session),
        email,
        session.customerEmail != null || known != null,
        checkout.needsCard(session),
        method == null ? "" : account.paymentMethod(method).last4,
        session.successUrl.replace("{CHECKOUT_SESSION_ID}", session.id),
        Optional.ofNullable(session.cancelUrl)
            .map(url -> url.replace("{CHECKOUT_SESSION_ID}", session.id)));
  }

  /** What lies between the prices and what is due: nothing, unless something is taken off or added. */
  private List<CheckoutPage.Sum> sums(CheckoutSession session) {
    List<CheckoutPage.Sum> sums = new ArrayList<>();
    long off = amounts.discount(session);
    if (off != 0) {
      sums.add(new CheckoutPage.Sum(
          code(session).isEmpty() ? "Discount" : "Discount (" + code(session) + ")",
          Prices.money(-off, session.currency)));
    }
    amounts
        .rate(session)
        .filter(rate -> !session.hasTrial())
        .ifPresent(rate -> sums.add(new CheckoutPage.Sum(
            "Tax (" + rate.percent() + " %)",
            Prices.money(amounts.tax(session), session.currency))));
    return sums;
  }

  private String code(CheckoutSession session) {
    PromotionCode code =
        session.promotionCode == null ? null : account.promotionCodes.get(session.promotionCode);
    return code == null ? "" : code.code;
  }

  private Map<String, String> place(CheckoutSession session) {
    Map<String, String> known =
        session.customer == null ? null : account.customer(session.customer).address;
    Map<String, String> address =
        session.collectedAddress == null ? known : session.collectedAddress;
    return amounts.rate(session).isEmpty() || address == null ? Map.of() : Map.copyOf(address);
  }

  private static String first(@Nullable String... candidates) {
    for (String candidate : candidates) {
      if (candidate != null) {
        return candidate;
      }
    }
    return "";
  }

  private CheckoutPage.Line line(CheckoutSession session, CheckoutSession.LineItem item) {
    Price price = account.price(item.price());
    Product product = account.product(price.product);
    return new CheckoutPage.Line(
        product.name,
        product.description == null ? "" : product.description,
        Prices.describe(price, session.currency),
        item.quantity(),
        Prices.money(price.amountFor(item.quantity(), session.currency), session.currency));
  }

  private Optional<CheckoutPage.Later> later(CheckoutSession session) {
    if (!session.hasTrial()) {
      return Optional.empty();
    }
    long days = session.trialDays == null ? 0 : session.trialDays;
    long end = session.trialEnd == null ? account.now + days * Subscriptions.DAY : session.trialEnd;
    long amount = amounts.afterTrial(session);
    Instant instant = Instant.ofEpochSecond(end);
    return Optional.of(new CheckoutPage.Later(
        Prices.money(amount, session.currency),
        DAY.format(instant.atOffset(ZoneOffset.UTC)),
        instant.toString()));
  }
}
