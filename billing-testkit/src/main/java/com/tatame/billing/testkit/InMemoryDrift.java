package com.tatame.billing.testkit;

import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.customer.Customer;
import com.tatame.billing.drift.Drift;
import com.tatame.billing.drift.DriftStore;
import com.tatame.billing.drift.MirroredObject;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.RowChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

final class InMemoryDrift implements DriftStore {
  private static final Comparator<ObjectRef> BY_CODE =
      Comparator.comparing((ObjectRef ref) -> ref.kind().code()).thenComparing(ObjectRef::id);

  private final SharedLock lock;
  private final InMemoryAudit audited;
  private final MirroredRows rows;
  private final Map<String, Instant> proofs = new HashMap<>();
  private final List<Drift> reported = new ArrayList<>();

  InMemoryDrift(SharedLock lock, MirroredRows rows, InMemoryAudit audited) {
    this.lock = lock;
    this.audited = audited;
    this.rows = rows;
  }

  @Override
  public List<String> customers(Optional<String> after, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> Stream.concat(
            rows.living(Customer.class).map(Customer::id),
            rows.linkedCustomers().filter(id -> !rows.refs().contains(customer(id))))
        .filter(id -> after.filter(last -> id.compareTo(last) <= 0).isEmpty())
        .sorted()
        .limit(limit)
        .toList());
  }

  @Override
  public List<MirroredObject> objects(Optional<ObjectRef> after, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> rows.refs().stream()
        .filter(ref -> after.filter(last -> BY_CODE.compare(ref, last) <= 0).isEmpty())
        .sorted(BY_CODE)
        .limit(limit)
        .map(this::mirrored)
        .toList());
  }

  @Override
  public Optional<MirroredObject> object(ObjectRef object) {
    return lock.hold(() -> Optional.of(object).filter(rows.refs()::contains).map(this::mirrored));
  }

  private static ObjectRef customer(String id) {
    return new ObjectRef(ObjectKind.CUSTOMER, id);
  }

  // Nothing is kept twice here, so no copy can disagree.
  private MirroredObject mirrored(ObjectRef object) {
    SubjectId subject = rows.subject(object);
    boolean customerLives = rows.state(customer(subject.value())).isPresent();
    boolean listed =
        object.kind() == ObjectKind.CUSTOMER || object.kind() == ObjectKind.SUBSCRIPTION;
    return new MirroredObject(object, subject, customerLives && listed, List.of());
  }

  @Override
  public void prove(String customerId, Instant at) {
    lock.hold(() -> proofs.put(customerId, at));
  }

  @Override
  public Optional<Instant> provenAt(String customerId) {
    return lock.hold(() -> Optional.ofNullable(proofs.get(customerId)));
  }

  @Override
  public void report(Drift drift) {
    lock.hold(() -> {
      for (int i = 0; i < reported.size(); i++) {
        Drift open = reported.get(i);
        if (open.repairedAt().isEmpty() && isOfSameRow(open.difference(), drift.difference())) {
          return reported.set(
              i,
              new Drift(
                  open.id(),
                  open.customerId(),
                  drift.difference(),
                  drift.cause(),
                  open.foundAt(),
                  Optional.empty(),
                  Optional.empty()));
        }
      }
      return reported.add(drift);
    });
  }

  private static boolean isOfSameRow(RowChange one, RowChange other) {
    return one.kind().equals(other.kind()) && one.id().equals(other.id());
  }

  @Override
  public void repaired(Collection<String> ids, String by, Instant at, Optional<AuditEntry> audit) {
    if (audit.isPresent()) {
      String target = audit.get().target();
      audited.changing(audit.get(), () -> find(target).flatMap(Drift::repairedAt), () -> {
        repaired(ids, by, at, Optional.empty());
        return true;
      });
      return;
    }
    lock.hold(() -> {
      reported.replaceAll(
          drift -> ids.contains(drift.id()) && drift.repairedAt().isEmpty()
              ? new Drift(
                  drift.id(),
                  drift.customerId(),
                  drift.difference(),
                  drift.cause(),
                  drift.foundAt(),
                  Optional.of(at),
                  Optional.of(by))
              : drift);
      return true;
    });
  }

  @Override
  public long open() {
    return lock.hold(() -> openNewestFirst().count());
  }

  @Override
  public List<Drift> openOf(String customerId) {
    return lock.hold(() ->
        openNewestFirst().filter(drift -> drift.customerId().equals(customerId)).toList());
  }

  private Stream<Drift> openNewestFirst() {
    List<Drift> open = new ArrayList<>();
    for (Drift drift : reported) {
      if (drift.repairedAt().isEmpty()) {
        open.add(0, drift);
      }
    }
    return open.stream();
  }

  @Override
  public List<Drift> list(boolean open, Optional<String> before, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> {
      List<Drift> newestFirst = new ArrayList<>();
      for (Drift drift : reported) {
        if (before.filter(drift.id()::equals).isPresent()) {
          break;
        }
        if (!open || drift.repairedAt().isEmpty()) {
          newestFirst.add(0, drift);
        }
      }
      return newestFirst.stream().limit(limit).toList();
    });
  }

  @Override
  public Optional<Drift> find(String id) {
    return lock.hold(
        () -> reported.stream().filter(drift -> drift.id().equals(id)).findFirst());
  }
}
