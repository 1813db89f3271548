package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened. The object is kept in the newest shape together with how it was before, so that each endpoint and
 * each listing can be given it in its own version, with exactly the previous attributes that this version has.
 */
final class StripeEvent extends StripeObject {
  String type = "";
  String apiVersion = "";

  @Nullable
  String requestId;

  @Nullable
  String idempotencyKey;

  @Nullable
  ObjectNode object;

  @Nullable
  ObjectNode before;
  /** How many endpoints were to receive it when it happened. */
  int endpoints;
  /** The endpoints that have not acknowledged it. */
  Set<String> undelivered = new LinkedHashSet<>();
}
