package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What an operation hands back to be shown. */
sealed interface Outcome {
  record One(StripeObject object) implements Outcome {}

  record Many(List<? extends StripeObject> page, boolean more, String url) implements Outcome {}

  record Ready(ObjectNode json) implements Outcome {}
}
