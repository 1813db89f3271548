package com.tatame.billing.promotion;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandParam;
import com.tatame.billing.command.CommandParams;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.WireName;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

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
  static final CommandParam<String> SUBSCRIPTION = CommandParam.text("subscription");
  private static final CommandParam<BigDecimal> PERCENT = CommandParam.decimal("percent_off");
  private static final CommandParam<Long> AMOUNT = CommandParam.number("amount_off");
  private static final CommandParam<String> CURRENCY = CommandParam.text("currency");
  private static final CommandParam<Coupon.Duration> DURATION =
      CommandParam.choice("duration", Coupon.Duration.values(), Coupon.Duration::code);
  private static final CommandParam<Integer> MONTHS = CommandParam.integer("months");
  private static final CommandParam<String> REASON = CommandParam.text("reason");
  private static final CommandParam<String> BY = CommandParam.text("by");

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
        SUBSCRIPTION.get(given),
        terms(given),
        REASON.get(given),
        BY.get(given),
        given.createdAt(),
        status(given.state()),
        given.state() == CommandState.REJECTED ? given.error() : Optional.empty(),
        commanded
            .removed()
            .filter(command -> command.state() == CommandState.SUCCEEDED)
            .map(command ->
                new Removal(command.createdAt(), BY.get(command), REASON.find(command))));
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
    return CommandParams.of(removal(subscriptionId, customerId, Optional.of(reason), by))
        .with(PERCENT, terms.percentOff())
        .with(AMOUNT, terms.amountOff().map(Money::amount))
        .with(CURRENCY, terms.amountOff().map(Money::currency))
        .with(DURATION, terms.duration())
        .with(MONTHS, terms.months())
        .asMap();
  }

  /** What is frozen into the command that takes it off. */
  static Map<String, String> removal(
      String subscriptionId, String customerId, Optional<String> reason, String by) {
    return CommandParams.ofCustomer(customerId)
        .with(SUBSCRIPTION, subscriptionId)
        .with(BY, by)
        .with(REASON, reason)
        .asMap();
  }

  static DiscountTerms terms(Command command) {
    return new DiscountTerms(
        PERCENT.find(command),
        AMOUNT.find(command).map(amount -> new Money(amount, CURRENCY.get(command))),
        DURATION.get(command),
        MONTHS.find(command));
  }
}
