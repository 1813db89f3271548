package com.tatame.billing.http;

import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.IDEMPOTENCY_KEY_REUSED;
import static com.tatame.billing.http.ProblemCode.NOT_FOUND;
import static com.tatame.billing.http.Route.Parameter.query;
import static com.tatame.billing.http.Route.Reply.none;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.delete;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.USE;

import com.tatame.billing.account.Owner;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.checkin.CheckIn;
import com.tatame.billing.checkin.CheckInFilter;
import com.tatame.billing.checkin.CheckInPeriod;
import com.tatame.billing.checkin.CheckInPeriod.Length;
import com.tatame.billing.checkin.CheckInPeriod.Scores;
import com.tatame.billing.checkin.CheckIns;
import com.tatame.billing.checkin.CheckIns.Noted;
import com.tatame.billing.checkin.NewCheckIn;
import com.tatame.billing.failure.ValidationFailed;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What callers note of themselves from time to time. */
final class CheckInHandlers {
  private static final String PATH = "/api/v1/check-ins";
  private static final String TAG = "Check-ins";
  private static final int MAX_ZONE_LENGTH = 50;

  private static final Route.Parameter[] RANGE = {
    query("from", "Only of this time or later, such as 2026-03-01T00:00:00Z."),
    query("to", "Only of earlier than this time.")
  };

  private final CheckIns checkIns;

  static List<Route> routes() {
    return List.of(
        post(PATH, SIGNED_IN, USE)
            .orKeyWith(Scope.CHAT)
            .keepsKeysItself()
            .is(TAG, "Note something")
            .takes(CheckInRequest.class)
            .answers(reply(201, CheckInAnswer.class, "It is noted, or was, under the same key."))
            .refuses(CONFLICT, IDEMPOTENCY_KEY_REUSED)
            .by(to -> to.get(CheckInHandlers.class)::add),
        get(PATH, SIGNED_IN)
            .orKeyWith(Scope.CHAT)
            .is(TAG, "What the caller noted")
            .with(query("kind", "Only of this kind."))
            .with(RANGE)
            .paged()
            .answers(pageOf(CheckInAnswer.class, "The latest first."))
            .by(to -> to.get(CheckInHandlers.class)::list),
        get(PATH + "/latest", SIGNED_IN)
            .orKeyWith(Scope.CHAT)
            .is(TAG, "The latest check-in of each kind")
            .answers(reply(200, LatestAnswer.class, "By kind."))
            .by(to -> to.get(CheckInHandlers.class)::latest),
        get(PATH + "/series", SIGNED_IN)
            .orKeyWith(Scope.CHAT)
            .is(TAG, "Check-ins of a kind by week or month, for a chart")
            .with(query("kind", "The kind; required."))
            .with(RANGE)
            .with(query("per", "week or month; week if missing."))
            .with(query("timeZone", "In which periods begin; UTC if missing."))
            .answers(reply(200, SeriesAnswer.class, "In their order, without empty ones."))
            .by(to -> to.get(CheckInHandlers.class)::series),
        get(PATH + "/{id}", SIGNED_IN)
            .orKeyWith(Scope.CHAT)
            .is(TAG, "One check-in")
            .answers(reply(200, CheckInAnswer.class, "The check-in."))
            .refuses(NOT_FOUND)
            .by(to -> to.get(CheckInHandlers.class)::read),
        delete(PATH + "/{id}", SIGNED_IN, USE)
            .orKeyWith(Scope.CHAT)
            .is(TAG, "Delete a check-in")
            .answers(none("It is gone."))
            .refuses(NOT_FOUND)
            .by(to -> to.get(CheckInHandlers.class)::remove));
  }

  CheckInHandlers(CheckIns checkIns) {
    this.checkIns = checkIns;
  }

  record CheckInRequest(
      @Doc(value = "Of the application's own.", example = "mood")
      String kind,

      @Doc(value = "What time it is about; now if missing.", example = "2026-03-01T08:00:00Z")
      @Nullable
      String occurredAt,

      @Doc("By question: texts, numbers, true or false, or lists of these.") @Nullable
      Map<String, Object> answers,

      @Doc("By which check-ins of a kind are compared; at most four decimal places.") @Nullable
      BigDecimal score,

      @Doc("At most 4,000 characters.") @Nullable String note,

      @Doc("Under it, this is noted once; the header Idempotency-Key says the same.") @Nullable
      String idempotencyKey) {}

  record CheckInAnswer(
      @Doc(value = "Names it.", example = "chk_90fe") String id,

      @Doc(value = "Of the application's own.", example = "mood")
      String kind,

      @Doc("What time it is about.") Instant occurredAt,
      @Doc("By question.") Map<String, Object> answers,
      @Nullable BigDecimal score,
      @Nullable String note,
      @Doc("When it was noted.") Instant createdAt) {
    static CheckInAnswer of(CheckIn checkIn) {
      return new CheckInAnswer(
          checkIn.id(),
          checkIn.kind(),
          checkIn.occurredAt(),
          checkIn.answers(),
          checkIn.score().orElse(null),
          checkIn.note().orElse(null),
          checkIn.createdAt());
    }
  }

  record LatestAnswer(@Doc("One of each kind.") List<CheckInAnswer> data) {}

  record SeriesAnswer(List<PeriodAnswer> data) {}

  record PeriodAnswer(
      @Doc(value = "The first day; of a week, a Monday.", example = "2026-03-02")
      String start,

      @Doc("How many check-ins there are.") long count,

      @Doc("Of the scores; null if there are none.") @Nullable
      BigDecimal average,

      @Nullable BigDecimal minimum,
      @Nullable BigDecimal maximum) {
    static PeriodAnswer of(CheckInPeriod period) {
      Optional<Scores> scores = period.scores();
      return new PeriodAnswer(
          period.start().toString(),
          period.count(),
          scores.map(Scores::average).orElse(null),
          scores.map(Scores::minimum).orElse(null),
          scores.map(Scores::maximum).orElse(null));
    }
  }

  // A missing field of the body is null here, whatever its type says.
  @SuppressWarnings("ConstantValue")
  Answer add(Call call) {
    CheckInRequest body = call.body(CheckInRequest.class);
    Noted noted = checkIns.add(
        owner(call),
        new NewCheckIn(
            body.kind() == null ? "" : body.kind(),
            Optional.ofNullable(body.occurredAt())
                .map(text -> RequestFields.time("occurredAt", text)),
            answers(body.answers()),
            Optional.ofNullable(body.score()),
            Optional.ofNullable(body.note()),
            RequestFields.idempotencyKey(call, body.idempotencyKey())));
    CheckInAnswer answer = CheckInAnswer.of(noted.checkIn());
    Answer created = Answer.created(PATH + "/" + answer.id(), answer);
    return noted.again() ? created.with("Idempotent-Replayed", "true") : created;
  }

  private static Owner owner(Call call) {
    return Owner.of(call.principal());
  }

  private static Map<String, Object> answers(@Nullable Map<String, Object> sent) {
    Map<String, Object> answers = new HashMap<>();
    if (sent != null) {
      sent.forEach(
          (question, answer) -> answers.put(question, value("answers." + question, answer)));
    }
    return answers;
  }

  private static Object value(String field, @Nullable Object answer) {
    if (answer instanceof List<?> list) {
      List<Object> values = new ArrayList<>();
      list.forEach(each -> values.add(value(field, each)));
      return values;
    } else if (answer instanceof Double number && !Double.isFinite(number)) {
      throw ValidationFailed.of(field, "is too large a number");
    } else if (answer instanceof Number number) {
      return new BigDecimal(number.toString());
    } else if (answer == null) {
      throw ValidationFailed.of(field, "must not be null; leave it out");
    }
    return answer;
  }

  Answer list(Call call) {
    PageRequest page = call.page();
    return Answer.ok(page.render(
        checkIns.list(owner(call), filter(call), page.after(), page.lookahead()),
        CheckIn::id,
        CheckInAnswer::of));
  }

  private static CheckInFilter filter(Call call) {
    return new CheckInFilter(
        call.query("kind"),
        call.query("from").map(text -> RequestFields.time("from", text)),
        call.query("to").map(text -> RequestFields.time("to", text)));
  }

  Answer latest(Call call) {
    return Answer.ok(new LatestAnswer(
        checkIns.latest(owner(call)).stream().map(CheckInAnswer::of).toList()));
  }

  Answer series(Call call) {
    return Answer.ok(new SeriesAnswer(checkIns
        .series(
            owner(call),
            filter(call),
            call.query("per").map(CheckInHandlers::length).orElse(Length.WEEK),
            call.query("timeZone").map(CheckInHandlers::zone).orElse(ZoneId.of("UTC")))
        .stream()
        .map(PeriodAnswer::of)
        .toList()));
  }

  private static Length length(String code) {
    return Arrays.stream(Length.values())
        .filter(length -> length.code().equals(code))
        .findFirst()
        .orElseThrow(() -> ValidationFailed.of("per", "must be week or month"));
  }

  // Only names that all databases know, and no offsets, which they read with another sign.
  private static ZoneId zone(String name) {
    try {
      if (name.length() <= MAX_ZONE_LENGTH && (name.contains("/") || name.equals("UTC"))) {
        return ZoneId.of(name);
      }
    } catch (DateTimeException e) {
      throw badZone();
    }
    throw badZone();
  }

  private static ValidationFailed badZone() {
    return ValidationFailed.of(
        "timeZone", "must be the name of a time zone, such as Europe/Berlin");
  }

  Answer read(Call call) {
    return Answer.ok(CheckInAnswer.of(checkIns.get(owner(call), call.id("id"))));
  }

  Answer remove(Call call) {
    checkIns.delete(owner(call), call.id("id"));
    return Answer.noContent();
  }
}
