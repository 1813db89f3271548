package com.tatame.billing.http;

import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.Route.Parameter.query;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.get;

import com.tatame.billing.ledger.BillingEvent;
import com.tatame.billing.ledger.BillingEventFilter;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubscriptionTerms;
import com.tatame.billing.observation.TermsChange;
import com.tatame.billing.outbox.BillingEvents;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The trail of what moved the caller's money or changed its subscriptions. */
final class BillingEventHandlers {
  private final BillingEvents events;

  static List<Route> routes() {
    return List.of(get("/api/v1/billing-events", SIGNED_IN)
        .is("Subscriptions", "What moved the caller's money or changed its subscriptions")
        .with(
            query("subscription", "Only what happened to this subscription."),
            query("type", "Only this, such as invoice.paid."),
            query("status", "Only what became this, such as failed."),
            query("event", "Only what this event of the provider brought first."),
            query("command", "Only what this command of the server caused."),
            query("from", "Only what happened at this time or later."),
            query("to", "Only what happened before this time."))
        .paged()
        .answers(pageOf(BillingEventAnswer.class, "Newest first."))
        .by(to -> to.get(BillingEventHandlers.class)::list));
  }

  BillingEventHandlers(BillingEvents events) {
    this.events = events;
  }

  record BillingEventAnswer(
      @Doc(value = "Unique for what happened.", example = "in_123:paid")
      String id,

      @Doc(value = "What happened.", example = "invoice.paid")
      String type,

      @Nullable String subscriptionId,
      @Nullable MoneyAnswer amount,
      @Doc(value = "What became of it.", example = "paid") String status,

      @Doc("The provider's event that brought it first; null if a read did.") @Nullable
      String providerEventId,

      @Doc("The command of this server that caused it, if the provider's event names one.")
      @Nullable
      String commandId,

      @Doc(
          value = "How it became known: event, read, import, reconciliation or decision.",
          example = "event")
      String cause,

      @Doc("By the provider's clock.") Instant occurredAt,
      @Doc("When it became known here.") Instant knownAt,

      @Doc("What a subscription was sold at before a change; null where it begins.") @Nullable
      TermsAnswer from,

      @Doc("What a subscription is sold at after a change.") @Nullable
      TermsAnswer to,

      @Doc("What else is known: ids, codes and amounts in minor units.")
      Map<String, String> details) {
    static BillingEventAnswer of(BillingEvent event) {
      Fact fact = event.fact();
      return new BillingEventAnswer(
          event.id(),
          fact.type(),
          fact.subscriptionId().orElse(null),
          fact.amount().map(MoneyAnswer::of).orElse(null),
          fact.status(),
          event.providerEventId().orElse(null),
          event.cause().commandId().orElse(null),
          event.cause().source().code(),
          fact.occurredAt(),
          event.knownAt(),
          fact.terms().flatMap(TermsChange::from).map(TermsAnswer::of).orElse(null),
          fact.terms().map(TermsChange::to).map(TermsAnswer::of).orElse(null),
          new TreeMap<>(fact.details()));
    }
  }

  record TermsAnswer(
      @Doc(value = "The subscription's status.", example = "active")
      String status,

      List<TermsItem> items,
      List<TermsDiscount> discounts,

      @Doc("When a scheduled cancellation takes effect.") @Nullable
      Instant endsAt,

      @Doc("How invoices are treated while collection is paused, such as void.") @Nullable
      String pausedCollection) {
    static TermsAnswer of(SubscriptionTerms terms) {
      return new TermsAnswer(
          terms.status(),
          terms.items().stream().map(TermsItem::of).toList(),
          terms.discounts().stream().map(TermsDiscount::of).toList(),
          terms.endsAt().orElse(null),
          terms.pausedCollection().orElse(null));
    }
  }

  record TermsItem(
      String priceId,
      String productId,
      long quantity,
      String currency,

      @Doc("In minor units; null if tiered or finer than the minor unit.") @Nullable
      Long unitAmount,

      @Doc("day, week, month or year; null for a price that doesn't recur.") @Nullable
      String interval,

      int intervalCount,
      boolean metered,
      @Doc("inclusive, exclusive or unspecified.") @Nullable String taxBehavior) {
    static TermsItem of(SubscriptionTerms.Item item) {
      return new TermsItem(
          item.priceId(),
          item.productId(),
          item.quantity(),
          item.currency(),
          item.unitAmount().orElse(null),
          item.interval().orElse(null),
          item.intervalCount(),
          item.metered(),
          item.taxBehavior().orElse(null));
    }
  }

  record TermsDiscount(
      @Doc("Of the discount; events name discounts by it alone.") @Nullable
      String id,

      @Nullable String couponId,
      @Nullable BigDecimal percentOff,
      @Doc("In minor units.") @Nullable Long amountOff,
      @Doc("once, repeating or forever.") @Nullable String duration,
      @Nullable Instant endsAt) {
    static TermsDiscount of(SubscriptionTerms.Discount discount) {
      return new TermsDiscount(
          discount.id().orElse(null),
          discount.couponId().orElse(null),
          discount.percentOff().orElse(null),
          discount.amountOff().orElse(null),
          discount.duration().orElse(null),
          discount.endsAt().orElse(null));
    }
  }

  Answer list(Call call) {
    PageRequest page = call.page();
    BillingEventFilter filter = new BillingEventFilter(
        call.query("subscription"),
        call.query("type"),
        call.query("status"),
        call.query("event"),
        call.query("command"),
        time(call, "from"),
        time(call, "to"));
    return Answer.ok(page.render(
        events.list(call.account(), filter, page.after(), page.lookahead()),
        BillingEvent::id,
        BillingEventAnswer::of));
  }

  private static Optional<Instant> time(Call call, String name) {
    return call.query(name).map(text -> RequestFields.time(name, text));
  }
}
