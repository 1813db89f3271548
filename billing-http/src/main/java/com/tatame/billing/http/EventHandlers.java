package com.tatame.billing.http;

import static com.tatame.billing.http.Access.ADMINISTRATOR;
import static com.tatame.billing.http.ProblemCode.CURSOR_RESET;
import static com.tatame.billing.http.Route.Parameter.query;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.get;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.outbox.BillingEvents;
import com.tatame.billing.outbox.EventCursor;
import com.tatame.billing.outbox.FeedFilter;
import com.tatame.billing.outbox.FeedPage;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The streams of all accounts, for those who pull. */
final class EventHandlers {
  // It holds the id of an account.
  private static final int MAX_CURSOR = 1000;

  private final BillingEvents events;

  static List<Route> routes() {
    return List.of(get("/api/v1/events", ADMINISTRATOR)
        .orKeyWith(Scope.EVENTS_READ)
        .is("Events", "What happened to all accounts, in an order in which nothing is missed")
        .with(
            query("after", "The next of an earlier answer; from the beginning if missing."),
            query("account", "Only entries of this account."),
            query("type", "Only these, such as invoice.paid; several are separated by commas."),
            query("limit", "1 to 1000 entries; 100 if missing."))
        .answers(reply(200, FeedAnswer.class, "Go on from next; an empty page is the end so far."))
        .refuses(CURSOR_RESET)
        .by(to -> to.get(EventHandlers.class)::list));
  }

  EventHandlers(BillingEvents events) {
    this.events = events;
  }

  record FeedAnswer(
      List<PublishedEventAnswer> data,

      @Doc("To be given as after for what follows; null only if there has never been an entry.")
      @Nullable
      String next) {}

  Answer list(Call call) {
    FeedFilter filter = new FeedFilter(
        call.query("account").map(AccountId::new),
        call.query("type").map(types -> Set.of(types.split(","))).orElse(Set.of()));
    FeedPage page = events.feed(
        call.query("after", MAX_CURSOR).map(EventCursor::decoded),
        filter,
        call.query("limit")
            .map(text -> (int) RequestFields.wholeNumber("limit", text, BillingEvents.MAX_PAGE))
            .orElse(100));
    return Answer.ok(new FeedAnswer(
        page.events().stream().map(PublishedEventAnswer::of).toList(),
        page.next().map(EventCursor::encoded).orElse(null)));
  }
}
