package com.tatame.billing.sandbox;

import com.tatame.billing.outbox.ParkedAccount;
import com.tatame.billing.outbox.SubscriberStatus;
import java.time.Instant;
import java.util.List;

/** What the page about events out shows. */
public final class DeliveryView {
  private DeliveryView() {}

  /**
   * Who hears of events, and how far it is.
   *
   * @param title a handler's name, or an endpoint's address
   * @param standing in words, such as {@code everything received}
   * @param chip how good that is, as a style
   * @param parked accounts whose next entry has failed
   * @param attempts the last requests; none of a handler
   */
  public record Subscriber(
      SubscriberStatus status,
      String title,
      String standing,
      String chip,
      List<ParkedAccount> parked,
      List<Attempt> attempts) {}

  /**
   * One request to an endpoint.
   *
   * @param answer such as {@code 204 in 12 ms}
   */
  public record Attempt(
      String eventId, String accountId, Instant at, String answer, boolean received) {}
}
