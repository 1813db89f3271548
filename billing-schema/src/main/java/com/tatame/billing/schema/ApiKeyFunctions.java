package com.tatame.billing.schema;

import com.tatame.billing.apikey.ApiKey;
import com.tatame.billing.apikey.ApiKeyStore;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.schema.AuditFunctions.Watch;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Keys for other programs, behind their functions. */
final class ApiKeyFunctions implements ApiKeyStore {
  private final Functions functions;
  private final AuditFunctions audited;

  ApiKeyFunctions(Functions functions, AuditFunctions audited) {
    this.functions = functions;
    this.audited = audited;
  }

  private static Row of(String id) {
    return Row.empty().with("id", id);
  }

  @Override
  public void add(ApiKey key, String hash, AuditEntry audit) {
    audited.call(
        audit,
        watch(key.id(), "id"),
        "add_api_key_v1",
        of(key.id())
            .with("hash", hash)
            .with("name", key.name())
            .with("scopes", key.scopes().stream().map(Scope::code).sorted().toList())
            .with("created_at", key.createdAt())
            .with("expires_at", key.expiresAt())
            .with("revoked_at", key.revokedAt())
            .with("last_used_at", key.lastUsedAt()));
  }

  @Override
  public Optional<ApiKey> findByHash(String hash) {
    return functions
        .row("api_key_by_hash_v1", Row.empty().with("hash", hash))
        .map(ApiKeyFunctions::key);
  }

  @Override
  public Optional<ApiKey> find(String id) {
    return functions.row("find_api_key_v1", of(id)).map(ApiKeyFunctions::key);
  }

  @Override
  public List<ApiKey> list(Optional<String> after, int limit) {
    Page.check(limit);
    return functions
        .rows("list_api_keys_v1", Row.empty().with("after", after).with("limit", limit))
        .map(ApiKeyFunctions::key);
  }

  @Override
  public Optional<ApiKey> revoke(String id, Instant now, AuditEntry audit) {
    return audited
        .row(audit, watch(id, "revoked_at"), "revoke_api_key_v1", of(id).with("now", now))
        .map(ApiKeyFunctions::key);
  }

  private static Watch watch(String id, String field) {
    return new Watch("find_api_key_v1", of(id), field);
  }

  @Override
  public void noteUse(String id, Instant now, Duration interval) {
    functions.call(
        "note_api_key_use_v1", of(id).with("now", now).with("unless_after", now.minus(interval)));
  }

  // A scope that only a later release knows gives nothing here.
  private static ApiKey key(Row row) {
    return new ApiKey(
        row.text("id"),
        row.text("name"),
        row.textList("scopes").stream()
            .flatMap(code -> Scope.of(code).stream())
            .collect(Collectors.toSet()),
        row.instant("created_at"),
        row.optionalInstant("expires_at"),
        row.optionalInstant("revoked_at"),
        row.optionalInstant("last_used_at"));
  }
}
