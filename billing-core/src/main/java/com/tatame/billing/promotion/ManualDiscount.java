package com.tatame.billing.promotion;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.WireName;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A discount that an administrator gave, as the journal tells. All instants are wall time.
 *
 * @param id also that of its coupon at the provider
 * @param reason in words, for who looks at it later
 * @param givenBy the administrator or API key
 * @param error why it was rejected, safe to show; empty otherwise
 * @param removed empty unless it was taken off again
 */
public record ManualDiscount(
    String id,
    AccountId account,
    String subscriptionId,
    DiscountTerms terms,
    String reason,
    String givenBy,
    Instant givenAt,
    Status status,
    Optional<String> error,
    Optional<Removal> removed) {
  static final String SUBSCRIPTION = "subscription";
  static final String CUSTOMER = "customer";
  private static final String PERCENT = "percent_off";
  private static final String AMOUNT = "amount_off";
  private static final String CURRENCY = "currency";
  private static final String DURATION = "duration";
  private static final String MONTHS = "months";
  private static final String REASON = "reason";
  private static final String BY = "by";

  /** How far it got. It may be over by now for all that: the subscription says what is in force. */
  public enum Status implements WireName {
    /** The provider was asked, or is to be, and has not answered yet. */
    PENDING,
    /** It was put on the subscription. */
    GIVEN,
    /** The provider refused it. */
    REJECTED,
    /** It is not known; an operator must decide. */
    UNDECIDED
  }

  /**
   * That a discount was taken off.
   *
   * @param reason in words; empty if none was given
   */
  public record Removal(Instant at, String by, Optional<String> reason) {}

  /** What the commands say. */
  static ManualDiscount of(DiscountStore.Commanded commanded) {
    Command given = commanded.given();
    return new ManualDiscount(
        given.target(),
        given.account(),
        param(given, SUBSCRIPTION),
        terms(given),
        param(given, REASON),
        param(given, BY),
        given.createdAt(),
        status(given.state()),
        given.state() == CommandState.REJECTED ? given.error() : Optional.empty(),
        commanded
            .removed()
            .filter(command -> command.state() == CommandState.SUCCEEDED)
            .map(command -> new Removal(
                command.createdAt(),
                param(command, BY),
                Optional.ofNullable(command.params().get(REASON)))));
  }

  private static Status status(CommandState state) {
    return switch (state) {
      case SUCCEEDED -> Status.GIVEN;
      case REJECTED -> Status.REJECTED;
      case NEEDS_OPERATOR -> Status.UNDECIDED;
      case PLANNED, SENDING, UNKNOWN -> Status.PENDING;
    };
  }

  /** What is frozen into the command that gives it. */
  static Map<String, String> params(
      DiscountTerms terms, String subscriptionId, String customerId, String reason, String by) {
    Map<String, String> params = removal(subscriptionId, customerId, Optional.of(reason), by);
    terms.percentOff().ifPresent(percent -> params.put(PERCENT, percent.toPlainString()));
    terms.amountOff().ifPresent(off -> {
      params.put(AMOUNT, Long.toString(off.amount()));
      params.put(CURRENCY, off.currency());
    });
    params.put(DURATION, terms.duration().code());
    terms.months().ifPresent(months -> params.put(MONTHS, Integer.toString(months)));
    return params;
  }

  /** What is frozen into the command that takes it off. */
  static Map<String, String> removal(
      String subscriptionId, String customerId, Optional<String> reason, String by) {
    Map<String, String> params = new TreeMap<>();
    params.put(SUBSCRIPTION, subscriptionId);
    params.put(CUSTOMER, customerId);
    params.put(BY, by);
    reason.ifPresent(text -> params.put(REASON, text));
    return params;
  }

  static DiscountTerms terms(Command command) {
    Map<String, String> params = command.params();
    return new DiscountTerms(
        Optional.ofNullable(params.get(PERCENT)).map(BigDecimal::new),
        Optional.ofNullable(params.get(AMOUNT))
            .map(amount -> new Money(Long.parseLong(amount), param(command, CURRENCY))),
        Coupon.Duration.valueOf(param(command, DURATION).toUpperCase(Locale.ROOT)),
        Optional.ofNullable(params.get(MONTHS)).map(Integer::valueOf));
  }

  static String param(Command command, String name) {
    String value = command.params().get(name);
    if (value == null) {
      throw new IllegalStateException("a stored discount lacks its " + name);
    }
    return value;
  }
}
