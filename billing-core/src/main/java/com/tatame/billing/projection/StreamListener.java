package com.tatame.billing.projection;

import java.util.Collection;

/** Tells the deliveries that accounts' streams have something new. */
public final class StreamListener implements CommitListener {
  private final Runnable wake;

  /**
   * A listener.
   *
   * @param wake must be quick
   */
  public StreamListener(Runnable wake) {
    this.wake = wake;
  }

  @Override
  public void committed(Collection<Unit> units) {
    if (units.stream().flatMap(unit -> unit.changes().stream()).anyMatch(StreamListener::appends)) {
      wake.run();
    }
  }

  private static boolean appends(Change change) {
    return change instanceof Change.Append
        || change instanceof Change.PublishState
        || (change instanceof Change.Entitle entitle && entitle.decides());
  }
}
