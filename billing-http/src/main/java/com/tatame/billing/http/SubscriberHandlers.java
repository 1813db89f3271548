package com.tatame.billing.http;

import static com.tatame.billing.http.Access.ADMINISTRATOR;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.Route.Reply.none;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.delete;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.NONE;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.outbox.ParkedAccount;
import com.tatame.billing.outbox.SubscriberStatus;
import com.tatame.billing.outbox.Subscribers;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Who receives events, and what was not received. */
final class SubscriberHandlers {
  private static final String PATH = "/api/v1/subscribers";
  private static final String PARKED = PATH + "/{name}/parked";

  private final Subscribers subscribers;

  static List<Route> routes() {
    return List.of(
        get(PATH, ADMINISTRATOR)
            .orKeyWith(Scope.EVENTS_READ)
            .is("Events", "Who receives events, and how far each has come")
            .answers(reply(200, SubscriberList.class, "By name."))
            .by(to -> to.get(SubscriberHandlers.class)::list),
        delete(PATH + "/{name}", ADMINISTRATOR, NONE)
            .orKeyWith(Scope.EVENTS_WRITE)
            .is("Events", "Forget a subscriber that no program uses any more")
            .answers(none("It is forgotten."))
            .by(to -> to.get(SubscriberHandlers.class)::remove),
        get(PARKED, ADMINISTRATOR)
            .orKeyWith(Scope.EVENTS_READ)
            .is("Events", "The accounts whose next entry has failed")
            .paged()
            .answers(pageOf(ParkedAnswer.class, "By account."))
            .by(to -> to.get(SubscriberHandlers.class)::parked),
        post(PARKED + "/{accountId}/retry", ADMINISTRATOR, NONE)
            .orKeyWith(Scope.EVENTS_WRITE)
            .is("Events", "Try an account's failed entry at once")
            .answers(none("It is tried."))
            .refuses(CONFLICT)
            .by(to -> to.get(SubscriberHandlers.class)::retry),
        post(PARKED + "/{accountId}/skip", ADMINISTRATOR, NONE)
            .orKeyWith(Scope.EVENTS_WRITE)
            .is("Events", "Leave an account's failed entry out: it is never received")
            .takes(SkippedEntry.class)
            .answers(none("The next one is tried."))
            .refuses(CONFLICT)
            .by(to -> to.get(SubscriberHandlers.class)::skip));
  }

  SubscriberHandlers(Subscribers subscribers) {
    this.subscribers = subscribers;
  }

  record SkippedEntry(
      @Doc(value = "Of the entry that failed.", example = "7")
      Long sequence) {}

  record SubscriberList(List<SubscriberAnswer> data) {}

  record SubscriberAnswer(
      @Doc(value = "Of a handler, or the id of an endpoint.", example = "mailer")
      String name,

      @Doc(
          value = "What it is.",
          oneOf = {"handler", "endpoint"})
      String kind,

      Instant createdAt,
      @Doc("In a row, of whatever accounts.") int failures,
      @Doc("Since the first of them.") @Nullable Instant failingSince,

      @Doc("Accounts with entries that it has not received, without the blocked ones.")
      long waiting,

      @Doc("Of these, accounts whose next entry has failed.")
      long retrying,

      @Doc("Accounts whose next entry was given up.") long blocked,

      @Doc("When the oldest entry became known that it has not received, but for the blocked.")
      @Nullable
      Instant oldest) {
    static SubscriberAnswer of(SubscriberStatus status) {
      return new SubscriberAnswer(
          status.name(),
          status.kind().name().toLowerCase(Locale.ROOT),
          status.createdAt(),
          status.failures(),
          status.failingSince().orElse(null),
          status.waiting(),
          status.retrying(),
          status.blocked(),
          status.oldest().orElse(null));
    }
  }

  record ParkedAnswer(
      String accountId,
      @Doc("Of the entry that failed.") long sequence,
      @Doc(value = "Of the entry.", example = "in_123:paid") String eventId,
      int attempts,
      @Doc("Of the last attempt.") @Nullable String error,

      @Doc("Whether it is given up until a person retries or skips it.")
      boolean blocked,

      @Doc("When it is tried again; null if it is given up.") @Nullable
      Instant dueAt) {
    static ParkedAnswer of(ParkedAccount parked) {
      return new ParkedAnswer(
          parked.account().value(),
          parked.sequence(),
          parked.eventId(),
          parked.attempts(),
          parked.error().orElse(null),
          parked.blocked(),
          parked.blocked() ? null : parked.dueAt());
    }
  }

  Answer list(Call call) {
    return Answer.ok(
        new SubscriberList(subscribers.list().stream().map(SubscriberAnswer::of).toList()));
  }

  Answer remove(Call call) {
    subscribers.remove(call.id("name"));
    return Answer.noContent();
  }

  Answer parked(Call call) {
    PageRequest page = call.page();
    return Answer.ok(page.render(
        subscribers.parked(call.id("name"), page.after().map(AccountId::new), page.lookahead()),
        parked -> parked.account().value(),
        ParkedAnswer::of));
  }

  Answer retry(Call call) {
    subscribers.retry(call.id("name"), new AccountId(call.id("accountId")));
    return Answer.noContent();
  }

  Answer skip(Call call) {
    SkippedEntry asked = call.body(SkippedEntry.class);
    if (asked.sequence() == null) {
      throw ValidationFailed.of("sequence", "is required: the entry that has failed");
    }
    subscribers.skip(call.id("name"), new AccountId(call.id("accountId")), asked.sequence());
    return Answer.noContent();
  }
}
