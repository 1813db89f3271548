package com.tatame.billing.http;

import static com.tatame.billing.http.Access.ADMINISTRATOR;
import static com.tatame.billing.http.Route.Parameter.query;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.get;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.audit.AuditActor;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.audit.AuditFilter;
import com.tatame.billing.audit.AuditLog;
import com.tatame.billing.audit.AuditRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Who changed what. */
final class AuditHandlers {
  private final AuditLog audit;

  static List<Route> routes() {
    return List.of(get("/api/v1/audit", ADMINISTRATOR)
        .orKeyWith(Scope.AUDIT_READ)
        .is("Audit", "Who changed what: each administrative act and each change by a caller")
        .with(
            query("account", "Only changes of this account."),
            query("actor", "Only what this one did, such as user:user_alice or cli."),
            query("action", "Only this, such as create_grant."),
            query("from", "Only what was done at this time or later."),
            query("to", "Only what was done before this time."))
        .paged()
        .answers(pageOf(AuditAnswer.class, "Newest first."))
        .by(to -> to.get(AuditHandlers.class)::list));
  }

  AuditHandlers(AuditLog audit) {
    this.audit = audit;
  }

  record AuditAnswer(
      @Doc("Its number. What was written at the same time may have them in any order.")
      long seq,

      @Doc("Wall time.") Instant at,

      @Doc(
          value = "A kind and an id: user, member, administrator, api_key, visitor or system;"
              + " cli or program without an id.",
          example = "administrator:user_ada")
      String actor,

      @Doc(value = "What was done.", example = "create_grant")
      String action,

      @Doc("Whose data was changed; null for what belongs to no account.") @Nullable
      String accountId,

      @Doc(value = "What was changed.", example = "gr_1c8f") String target,

      @Doc("Fields that were changed, as text; null for what came into being.") @Nullable
      Map<String, String> before,

      @Doc("The same fields after it; null for what is gone.") @Nullable
      Map<String, String> after,

      @Doc("The X-Request-ID of the request that asked for it.") @Nullable
      String requestId,

      @Doc("Null until the entry is sealed.") @Nullable String hash) {
    static AuditAnswer of(AuditRecord stored) {
      AuditEntry entry = stored.entry();
      return new AuditAnswer(
          stored.seq(),
          entry.at(),
          entry.actor().value(),
          entry.action(),
          entry.account().map(AccountId::value).orElse(null),
          entry.target(),
          entry.change().before().orElse(null),
          entry.change().after().orElse(null),
          entry.requestId().orElse(null),
          null);
    }
  }

  Answer list(Call call) {
    PageRequest page = call.page();
    AuditFilter filter = new AuditFilter(
        call.query("account").map(AccountId::new),
        call.query("actor").map(AuditActor::new),
        call.query("action"),
        time(call, "from"),
        time(call, "to"));
    return Answer.ok(page.render(
        audit.list(filter, seq(page), page.lookahead()),
        stored -> Long.toString(stored.seq()),
        AuditAnswer::of));
  }

  private static OptionalLong seq(PageRequest page) {
    try {
      return page.after().map(Long::parseLong).map(OptionalLong::of).orElse(OptionalLong.empty());
    } catch (NumberFormatException e) {
      throw PageRequest.badCursor();
    }
  }

  private static Optional<Instant> time(Call call, String name) {
    return call.query(name).map(text -> RequestFields.time(name, text));
  }
}
