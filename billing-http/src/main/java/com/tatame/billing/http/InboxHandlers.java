package com.tatame.billing.http;

import static com.tatame.billing.http.Access.ADMINISTRATOR;
import static com.tatame.billing.http.Route.Parameter.query;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.NONE;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.customer.Customers;
import com.tatame.billing.drift.DriftMonitor;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.inbox.Attempt;
import com.tatame.billing.inbox.EventFilter;
import com.tatame.billing.inbox.EventRecord;
import com.tatame.billing.inbox.EventStatus;
import com.tatame.billing.inbox.InboxStatus;
import com.tatame.billing.inbox.ReplayPreview;
import com.tatame.billing.inbox.ReplaySelection;
import com.tatame.billing.inbox.StoredEvent;
import com.tatame.billing.inbox.Webhooks;
import com.tatame.billing.projection.RowChange;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** State and replay of received events, for operators. */
final class InboxHandlers {
  private final Webhooks webhooks;
  private final DriftMonitor drift;
  private final Customers customers;
  private final InstantSource wallClock;

  static List<Route> routes() {
    return List.of(
        get("/api/v1/webhooks/status", ADMINISTRATOR)
            .orKeyWith(Scope.WEBHOOKS_READ)
            .is("Webhooks", "The inbox at a glance")
            .answers(reply(200, StatusAnswer.class, "As of now."))
            .by(to -> to.get(InboxHandlers.class)::status),
        get("/api/v1/webhooks/events", ADMINISTRATOR)
            .orKeyWith(Scope.WEBHOOKS_READ)
            .is("Webhooks", "The stored events")
            .with(
                query("status", "Only those that stand there."),
                query("type", "Only those of this type."),
                query("account", "Only those of this account's customer."),
                query("lane", "Only those of this customer or object."),
                query("from", "Only those received at this time or later."),
                query("to", "Only those received before this time."))
            .paged()
            .answers(pageOf(EventAnswer.class, "Newest first."))
            .by(to -> to.get(InboxHandlers.class)::events),
        get("/api/v1/webhooks/events/{id}", ADMINISTRATOR)
            .orKeyWith(Scope.WEBHOOKS_READ)
            .is("Webhooks", "A stored event with its payload and its history")
            .answers(reply(200, EventDetailAnswer.class, "The event."))
            .by(to -> to.get(InboxHandlers.class)::event),
        post("/api/v1/webhooks/replay/{id}", ADMINISTRATOR, NONE)
            .orKeyWith(Scope.WEBHOOKS_WRITE)
            .is("Webhooks", "Process an event once more")
            .takes(ReplayOne.class)
            .answers(reply(200, ReplayAnswer.class, "It waits to be processed."))
            .by(to -> to.get(InboxHandlers.class)::replayOne),
        post("/api/v1/webhooks/replay", ADMINISTRATOR, NONE)
            .orKeyWith(Scope.WEBHOOKS_WRITE)
            .is("Webhooks", "Process dead letters, or the events of a time, once more")
            .takes(ReplayMany.class)
            .answers(reply(200, ReplayAnswer.class, "They wait to be processed."))
            .by(to -> to.get(InboxHandlers.class)::replayMany));
  }

  InboxHandlers(
      Webhooks webhooks, DriftMonitor drift, Customers customers, InstantSource wallClock) {
    this.webhooks = webhooks;
    this.drift = drift;
    this.customers = customers;
    this.wallClock = wallClock;
  }

  record StatusAnswer(
      @Doc("Events that wait or are being processed.") long backlog,
      @Doc("Age of the oldest of the backlog.") @Nullable Long oldestUnprocessedSeconds,

      @Doc("Dead letters: given up until they are replayed.")
      long dead,

      @Doc("Waiting after a failed attempt.") long retrying,

      @Doc("Objects that only a read of the provider can settle.")
      long needsRead,

      @Doc("Since when, by the provider's clock, the one wants to be read that waits longest.")
      @Nullable
      Instant oldestNeedsReadSince,

      @Doc("Share of the last thousand events that failed at least once, from 0 to 1.")
      double failureRate,

      @Doc("Rows that differ from what the provider holds and are not repaired; the list is at"
          + " /webhooks/drift.")
      long openDrift,

      @Nullable Instant lastEventAt) {}

  record EventAnswer(
      @Doc(value = "The provider's.", example = "evt_123") String id,

      @Doc(value = "As the provider names it.", example = "invoice.paid")
      String type,

      @Doc(
          value = "Where it stands.",
          oneOf = {"received", "processing", "processed", "ignored", "retrying", "dead"})
      String status,

      @Doc("Failed attempts so far.") int attempts,
      @Nullable Instant nextAttemptAt,

      @Doc("Of the last failed attempt, or why it was ignored.") @Nullable
      String error,

      boolean livemode,
      @Nullable String apiVersion,
      Instant receivedAt,
      @Nullable Instant processedAt) {
    static EventAnswer of(EventRecord event) {
      return new EventAnswer(
          event.id(),
          event.type(),
          event.status().code(),
          event.attempts(),
          event.nextAttemptAt().orElse(null),
          event.error().orElse(null),
          event.live(),
          event.apiVersion().orElse(null),
          event.receivedAt(),
          event.processedAt().orElse(null));
    }
  }

  record EventDetailAnswer(
      EventAnswer event,

      @Doc("As received, with secrets and addresses of pages masked; null once it was pruned.")
      @Nullable
      String payload,

      @Doc("What happened to it, oldest first.") List<AttemptAnswer> history) {}

  record AttemptAnswer(
      Instant at,

      @Doc(
          value = "How it went.",
          oneOf = {"failed", "abandoned", "dead", "replayed", "processed", "ignored"})
      String outcome,

      @Doc("The error, or why it was ignored.") @Nullable String message) {
    static AttemptAnswer of(Attempt attempt) {
      return new AttemptAnswer(
          attempt.at(), attempt.outcome().code(), attempt.message().orElse(null));
    }
  }

  record ReplayOne(
      @Doc("Tell what would change, and change nothing.") @Nullable
      Boolean dryRun) {}

  record ReplayMany(
      @Doc(
          value = "All with this status; either this or a range of time.",
          oneOf = {"dead"})
      @Nullable
      String status,

      @Doc("Received at this instant or later.") @Nullable String from,
      @Doc("Received before this instant.") @Nullable String to,

      @Doc("Only those of this type; with a range.") @Nullable
      String type,

      @Doc("Tell what would change, and change nothing.") @Nullable
      Boolean dryRun) {}

  record ReplayAnswer(
      boolean dryRun,

      @Doc("How many events wait to be processed once more.")
      long replayed,

      @Doc("In a dry run, what each of the newest fifty would change on its own.")
      List<PreviewAnswer> events) {}

  record PreviewAnswer(
      String id,
      String type,
      List<RowChangeAnswer> changes,

      @Doc("How many objects would be read at the provider.")
      int reads,

      @Doc("Why it changes nothing.") @Nullable String problem) {
    static PreviewAnswer of(ReplayPreview preview) {
      return new PreviewAnswer(
          preview.eventId(),
          preview.type(),
          preview.rows().stream().map(RowChangeAnswer::of).toList(),
          preview.reads(),
          preview.problem().orElse(null));
    }
  }

  record RowChangeAnswer(
      @Doc(value = "Of what the row is.", example = "subscription")
      String kind,

      String id,
      @Doc("Its fields that differ, as they are.") Map<String, String> before,
      @Doc("The same fields as they would be.") Map<String, String> after) {
    static RowChangeAnswer of(RowChange row) {
      return new RowChangeAnswer(row.kind(), row.id(), row.before(), row.after());
    }
  }

  Answer status(Call call) {
    InboxStatus status = webhooks.status();
    return Answer.ok(new StatusAnswer(
        status.backlog(),
        oldestAgeSeconds(status),
        status.dead(),
        status.retrying(),
        status.pendingReads(),
        status.oldestPendingRead().orElse(null),
        status.receivedLately() == 0 ? 0 : (double) status.failedLately() / status.receivedLately(),
        drift.open(),
        status.lastReceivedAt().orElse(null)));
  }

  @Nullable
  Long oldestAgeSeconds(InboxStatus status) {
    return status
        .oldestReceivedAt()
        .map(oldest -> Math.max(0, Duration.between(oldest, wallClock.instant()).toSeconds()))
        .orElse(null);
  }

  Answer events(Call call) {
    PageRequest page = call.page();
    Optional<String> lane =
        call.query("account").map(this::customerOf).or(() -> call.query("lane"));
    EventFilter filter = new EventFilter(
        call.query("status").map(InboxHandlers::status),
        call.query("type"),
        lane,
        call.query("from").map(text -> RequestFields.time("from", text)),
        call.query("to").map(text -> RequestFields.time("to", text)));
    return Answer.ok(page.render(
        webhooks.events(filter, page.after(), page.lookahead()), EventRecord::id, EventAnswer::of));
  }

  // No event is about a customer without an id.
  private String customerOf(String account) {
    return customers.find(new AccountId(account)).map(link -> link.customerId()).orElse("");
  }

  private static EventStatus status(String code) {
    return Arrays.stream(EventStatus.values())
        .filter(status -> status.code().equals(code))
        .findFirst()
        .orElseThrow(() -> ValidationFailed.of("status", "'" + code + "' is not a status"));
  }

  Answer event(Call call) {
    StoredEvent event = webhooks.event(call.id("id"));
    return Answer.ok(new EventDetailAnswer(
        EventAnswer.of(event.event()),
        event.payload().map(MaskedPayload::of).orElse(null),
        event.history().stream().map(AttemptAnswer::of).toList()));
  }

  Answer replayOne(Call call) {
    return replay(
        new ReplaySelection.One(call.id("id")),
        call.optionalBody(ReplayOne.class).dryRun());
  }

  Answer replayMany(Call call) {
    ReplayMany request = call.body(ReplayMany.class);
    return replay(selection(request), request.dryRun());
  }

  private static ReplaySelection selection(ReplayMany request) {
    boolean ranged = request.from() != null || request.to() != null || request.type() != null;
    if (request.status() != null) {
      if (!request.status().equals("dead")) {
        throw ValidationFailed.of("status", "must be dead, or missing where a range is given");
      }
      if (ranged) {
        throw ValidationFailed.of("status", "can't be combined with a range of time");
      }
      return new ReplaySelection.DeadLetters();
    }
    Instant from = required("from", request.from());
    Instant to = required("to", request.to());
    if (!from.isBefore(to)) {
      throw ValidationFailed.of("to", "must be later than from");
    }
    return new ReplaySelection.Received(from, to, Optional.ofNullable(request.type()));
  }

  private static Instant required(String field, @Nullable String text) {
    if (text == null) {
      throw ValidationFailed.of(field, "is missing; say either a status, or from and to");
    }
    return RequestFields.time(field, text);
  }

  private Answer replay(ReplaySelection selection, @Nullable Boolean dryRun) {
    if (Boolean.TRUE.equals(dryRun)) {
      List<PreviewAnswer> events =
          webhooks.preview(selection).stream().map(PreviewAnswer::of).toList();
      return Answer.ok(new ReplayAnswer(true, 0, events));
    }
    return Answer.ok(new ReplayAnswer(false, webhooks.replay(selection), List.of()));
  }
}
