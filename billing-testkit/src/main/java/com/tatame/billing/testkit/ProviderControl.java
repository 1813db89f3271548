package com.tatame.billing.testkit;

import com.tatame.billing.catalog.Recurrence;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a contract makes happen at a payment provider in its test mode, past the gateway. */
public interface ProviderControl {
  /** What happens to calls while the provider is not well. */
  enum Outage {
    /** A server error; nothing is executed, nothing is stored under the key. */
    NOT_EXECUTED,
    /** The call is executed, but its answer never arrives. */
    ANSWER_LOST,
    /** The call is executed, but a server error is answered and stored under its key. */
    FAILURE_KEPT
  }

  /** Creates a product and gives its id. */
  String createProduct(String name);

  /**
   * Creates a price that recurs every month or year and gives its id.
   *
   * @param unitAmount minor units
   */
  String createPrice(
      String productId, long unitAmount, String currency, Recurrence.Unit unit, String lookupKey);

  /**
   * Pays a checkout on its page.
   *
   * @return whether the checkout is complete then
   */
  boolean pay(String sessionId, String cardNumber);

  /**
   * Makes another card the one that all of a customer's subscriptions are charged to.
   *
   * @param readyMade the provider's name for a card that is there to test with
   */
  void replaceCard(String customerId, String readyMade);

  /** The payment method that the newest of a customer's subscriptions is charged to. */
  String cardOf(String customerId);

  /**
   * Makes a coupon and a code that gives it out.
   *
   * @param most how often the code may be used; empty for any number of times
   * @return the code's id
   */
  String createCode(String couponId, String percentOff, String code, Optional<Integer> most);

  /**
   * Makes a meter.
   *
   * @param formula by which it aggregates its events: sum, count or last
   */
  void createMeter(String eventName, String formula);

  /** What a customer paid, invoice by invoice, in minor units; what came to nothing is left out. */
  List<Long> paid(String customerId);

  /**
   * Confirms with the bank a payment that a checkout waits for.
   *
   * @return whether the checkout is complete then
   */
  boolean confirm(String sessionId);

  /** The provider's time. */
  Instant now();

  /** Moves the provider's time, and lets everything happen that is due on the way. */
  void advance(Duration time);

  /** Makes the next so many calls fail, whatever they are. */
  void fail(Outage outage, int calls);

  /** Ends an outage. */
  void recover();
}
