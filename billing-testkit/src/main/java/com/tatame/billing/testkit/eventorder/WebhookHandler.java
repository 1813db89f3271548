package com.tatame.billing.testkit.eventorder;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The webhook handler on trial. Two methods are enough for one that does all its work within the
 * request; the others are for handlers that work in the background, crash, and read the provider.
 * Everything happens on one thread.
 */
public interface WebhookHandler extends AutoCloseable {
  /** Makes a handler for the world of one seed. */
  @FunctionalInterface
  interface Factory {
    WebhookHandler open(ProofWorld world);
  }

  /**
   * Takes a signed event. Returning acknowledges it; whatever is thrown doesn't, and it comes again.
   *
   * @param body the raw bytes
   * @param signatureHeader the value of {@code Stripe-Signature}, by wall time
   */
  void receive(byte[] body, String signatureHeader);

  /**
   * What the handler believes by now, in the names and values of {@link ProviderTruth}, for example
   * {@code sub_1.status} and {@code active}. Deleted objects have no rows.
   */
  Map<String, String> rows();

  /** Does one step of its work in the background, on any of its nodes. */
  default void step() {}

  /** Whether nothing is left to do, apart from what only a read could tell. */
  default boolean idle() {
    return true;
  }

  /** One of its programs dies, between two steps; what it had in memory is gone. */
  default void crash() {}

  /**
   * Whether it believes events for as long as it can't read. Then it must be right, before it may read,
   * about all that the times of the events tell apart, and be {@link #unsure} of the rest.
   */
  default boolean believesEvents() {
    return false;
  }

  /** The ids of objects that it knows it must read before it can be sure of them. */
  default Set<String> unsure() {
    return Set.of();
  }

  /**
   * Makes up for a lost event by reading the object that it carried.
   *
   * @param event the lost event, JSON
   * @return false if it has no such way; then the event is sent again
   */
  default boolean readInstead(String event) {
    return false;
  }

  /** What it met of the things that only a handler can tell. */
  default Set<Coverage> met() {
    return Set.of();
  }

  /** What it found wrong with itself, such as an event that took effect twice. */
  default List<String> complaints() {
    return List.of();
  }

  @Override
  default void close() {}
}
