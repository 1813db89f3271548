package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.entitlement.Grant;
import com.tatame.billing.entitlement.Grant.Revocation;
import com.tatame.billing.entitlement.GrantContent;
import com.tatame.billing.entitlement.GrantStore;
import com.tatame.billing.schema.AuditFunctions.Watch;
import java.util.List;
import java.util.Optional;

/** Grants, behind their functions. */
final class GrantFunctions implements GrantStore {
  private final Functions functions;
  private final AuditFunctions audited;

  GrantFunctions(Functions functions, AuditFunctions audited) {
    this.functions = functions;
    this.audited = audited;
  }

  @Override
  public Kept add(Grant grant, String key, String fingerprint, AuditEntry audit) {
    Row asked = gift(grant.gift())
        .with("id", grant.id())
        .with("account_id", grant.account())
        .with("key", key)
        .with("fingerprint", fingerprint)
        .with("reason", grant.reason())
        .with("given_by", grant.givenBy())
        .with("given_at", grant.givenAt())
        .with("starts_at", grant.startsAt())
        .with("expires_at", grant.expiresAt());
    return audited
        .row(audit, watch(grant.id(), "id"), "add_grant_v1", asked)
        .map(GrantFunctions::kept)
        .orElseThrow();
  }

  @Override
  public Optional<Grant> revoke(
      AccountId account, String id, Revocation revocation, AuditEntry audit) {
    Row asked = Row.empty()
        .with("account_id", account)
        .with("id", id)
        .with("at", revocation.at())
        .with("by", revocation.by())
        .with("reason", revocation.reason());
    return audited
        .row(audit, watch(id, "revoked_at"), "revoke_grant_v1", asked)
        .map(GrantFunctions::grant);
  }

  private static Watch watch(String id, String field) {
    return new Watch("find_grant_v1", Row.empty().with("id", id), field);
  }

  @Override
  public Optional<Grant> find(String id) {
    return functions.row("find_grant_v1", Row.empty().with("id", id)).map(GrantFunctions::grant);
  }

  @Override
  public Optional<Kept> findByKey(AccountId account, String key) {
    return functions
        .row("find_grant_v1", Row.empty().with("account_id", account).with("key", key))
        .map(GrantFunctions::kept);
  }

  @Override
  public List<Grant> list(Optional<AccountId> account, Optional<String> before, int limit) {
    Page.check(limit);
    Row asked = Row.empty().with("account_id", account).with("before", before).with("limit", limit);
    return functions.rows("list_grants_v1", asked).map(GrantFunctions::grant);
  }

  private static Row gift(GrantContent gift) {
    if (gift instanceof GrantContent.Tier tier) {
      return Row.empty().with("kind", "tier").with("tier", tier.tier());
    } else if (gift instanceof GrantContent.Units units) {
      return Row.empty()
          .with("kind", "units")
          .with("feature", units.feature())
          .with("units", units.units());
    }
    return Row.empty().with("kind", "flag").with("feature", ((GrantContent.Flag) gift).feature());
  }

  private static GrantContent gift(Row row) {
    return switch (row.text("kind")) {
      case "tier" -> new GrantContent.Tier(row.text("tier"));
      case "units" -> new GrantContent.Units(row.text("feature"), row.number("units"));
      default -> new GrantContent.Flag(row.text("feature"));
    };
  }

  private static Kept kept(Row row) {
    return new Kept(grant(row), row.text("fingerprint"));
  }

  static Grant grant(Row row) {
    return new Grant(
        row.text("id"),
        new AccountId(row.text("user_id")),
        gift(row),
        row.text("reason"),
        row.text("given_by"),
        row.instant("given_at"),
        row.instant("starts_at"),
        row.optionalInstant("expires_at"),
        row.number("used"),
        row.optionalInstant("revoked_at")
            .map(at ->
                new Revocation(at, row.text("revoked_by"), row.optionalText("revoked_reason"))));
  }
}
