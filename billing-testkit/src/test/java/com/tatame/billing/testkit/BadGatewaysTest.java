package com.tatame.billing.testkit;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of gateways notices each rule that is broken. */
class BadGatewaysTest {

  static Stream<Arguments> bad() {
    return Stream.of(
        Arguments.of(BadGateways.AlwaysAlive.class, "aProviderThatIsDownGivesNoSignOfLife"),
        Arguments.of(
            BadGateways.TakesABurntKeyForUnknown.class, "aFailureThatTheKeyRemembersBurnsIt"),
        Arguments.of(BadGateways.FindsAnybodys.class, "aCustomerIsFoundByTheCommandThatMadeIt"),
        Arguments.of(
            BadGateways.FindsAllBeginnings.class, "aKeyIsTheSameUpToAColonAndNotUpToAnyOtherSign"),
        Arguments.of(
            BadGateways.TakesAnOutageForAbsenceOfTraces.class, "aProviderThatIsDownProvesNothing"),
        Arguments.of(BadGateways.ReadsOnePage.class, "moreProductsThanFitOnOnePageAreAllRead"),
        Arguments.of(BadGateways.ForgetsTheAccount.class, "aCustomerIsCreatedForItsAccount"),
        Arguments.of(BadGateways.DatesAnswersLate.class, "aCustomerIsCreatedForItsAccount"),
        Arguments.of(BadGateways.IgnoresKeys.class, "repeatingAKeyCreatesNoSecondCustomer"),
        Arguments.of(BadGateways.IgnoresKeys.class, "repeatingAKeyOpensNoSecondCheckout"),
        Arguments.of(BadGateways.AnswersByKeyAlone.class, "aKeyWithOtherParametersIsRefused"),
        Arguments.of(
            BadGateways.TakesTheLostForUnsent.class,
            "aCallWhoseAnswerWasLostIsUnknownAndItsKeyFindsWhatItDid"),
        Arguments.of(
            BadGateways.SwallowsFailures.class, "aCallThatFailedBeforeItWasExecutedCanBeRepeated"),
        Arguments.of(
            BadGateways.TakesTheAbsentForUnreadable.class, "whatTheProviderDoesNotKnowIsGone"),
        Arguments.of(
            BadGateways.TakesAnOutageForAbsence.class, "aReadOfAProviderThatIsDownTeachesNothing"),
        Arguments.of(BadGateways.LosesTheCommand.class, "aCheckoutOpensForItsAccountAndCommand"),
        Arguments.of(
            BadGateways.SellsAtTheListPrice.class, "thePaymentOfAnItemCarriesAllThatWasAgreed"),
        Arguments.of(BadGateways.ForgetsTheGuest.class, "aGuestPaysAndStaysNobodysCustomer"),
        Arguments.of(
            BadGateways.RefundsAllOfIt.class, "aPaymentIsGivenBackInPartsUntilNothingIsLeft"),
        Arguments.of(BadGateways.TellsNoSecret.class, "aPaymentIsReadWithTheSecretOfItsPayer"),
        Arguments.of(BadGateways.ExpiresNothing.class, "anExpiredCheckoutCanNotBePaid"),
        Arguments.of(BadGateways.GivesNoTrial.class, "aCheckoutWithTrialStartsATrial"),
        Arguments.of(BadGateways.LosesTheReason.class, "cancelingNowEndsTheSubscription"),
        Arguments.of(
            BadGateways.CancelsAtOnce.class, "aSubscriptionCanceledAtThePeriodsEndGoesOnUntilThen"),
        Arguments.of(
            BadGateways.KeepsNothing.class, "aCancellationThatHasNotTakenEffectIsTakenBack"),
        Arguments.of(BadGateways.CancelsAgain.class, "aRepeatedKeyDoesNotUndoWhatCameAfterIt"),
        Arguments.of(BadGateways.RemembersAnswers.class, "aRepeatedKeyAnswersHowThingsAreByNow"),
        Arguments.of(BadGateways.KeepsUnderAnyKey.class, "aKeyOfAnotherRequestIsRefused"),
        Arguments.of(
            BadChanges.ChargesAsOfNow.class, "aChangeCostsWhatItsPreviewSaidAlsoALittleLater"),
        Arguments.of(BadChanges.ChangesToPreview.class, "askingWhatItCostsChangesNothing"),
        Arguments.of(
            BadChanges.ProratesAlways.class, "withoutProrationTheNextInvoiceFollowsAChange"),
        Arguments.of(BadChanges.ChangesUnderAnyKey.class, "repeatingAChangeUnderItsKeyChargesOnce"),
        Arguments.of(BadChanges.ChangesAtOnce.class, "aChangeAtRenewalWaitsForThePeriodsEnd"),
        Arguments.of(BadChanges.AsksForNothing.class, "aChangeThatMustBeConfirmedWaitsForItsPayer"),
        Arguments.of(BadChanges.PausesForEver.class, "aPauseCanEndByItself"),
        Arguments.of(
            BadGateways.ListsTheLiving.class,
            "allSubscriptionsOfACustomerAreListedAlsoThoseThatEnded"));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void isCaught(Class<?> binding, String test) {
    FailingContractTests.assertThatItFails(binding, test);
  }
}
