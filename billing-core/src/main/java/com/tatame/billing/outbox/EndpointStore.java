package com.tatame.billing.outbox;

import com.tatame.billing.audit.AuditEntry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Port: addresses of others that receive entries. */
public interface EndpointStore {
  /**
   * Adds an endpoint, which receives what is appended from now on. A second time it changes nothing.
   *
   * @param now wall time
   */
  void add(EventEndpoint endpoint, Instant now, AuditEntry audit);

  /** Replaces all but its secrets. */
  void update(EventEndpoint endpoint, AuditEntry audit);

  /**
   * Replaces its secrets.
   *
   * @param expected the sealed secret that is replaced
   * @return false, and nothing is changed, if it is another one by now
   */
  boolean replaceSecrets(EventEndpoint endpoint, String expected, AuditEntry audit);

  Optional<EventEndpoint> find(String id);

  /** All of them, by id. */
  List<EventEndpoint> list();
}
