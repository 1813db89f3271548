package com.tatame.billing.drift;

import com.tatame.billing.customer.Customer;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Projections;
import com.tatame.billing.projection.StoredObject;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Loads what is stored, for comparisons. */
final class StoredRows {
  private final Projections projections;

  StoredRows(Projections projections) {
    this.projections = projections;
  }

  SubjectState load(SubjectId subject, Set<ObjectRef> objects) {
    return projections
        .store()
        .load(List.of(new SubjectQuery(subject, objects, Set.of())))
        .getOrDefault(subject, SubjectState.nothing(subject));
  }

  /** The state of one object; empty if it is not stored, or gone. */
  Optional<ProviderObject> object(ObjectRef object, SubjectId subject) {
    return Optional.ofNullable(load(subject, Set.of(object)).rows().get(object))
        .flatMap(StoredObject::state);
  }

  Optional<Customer> customer(SubjectId customerId) {
    ObjectRef object = new ObjectRef(ObjectKind.CUSTOMER, customerId.value());
    return object(object, customerId).map(Customer.class::cast);
  }
}
