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
        Arguments.of(BadGateways.AlwaysReachable.class, "aProviderThatIsDownGivesNoSignOfLife"),
        Arguments.of(
            BadGateways.ReportsAStoredFailureAsUnknown.class, "failureStoredUnderTheKeyIsReplayed"),
        Arguments.of(BadGateways.ClearsTheNameWithTheEmail.class, "customerKeepsWhatIsNotChanged"),
        Arguments.of(BadGateways.ChangesUnderAnyKey.class, "repeatedChangeDoesNotUndoALaterOne"),
        Arguments.of(
            BadGateways.ListsTheFirstPageOnly.class, "allCustomersAreListedPageByPageNewestFirst"),
        Arguments.of(BadGateways.ListsTheFirstPageOnly.class, "behindTheLastCustomerThereAreNone"),
        Arguments.of(
            BadGateways.TakesAnOutageForNoCustomers.class,
            "aProviderThatIsDownHasNoCustomersToTell"),
        Arguments.of(
            BadGateways.TakesAnythingForAnEvent.class, "anEventThatWasKeptIsTheOneThatArrived"),
        Arguments.of(BadGateways.TakesAnythingForAnEvent.class, "whatIsNoEventIsNone"),
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
        Arguments.of(
            BadGateways.EndsTheSubscriptionWithItsTrial.class, "aTrialThatIsEndedIsChargedAtOnce"),
        Arguments.of(BadGateways.LosesTheReason.class, "cancelingNowEndsTheSubscription"),
        Arguments.of(
            BadGateways.CancelsAtOnce.class, "aSubscriptionCanceledAtThePeriodsEndGoesOnUntilThen"),
        Arguments.of(
            BadGateways.KeepsNothing.class, "aCancellationThatHasNotTakenEffectIsTakenBack"),
        Arguments.of(BadGateways.CancelsAgain.class, "aRepeatedKeyDoesNotUndoWhatCameAfterIt"),
        Arguments.of(BadGateways.RemembersAnswers.class, "aRepeatedKeyAnswersHowThingsAreByNow"),
        Arguments.of(BadGateways.KeepsUnderAnyKey.class, "aKeyOfAnotherRequestIsRefused"),
        Arguments.of(BadMoneyGateways.CancelsNothing.class, "aPaymentThatIsCanceledIsPaidByNobody"),
        Arguments.of(BadMoneyGateways.CancelsNothing.class, "whatIsPaidIsNotCanceled"),
        Arguments.of(
            BadMoneyGateways.TellsSecretsToAnybody.class,
            "aSetupIntentBelongsToItsCustomerAndTellsItsSecretWhenAsked"),
        Arguments.of(
            BadGateways.TellsAddressesForEver.class, "sessionTellsItsAddressWhileItIsOpen"),
        Arguments.of(
            BadMoneyGateways.BeginsSetupsUnderAnyKey.class, "repeatingAKeyBeginsNoSecondSetup"),
        Arguments.of(
            BadMoneyGateways.ForgetsTheSubscriptions.class,
            "theDefaultIsWhatTheNextInvoiceIsChargedTo"),
        Arguments.of(
            BadMoneyGateways.KnowsNoDefault.class, "theDefaultIsWhatTheNextInvoiceIsChargedTo"),
        Arguments.of(BadMoneyGateways.DetachesNothing.class, "whatIsDetachedIsGoneForGood"),
        Arguments.of(BadMoneyGateways.LetsAnybodyVisit.class, "nobodyVisitsWhoIsNoCustomer"),
        Arguments.of(BadMoneyGateways.KeepsOneDoorForAll.class, "aVisitHasAnAddressOfItsOwn"),
        Arguments.of(BadMoneyGateways.RoundsTheSumOfTaxes.class, "taxIsAddedByWhereTheBuyerIs"),
        Arguments.of(BadMoneyGateways.ForgetsNoNumber.class, "aNumberThatIsRemovedIsGone"),
        Arguments.of(
            BadMoneyGateways.MindsTheCase.class, "aCodeIsFoundHoweverItsLettersAreWritten"),
        Arguments.of(
            BadMoneyGateways.AppliesUnderAnyKey.class, "aCodeDiscountsASubscriptionAndIsCounted"),
        Arguments.of(
            BadMoneyGateways.GivesACouponToAll.class,
            "aCouponOfOnesOwnIsGivenOnceAndTakenOffAgain"),
        Arguments.of(BadMoneyGateways.GivesACouponToAll.class, "aCouponMayTakeOffAnAmount"),
        Arguments.of(
            BadMoneyGateways.KeepsDiscounts.class, "aCouponOfOnesOwnIsGivenOnceAndTakenOffAgain"),
        Arguments.of(BadMoneyGateways.ForgetsTheCode.class, "aCheckoutWithACodeIsPaidForLess"),
        Arguments.of(
            BadMoneyGateways.PaysUnderAnyKey.class, "aFailedInvoiceIsPaidOnceThereIsABetterCard"),
        Arguments.of(
            BadMoneyGateways.TakesADeclineForAnAnswer.class, "aCardThatIsDeclinedPaysNothing"),
        Arguments.of(
            BadMoneyGateways.HidesWhatIsToBeDone.class,
            "aPaymentThatItsOwnerMustConfirmIsNoRefusal"),
        Arguments.of(
            BadMoneyGateways.HidesWhatIsToBeDone.class, "aPageOfInvoicesIsDetailedFromTheNewestOn"),
        Arguments.of(
            BadSetups.ForgetsWhatItMade.class, "anEmptyAccountIsGivenAllThatTheCatalogSells"),
        Arguments.of(
            BadSetups.ChangesTheAmountForAll.class,
            "anotherAmountIsAnotherPriceAndTheOldOneIsKeptByThoseWhoHaveIt"),
        Arguments.of(BadSetups.TakesWhatOthersMadeForItsOwn.class, "whatOthersMadeIsNeverTouched"),
        Arguments.of(
            BadSetups.TakesWhatOthersMadeForItsOwn.class,
            "aLookupKeyThatOthersUseIsRefusedBeforeAnythingIsDone"),
        Arguments.of(
            BadSetups.TellsNoSigningSecret.class, "anEndpointIsMadeOnceAndItsSecretToldOnce"),
        Arguments.of(BadSetups.SendsEverything.class, "anEndpointIsMadeOnceAndItsSecretToldOnce"),
        Arguments.of(
            BadSetups.MakesPricesUnderAnyKey.class, "whateverStepItDiesAfterTheNextRunFinishesIt"),
        Arguments.of(BadSetups.MakesPricesUnderAnyKey.class, "anAnswerThatIsLostMakesNothingTwice"),
        Arguments.of(BadSetups.MakesPricesInOneCurrency.class, "onePriceIsSoldInSeveralCurrencies"),
        Arguments.of(BadSetups.AddsNoCurrency.class, "aCurrencyIsAddedToThePriceThatIsThere"),
        Arguments.of(BadSetups.SeesNoOtherCurrency.class, "onePriceIsSoldInSeveralCurrencies"),
        Arguments.of(
            BadSetups.ArchivesNoProduct.class, "whatLeavesTheCatalogGoesOffSaleAndMayComeBack"),
        Arguments.of(
            BadSetups.OffersNoPlans.class, "thePortalOffersThePlansAndIsTheOneThatCustomersSee"),
        Arguments.of(BadMeters.CountsUnderAnyId.class, "whatIsToldTwiceUnderAnIdIsCountedOnce"),
        Arguments.of(
            BadMeters.CountsUnderAnyId.class, "anEventWhoseAnswerWasLostIsNotCountedAgain"),
        Arguments.of(BadMeters.CountsAsOfNow.class, "whatIsToldIsAddedUp"),
        Arguments.of(BadMeters.NeverTakesBack.class, "lessThanNothingIsTakenBack"),
        Arguments.of(BadMeters.SwallowsRefusals.class, "whatTheProviderNeverCountsIsRefused"),
        Arguments.of(BadMeters.SwallowsOutages.class, "anEventWhoseAnswerWasLostIsNotCountedAgain"),
        Arguments.of(BadMeters.KnowsNoMeters.class, "aMeterIsMadeBeforeThePriceThatChargesByIt"),
        Arguments.of(
            BadMeters.KnowsNoMeters.class, "aMeterThatDoesNotAddUpIsRefusedBeforeAnythingIsDone"),
        Arguments.of(BadMeters.SellsInAdvance.class, "aMeterIsMadeBeforeThePriceThatChargesByIt"),
        Arguments.of(
            BadChanges.ChargesAsOfNow.class, "aChangeCostsWhatItsPreviewSaidAlsoALittleLater"),
        Arguments.of(BadChanges.ChangesToPreview.class, "askingWhatItCostsChangesNothing"),
        Arguments.of(
            BadChanges.ProratesAlways.class, "withoutProrationTheNextInvoiceFollowsAChange"),
        Arguments.of(BadChanges.ChangesUnderAnyKey.class, "repeatingAChangeUnderItsKeyChargesOnce"),
        Arguments.of(BadChanges.ChangesAtOnce.class, "aChangeAtRenewalWaitsForThePeriodsEnd"),
        Arguments.of(
            BadChanges.KeepsTheSchedule.class,
            "aChangeAtRenewalToWhatIsSoldNowReleasesTheSchedule"),
        Arguments.of(BadChanges.AsksForNothing.class, "aChangeThatMustBeConfirmedWaitsForItsPayer"),
        Arguments.of(BadChanges.HidesWhoPaused.class, "userPauseIsToldApartFromAnAdministrators"),
        Arguments.of(
            BadChanges.ForgetsAnEndedPause.class, "endOfAUserPauseIsKeptWithTheSubscription"),
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
