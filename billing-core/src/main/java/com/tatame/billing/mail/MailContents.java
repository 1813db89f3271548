package com.tatame.billing.mail;

import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.SubscriptionTerms;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Contents with one thing more. */
final class MailContents {
  static final MailContent EMPTY = new MailContent(
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      List.of(),
      Optional.empty());

  private MailContents() {}

  static MailContent of(Optional<Money> amount) {
    return withInvoice(EMPTY, amount, Optional.empty());
  }

  static MailContent ofPlan(Optional<String> title, Optional<BillingInterval> interval) {
    return copy(EMPTY, EMPTY.name(), title, interval, EMPTY.at());
  }

  static MailContent ofUsage(String feature, long used, long limit) {
    return new MailContent(
        EMPTY.name(),
        Optional.of(feature),
        EMPTY.previousTitle(),
        EMPTY.interval(),
        EMPTY.amount(),
        EMPTY.number(),
        EMPTY.at(),
        EMPTY.link(),
        EMPTY.lines(),
        Optional.of(new MailContent.Usage(used, limit)));
  }

  static MailContent withTitle(MailContent content, Optional<String> title) {
    return copy(content, content.name(), title, content.interval(), content.at());
  }

  static MailContent withName(MailContent content, Optional<String> name) {
    return copy(content, name, content.title(), content.interval(), content.at());
  }

  static MailContent withTime(MailContent content, Instant at) {
    return copy(content, content.name(), content.title(), content.interval(), Optional.of(at));
  }

  private static MailContent copy(
      MailContent content,
      Optional<String> name,
      Optional<String> title,
      Optional<BillingInterval> interval,
      Optional<Instant> at) {
    return new MailContent(
        name,
        title,
        content.previousTitle(),
        interval,
        content.amount(),
        content.number(),
        at,
        content.link(),
        content.lines(),
        content.usage());
  }

  static MailContent withPrevious(MailContent content, Optional<String> previousTitle) {
    return new MailContent(
        content.name(),
        content.title(),
        previousTitle,
        content.interval(),
        content.amount(),
        content.number(),
        content.at(),
        content.link(),
        content.lines(),
        content.usage());
  }

  static MailContent withInvoice(
      MailContent content, Optional<Money> amount, Optional<String> number) {
    return new MailContent(
        content.name(),
        content.title(),
        content.previousTitle(),
        content.interval(),
        amount,
        number,
        content.at(),
        content.link(),
        content.lines(),
        content.usage());
  }

  /** What a period costs before discounts and tax, where one price says it. */
  static Optional<Money> priceOf(SubscriptionTerms terms) {
    if (terms.items().size() != 1 || !terms.discounts().isEmpty()) {
      return Optional.empty();
    }
    SubscriptionTerms.Item item = terms.mainItem();
    return item.metered()
        ? Optional.empty()
        : item.unitAmount()
            .map(unit -> new Money(Math.multiplyExact(unit, item.quantity()), item.currency()));
  }

  static MailContent withPage(
      MailContent content, Optional<URI> link, List<MailContent.Line> lines) {
    return new MailContent(
        content.name(),
        content.title(),
        content.previousTitle(),
        content.interval(),
        content.amount(),
        content.number(),
        content.at(),
        link,
        lines,
        content.usage());
  }
}
