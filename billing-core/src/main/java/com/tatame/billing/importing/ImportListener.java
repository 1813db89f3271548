package com.tatame.billing.importing;

import java.time.Duration;

/** Receives the progress of an import. It must not throw. */
public interface ImportListener {
  /** Listens to nothing. */
  ImportListener NONE = new ImportListener() {};

  /**
   * An import, or one of its parts, begins.
   *
   * @param what is imported, such as {@code customers}
   */
  default void begins(String what) {}

  /**
   * A part was done.
   *
   * @param done how much is done, by earlier runs too
   * @param total how much there is
   * @param before how much earlier runs had done
   */
  default void progress(long done, long total, long before) {}

  /**
   * Provider or store could not answer, and is asked again.
   *
   * @param why to be shown to the operator
   */
  default void waiting(Duration pause, String why) {}
}
