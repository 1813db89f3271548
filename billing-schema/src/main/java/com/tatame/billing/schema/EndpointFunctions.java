package com.tatame.billing.schema;

import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.outbox.EndpointStore;
import com.tatame.billing.outbox.EventEndpoint;
import com.tatame.billing.outbox.EventEndpoint.PreviousSecret;
import com.tatame.billing.schema.AuditFunctions.Watch;
import java.net.URI;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Addresses that receive entries, behind their functions. */
final class EndpointFunctions implements EndpointStore {
  private static final String NAME = "name";
  private static final String SECRET = "secret";
  private static final String TYPES = "types";

  private final Functions functions;
  private final AuditFunctions audited;

  EndpointFunctions(Functions functions, AuditFunctions audited) {
    this.functions = functions;
    this.audited = audited;
  }

  @Override
  public void add(EventEndpoint endpoint, Instant now, AuditEntry audit) {
    Row asked = row(endpoint).with(SECRET, endpoint.secret()).with("now", now);
    audited.call(audit, watch(endpoint.id(), NAME), "add_endpoint_v1", asked);
  }

  @Override
  public void update(EventEndpoint endpoint, AuditEntry audit) {
    audited.call(
        audit,
        watch(endpoint.id(), "url", "description", TYPES, "active"),
        "update_endpoint_v1",
        row(endpoint));
  }

  @Override
  public boolean replaceSecrets(EventEndpoint endpoint, String expected, AuditEntry audit) {
    Row asked = Row.empty()
        .with(NAME, endpoint.id())
        .with(SECRET, endpoint.secret())
        .with("previous_secret", endpoint.previous().map(PreviousSecret::secret))
        .with("previous_expires", endpoint.previous().map(PreviousSecret::expiresAt))
        .with("expected", expected);
    return audited
        .call(audit, watch(endpoint.id(), "secret_hash"), "replace_endpoint_secret_v1", asked)
        .booleanValue();
  }

  private static Watch watch(String id, String... fields) {
    return new Watch("find_endpoint_v1", Row.empty().with(NAME, id), fields);
  }

  private static Row row(EventEndpoint endpoint) {
    Row row = Row.empty()
        .with(NAME, endpoint.id())
        .with("url", endpoint.url().toString())
        .with("description", endpoint.description())
        .with("active", endpoint.active());
    return endpoint.types().isEmpty() ? row : row.with(TYPES, new TreeSet<>(endpoint.types()));
  }

  @Override
  public Optional<EventEndpoint> find(String id) {
    return list(Row.empty().with(NAME, id)).stream().findFirst();
  }

  @Override
  public List<EventEndpoint> list() {
    return list(Row.empty());
  }

  private List<EventEndpoint> list(Row asked) {
    return functions
        .rows("list_endpoints_v1", asked)
        .map(row -> new EventEndpoint(
            row.text(NAME),
            URI.create(row.text("url")),
            row.optionalText("description"),
            row.has(TYPES) ? new HashSet<>(row.textList(TYPES)) : Set.of(),
            row.flag("active"),
            row.instant("created_at"),
            row.text(SECRET),
            row.optionalText("previous_secret")
                .map(secret -> new PreviousSecret(secret, row.instant("previous_expires")))));
  }
}
