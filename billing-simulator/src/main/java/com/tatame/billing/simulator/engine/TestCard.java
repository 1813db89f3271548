package com.tatame.billing.simulator.engine;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The documented test cards and what each does; every other number is refused as a card that is not a test card. */
enum TestCard {
  VISA("4242424242424242", "visa", "credit", Behaviour.PAYS, null),
  VISA_DEBIT("4000056655665556", "visa", "debit", Behaviour.PAYS, null),
  MASTERCARD("5555555555554444", "mastercard", "credit", Behaviour.PAYS, null),
  MASTERCARD_DEBIT("5200828282828210", "mastercard", "debit", Behaviour.PAYS, null),
  AMEX("378282246310005", "amex", "credit", Behaviour.PAYS, null),
  DISCOVER("6011111111111117", "discover", "credit", Behaviour.PAYS, null),
  DECLINED(
      "4000000000000002",
      "visa",
      "credit",
      Behaviour.DECLINES,
      Decline.card("generic_decline", "Your card was declined.")),
  INSUFFICIENT_FUNDS(
      "4000000000009995",
      "visa",
      "credit",
      Behaviour.DECLINES,
      Decline.card("insufficient_funds", "Your card has insufficient funds.")),
  LOST(
      "4000000000009987",
      "visa",
      "credit",
      Behaviour.DECLINES,
      Decline.card("lost_card", "Your card was declined.")),
  STOLEN(
      "4000000000009979",
      "visa",
      "credit",
      Behaviour.DECLINES,
      Decline.card("stolen_card", "Your card was declined.")),
  EXPIRED(
      "4000000000000069",
      "visa",
      "credit",
      Behaviour.DECLINES,
      new Decline("expired_card", null, "Your card has expired.")),
  INCORRECT_CVC(
      "4000000000000127",
      "visa",
      "credit",
      Behaviour.DECLINES,
      new Decline("incorrect_cvc", null, "Your card's security code is incorrect.")),
  PROCESSING_ERROR(
      "4000000000000119",
      "visa",
      "credit",
      Behaviour.DECLINES,
      new Decline(
          "processing_error",
          null,
          "An error occurred while processing your card. Try again in a little bit.")),
  DISPUTED("4000000000000259", "visa", "credit", Behaviour.PAYS, null),
  FAILS_AT_RENEWAL(
      "4000000000000341",
      "visa",
      "credit",
      Behaviour.DECLINES_LATER,
      Decline.card("generic_decline", "Your card was declined.")),
  AUTHENTICATE_ONCE("4000002500003155", "visa", "credit", Behaviour.AUTHENTICATES_ONCE, null),
  AUTHENTICATE_ALWAYS("4000002760003184", "visa", "credit", Behaviour.AUTHENTICATES_ALWAYS, null);

  private enum Behaviour {
    PAYS,
    DECLINES,
    DECLINES_LATER,
    AUTHENTICATES_ONCE,
    AUTHENTICATES_ALWAYS
  }

  final String number;
  final String brand;
  final String funding;
  private final Behaviour behaviour;

  @SuppressWarnings("ImmutableEnumChecker") // a record of strings
  private final @Nullable Decline decline;

  TestCard(
      String number, String brand, String funding, Behaviour behaviour, @Nullable Decline decline) {
    this.number = number;
    this.brand = brand;
    this.funding = funding;
    this.behaviour = behaviour;
    this.decline = decline;
  }

  static Optional<TestCard> of(String digits) {
    for (TestCard card : values()) {
      if (card.number.equals(digits)) {
        return Optional.of(card);
      }
    }
    return Optional.empty();
  }

  /** The card behind one of Stripe's ready-made payment method ids, such as {@code pm_card_visa}. */
  static Optional<TestCard> ofReadyMade(String paymentMethodId) {
    return switch (paymentMethodId) {
      case "pm_card_visa" -> Optional.of(VISA);
      case "pm_card_mastercard" -> Optional.of(MASTERCARD);
      case "pm_card_amex" -> Optional.of(AMEX);
      case "pm_card_createDispute" -> Optional.of(DISPUTED);
      case "pm_card_chargeCustomerFail" -> Optional.of(FAILS_AT_RENEWAL);
      case "pm_card_visa_chargeDeclined" -> Optional.of(DECLINED);
      case "pm_card_visa_chargeDeclinedInsufficientFunds" -> Optional.of(INSUFFICIENT_FUNDS);
      case "pm_card_visa_chargeDeclinedLostCard" -> Optional.of(LOST);
      case "pm_card_visa_chargeDeclinedStolenCard" -> Optional.of(STOLEN);
      case "pm_card_chargeDeclinedExpiredCard" -> Optional.of(EXPIRED);
      case "pm_card_chargeDeclinedIncorrectCvc" -> Optional.of(INCORRECT_CVC);
      case "pm_card_chargeDeclinedProcessingError" -> Optional.of(PROCESSING_ERROR);
      case "pm_card_authenticationRequired" -> Optional.of(AUTHENTICATE_ALWAYS);
      case "pm_card_authenticationRequiredOnSetup" -> Optional.of(AUTHENTICATE_ONCE);
      default -> Optional.empty();
    };
  }

  String last4() {
    return number.substring(number.length() - 4);
  }

  /** What keeps the card from being saved or charged while its holder is at the page; null when nothing does. */
  @Nullable
  Decline declineAtPage() {
    return behaviour == Behaviour.DECLINES ? decline : null;
  }

  /** What keeps a saved card from being charged without its holder; null when it pays. */
  @Nullable
  Decline declineOffSession() {
    return switch (behaviour) {
      case DECLINES, DECLINES_LATER -> decline;
      case AUTHENTICATES_ALWAYS -> Decline.AUTHENTICATION_REQUIRED;
      default -> null;
    };
  }

  boolean asksAtPage() {
    return behaviour == Behaviour.AUTHENTICATES_ONCE || behaviour == Behaviour.AUTHENTICATES_ALWAYS;
  }
}
