package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.anonymous.AnonymousSession;
import com.tatame.billing.anonymous.AnonymousSessionStore;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.schema.AuditFunctions.Watch;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Anonymous sessions, behind their functions. */
final class AnonymousSessionFunctions implements AnonymousSessionStore {
  private final Functions functions;
  private final AuditFunctions audited;

  AnonymousSessionFunctions(Functions functions, AuditFunctions audited) {
    this.functions = functions;
    this.audited = audited;
  }

  private static Row of(String hash) {
    return Row.empty().with("hash", hash);
  }

  @Override
  public void add(AnonymousSession session, String hash) {
    functions.call(
        "add_anonymous_session_v1",
        of(hash)
            .with("id", session.account())
            .with("created_at", session.createdAt())
            .with("expires_at", session.expiresAt()));
  }

  @Override
  public Optional<AnonymousSession> findByHash(String hash) {
    return functions.row("anonymous_session_v1", of(hash)).map(AnonymousSessionFunctions::session);
  }

  @Override
  public Optional<AnonymousSession> claim(String hash, Owner by, Instant now, AuditEntry audit) {
    Watch watch = new Watch("anonymous_session_v1", of(hash), "claimed_by");
    return audited
        .row(
            audit,
            watch,
            "claim_anonymous_session_v1",
            of(hash)
                .with("account_id", by.account())
                .with("member", by.member())
                .with("now", now))
        .map(AnonymousSessionFunctions::session);
  }

  @Override
  public List<AccountId> gather(Instant claimedSince) {
    return functions
        .rows("gather_usage_v1", Row.empty().with("since", claimedSince))
        .map(row -> new AccountId(row.text("account_id")));
  }

  private static AnonymousSession session(Row row) {
    return new AnonymousSession(
        new AccountId(row.text("id")),
        row.instant("created_at"),
        row.instant("expires_at"),
        row.optionalText("claimed_by").map(AccountId::new),
        row.optionalInstant("claimed_at"));
  }
}
