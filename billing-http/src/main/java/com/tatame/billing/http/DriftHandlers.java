package com.tatame.billing.http;

import static com.tatame.billing.http.Access.ADMINISTRATOR;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.Route.Parameter.flag;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.NONE;

import com.tatame.billing.apikey.Scope;
import com.tatame.billing.drift.Drift;
import com.tatame.billing.drift.DriftMonitor;
import com.tatame.billing.http.InboxHandlers.RowChangeAnswer;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where what is stored differs from what the provider holds. */
final class DriftHandlers {
  private final DriftMonitor monitor;

  static List<Route> routes() {
    return List.of(
        get("/api/v1/webhooks/drift", ADMINISTRATOR)
            .orKeyWith(Scope.WEBHOOKS_READ)
            .is("Webhooks", "Where what is stored was found to differ from the provider")
            .with(flag("open", "Only what is not repaired."))
            .paged()
            .answers(pageOf(DriftAnswer.class, "Newest first."))
            .by(to -> to.get(DriftHandlers.class)::list),
        post("/api/v1/webhooks/drift/{id}/repair", ADMINISTRATOR, NONE)
            .orKeyWith(Scope.WEBHOOKS_WRITE)
            .is("Webhooks", "Take over what the provider holds of the customer")
            .answers(reply(200, DriftAnswer.class, "It is repaired, or was before."))
            .refuses(CONFLICT)
            .by(to -> to.get(DriftHandlers.class)::repair));
  }

  DriftHandlers(DriftMonitor monitor) {
    this.monitor = monitor;
  }

  record DriftAnswer(
      String id,

      @Doc(
          value = "The provider's. Of an object that belongs to no customer: the payment that it"
              + " names, else its own id.",
          example = "cus_123")
      String customerId,

      @Doc("Before: as it was stored; after: as it ought to be.")
      RowChangeAnswer difference,

      @Doc(
          value = "Why, as far as the stored events tell.",
          oneOf = {
            "dead_letter",
            "not_read",
            "row_altered",
            "event_missed",
            "contradiction",
            "unreadable",
            "link_conflict",
            "derived"
          })
      String cause,

      Instant foundAt,
      @Nullable Instant repairedAt,

      @Doc("Who had it repaired: monitor, also if it was found equal again, or an administrator.")
      @Nullable
      String repairedBy,

      @Doc("When all that is stored of the customer was last equal to what the provider holds.")
      @Nullable
      Instant provenAt) {}

  Answer list(Call call) {
    PageRequest page = call.page();
    return Answer.ok(page.render(
        monitor.list(call.flag("open").orElse(false), page.after(), page.lookahead()),
        Drift::id,
        this::answer));
  }

  Answer repair(Call call) {
    return Answer.ok(answer(monitor.repair(call.id("id"), call.principal().subject())));
  }

  private DriftAnswer answer(Drift drift) {
    return new DriftAnswer(
        drift.id(),
        drift.customerId(),
        RowChangeAnswer.of(drift.difference()),
        drift.cause().code(),
        drift.foundAt(),
        drift.repairedAt().orElse(null),
        drift.repairedBy().orElse(null),
        monitor.provenAt(drift.customerId()).orElse(null));
  }
}
