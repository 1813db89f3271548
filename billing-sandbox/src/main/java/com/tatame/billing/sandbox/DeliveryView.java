package com.tatame.billing.sandbox;

import com.tatame.billing.outbox.ParkedAccount;
import com.tatame.billing.outbox.SubscriberStatus;
import com.tatame.billing.outbox.SubscriberStore;
import java.time.Instant;
import java.util.ArrayList;
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
   * @param attempts the last requests, the newest first; none of a handler
   */
  public record Subscriber(
      SubscriberStatus status,
      String title,
      String standing,
      String chip,
      List<ParkedAccount> parked,
      List<Attempt> attempts) {
    /** Whether it is an address, and no program's handler. */
    public boolean endpoint() {
      return status.kind() == SubscriberStore.Kind.ENDPOINT;
    }

    /** The last requests drawn from left to right, the newest last. */
    public List<Bar> bars() {
      List<Bar> bars = new ArrayList<>();
      for (int i = attempts.size() - 1; i >= 0; i--) {
        boolean received = attempts.get(i).received();
        bars.add(new Bar(bars.size() * Bar.STEP, received ? Bar.HALF : Bar.FULL, received));
      }
      return bars;
    }

    /** What the drawing shows, in words. */
    public String drawn() {
      long received = attempts.stream().filter(Attempt::received).count();
      return "The last " + attempts.size() + " requests, oldest first: " + received + " received, "
          + (attempts.size() - received) + " failed";
    }
  }

  /**
   * A request as it is drawn. One that failed is taller, so that it is seen without its color.
   *
   * @param x its left edge
   */
  public record Bar(int x, int height, boolean received) {
    static final int STEP = 12;
    static final int HALF = 10;
    static final int FULL = 20;

    /** Its upper edge; all stand on one line. */
    public int y() {
      return FULL - height;
    }
  }

  /**
   * One request to an endpoint.
   *
   * @param answer such as {@code 204 in 12 ms}
   */
  public record Attempt(
      String eventId, String accountId, Instant at, String answer, boolean received) {}
}
