package com.tatame.billing.inbox;

import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** Role of the provider: its own list of the events of the last weeks. */
public interface EventHistory {
  /**
   * Lists the events that the provider created at this instant or later and still knows of, at least
   * those of handled types, in no order that one may rely on.
   *
   * @param page takes one page after the other, none of them empty
   * @throws com.tatame.billing.failure.ProviderUnavailable if the list could not be read to its end
   */
  void since(Instant created, Consumer<List<ReceivedEvent>> page);
}
