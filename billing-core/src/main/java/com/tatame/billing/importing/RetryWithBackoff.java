package com.tatame.billing.importing;

import com.tatame.billing.command.Pause;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.StoreUnavailable;
import java.time.Duration;
import java.util.function.Supplier;

/** Does a part of an import again when provider or store could not answer, after a while. */
final class RetryWithBackoff {
  private static final int MAX_FAILURES = 10;
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final Pause pause;
  private final ImportListener listener;

  RetryWithBackoff(Pause pause, ImportListener listener) {
    this.pause = pause;
    this.listener = listener;
  }

  /**
   * The answer of something that may be done again.
   *
   * @throws BillingException if it fails otherwise, or for ever
   */
  <T> T get(Supplier<T> part) {
    for (int failures = 1; ; failures++) {
      try {
        return part.get();
      } catch (ProviderUnavailable e) {
        await(failures, e, e.retryAfter());
      } catch (StoreUnavailable e) {
        await(failures, e, PAUSE);
      }
    }
  }

  private void await(int failures, BillingException e, Duration asked) {
    if (failures >= MAX_FAILURES || Thread.currentThread().isInterrupted()) {
      throw e;
    }
    Duration longer = asked.compareTo(PAUSE) > 0 ? asked : PAUSE;
    listener.waiting(longer, String.valueOf(e.getMessage()));
    pause.pause(longer);
  }
}
