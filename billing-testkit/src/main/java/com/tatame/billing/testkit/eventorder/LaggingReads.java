package com.tatame.billing.testkit.eventorder;

import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.store.BillingStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A provider whose answers lag now and then: a reader that knows of an object's end may get the
 * state before. An answer that lags about anything else is indistinguishable from the truth.
 */
final class LaggingReads {
  private static final int LAGS_ONE_IN = 3;

  private final ProofWorld world;
  private final BillingStore store;
  private final Map<ObjectRef, ProviderObject> before = new HashMap<>();

  LaggingReads(ProofWorld world, BillingStore store) {
    this.world = world;
    this.store = store;
  }

  PaymentGateway around(PaymentGateway gateway) {
    ObjectReads good = gateway.reads();
    return FaultInjector.proxy(
        PaymentGateway.class,
        (proxy, method, arguments) -> method.getReturnType() == ObjectReads.class
            ? (ObjectReads) (object, subject) -> read(good, object, subject)
            : FaultInjector.invoke(method, gateway, arguments));
  }

  private Observation read(ObjectReads good, ObjectRef object, SubjectId subject) {
    Observation answer = good.read(object, subject);
    Optional<ProviderObject> state = answer.state();
    if (state.filter(ProviderObject::terminal).isEmpty()) {
      state.ifPresent(now -> before.put(object, now));
      return answer;
    }
    Optional<ProviderObject> then = Optional.ofNullable(before.get(object))
        .filter(old -> world.random().nextInt(LAGS_ONE_IN) == 0)
        .filter(old -> knownToHaveEnded(object, subject));
    then.ifPresent(old -> world.trace("a read of " + old.id() + " lags"));
    return then.map(old -> Observation.read(old, answer.asOf())).orElse(answer);
  }

  private boolean knownToHaveEnded(ObjectRef object, SubjectId subject) {
    return store
        .projections()
        .load(List.of(new SubjectQuery(subject, Set.of(object), Set.of())))
        .values()
        .stream()
        .flatMap(known -> Optional.ofNullable(known.rows().get(object)).stream())
        .flatMap(row -> row.state().stream())
        .anyMatch(ProviderObject::terminal);
  }
}
