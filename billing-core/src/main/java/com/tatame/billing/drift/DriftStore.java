package com.tatame.billing.drift;

import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.observation.ObjectRef;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Port: which mirrored objects are to be compared with the provider, and what differed. */
public interface DriftStore {
  /**
   * Mirrored customers that are not gone, and customers that are not mirrored though an account is
   * linked to them, by id.
   *
   * @param after only those behind this id
   */
  List<String> customers(Optional<String> after, int limit);

  /**
   * Mirrored objects of every kind, gone ones included, by the kind's code and then by id, both byte
   * by byte.
   *
   * @param after only those behind this object, which need not exist; empty for the first page
   * @param limit 1 to 101
   */
  List<MirroredObject> objects(Optional<ObjectRef> after, int limit);

  /** One object as {@link #objects} lists it; empty if it is not mirrored. */
  Optional<MirroredObject> object(ObjectRef object);

  /**
   * Records that at this instant all that is stored of a customer was equal to what the provider
   * holds.
   */
  void prove(String customerId, Instant at);

  /** When a customer was last proven equal; empty if it never was. */
  Optional<Instant> provenAt(String customerId);

  /**
   * Lists a difference. One of the same row that is open already keeps its id and its time, and takes
   * the new difference and cause.
   */
  void report(Drift drift);

  /**
   * Closes the differences with these ids; those that are closed already stay as they are.
   *
   * @param audit written in the same commit, if this closes the difference that is its target; empty
   *     where no person asked for it
   */
  void repaired(Collection<String> ids, String by, Instant at, Optional<AuditEntry> audit);

  /** How many differences are open. */
  long open();

  /** The open differences of one customer, or of one object that belongs to none, newest first. */
  List<Drift> openOf(String customerId);

  /**
   * Reported differences, newest first.
   *
   * @param open only those that are not repaired
   * @param before only those reported before the one with this id; empty for the first page
   * @param limit 1 to 101
   */
  List<Drift> list(boolean open, Optional<String> before, int limit);

  Optional<Drift> find(String id);
}
