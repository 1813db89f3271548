package com.tatame.billing.testkit;

import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import java.util.List;

/** Short forms of what gateway contracts do again and again. */
final class GatewayCalls {
  /** A card that always pays. */
  static final String PAYS = "4242424242424242";

  /** A card that is always declined. */
  static final String IS_DECLINED = "4000000000000002";

  /** A card that can be saved and then fails when it is charged. */
  static final String FAILS_LATER = "4000000000000341";

  /** A card whose every payment must be confirmed with the bank. */
  static final String ASKS_ALWAYS = "4000002760003184";

  private GatewayCalls() {}

  static <T extends ProviderObject> T state(Observation seen, Class<T> type) {
    return type.cast(
        seen.state().orElseThrow(() -> new AssertionError("the provider has no " + seen.object())));
  }

  static <T extends ProviderObject> T one(List<Observation> seen, String id, Class<T> type) {
    Observation found = seen.stream()
        .filter(each -> each.object().id().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError("not among those listed: " + id));
    return state(found, type);
  }

  /** How the object is by now. */
  @SuppressWarnings("unchecked") // An object never changes its kind.
  static <T extends ProviderObject> T read(PaymentGateway gateway, T known) {
    Observation seen = gateway.reads().read(known.ref(), known.subject());
    return (T) state(seen, known.getClass());
  }
}
