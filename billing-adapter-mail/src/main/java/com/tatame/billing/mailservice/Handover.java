package com.tatame.billing.mailservice;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Whether a mail may be at the service. What completes it begins here, and what gives up ends here,
 * whichever is first: a mail that was reported as not sent is never completed later by a thread that
 * was slow.
 */
final class Handover {
  private enum State {
    OPEN,
    BEGUN,
    GIVEN_UP
  }

  private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);

  /**
   * Just before the service can have all of it.
   *
   * @return false if it was given up: then it must not be sent
   */
  boolean begin() {
    return state.compareAndSet(State.OPEN, State.BEGUN) || state.get() == State.BEGUN;
  }

  /**
   * After an error, or at the time limit.
   *
   * @return true if the service surely hasn't got it, now and later
   */
  boolean giveUp() {
    return state.compareAndSet(State.OPEN, State.GIVEN_UP) || state.get() == State.GIVEN_UP;
  }
}
