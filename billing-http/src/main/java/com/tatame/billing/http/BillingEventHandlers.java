package com.tatame.billing.http;

import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.Route.Parameter.query;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.get;

import com.tatame.billing.audit.BillingEvent;
import com.tatame.billing.audit.BillingEventFilter;
import com.tatame.billing.audit.BillingEvents;
import com.tatame.billing.observation.Fact;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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

      @Doc("By the provider's clock.") Instant occurredAt) {
    static BillingEventAnswer of(BillingEvent event) {
      Fact fact = event.fact();
      return new BillingEventAnswer(
          event.id(),
          fact.type(),
          fact.subscriptionId().orElse(null),
          fact.amount().map(MoneyAnswer::of).orElse(null),
          fact.status(),
          event.providerEventId().orElse(null),
          fact.occurredAt());
    }
  }

  Answer list(Call call) {
    PageRequest page = call.page();
    BillingEventFilter filter = new BillingEventFilter(
        call.query("subscription"), call.query("type"), time(call, "from"), time(call, "to"));
    return Answer.ok(page.render(
        events.list(call.account(), filter, page.after(), page.lookahead()),
        BillingEvent::id,
        BillingEventAnswer::of));
  }

  private static Optional<Instant> time(Call call, String name) {
    return call.query(name).map(text -> RequestFields.time(name, text));
  }
}
