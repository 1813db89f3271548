package com.tatame.billing.testkit;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of stores notices each rule that is broken. */
class BadStoresTest {

  static Stream<Arguments> bad() {
    return Stream.of(
        Arguments.of(BadPorts.IntroducesEverybodyAgain.class, "thoseWhoAreIntroducedAreNewOnce"),
        Arguments.of(BadPorts.SaysThatItIsMoved.class, "storeIsOpenUnlessItIsMoved"),
        Arguments.of(BadInboxes.IngestsTwice.class, "anEventThatIsStoredAlreadyStaysAsItIs"),
        Arguments.of(BadInboxes.IngestsTwice.class, "anIdThatComesTwiceInOneBatchIsStoredOnce"),
        Arguments.of(BadInboxes.TidiesPayloads.class, "aPayloadComesBackByteForByte"),
        Arguments.of(
            BadInboxes.IgnoresWhoComesBack.class, "aWorkerThatComesBackTakesBackTheLossOfItsLease"),
        Arguments.of(
            BadInboxes.AppliesAnOldTelling.class,
            "theEventsOfAStaleUnitWaitAndItsNeighboursAreApplied"),
        Arguments.of(
            BadInboxes.AppliesDuplicates.class,
            "anEventThatIsStoredAlreadyChangesNothingWhereverItStands"),
        Arguments.of(
            BadInboxes.AppliesDuplicates.class,
            "whatIsToldTogetherWithAnEventThatIsStoredAlreadyWaits"),
        Arguments.of(
            BadInboxes.StoresWithoutApplying.class,
            "anEventIsProcessedAsItIsStoredIfItsUnitIsApplied"),
        Arguments.of(
            BadInboxes.StoresAlthoughARowIsRefused.class,
            "aRefusedRowRefusesAllOfItAndNothingIsStored"),
        Arguments.of(
            BadInboxes.ForgetsWhatWaits.class, "unprojectedEventsWaitAndIgnoredOnesAreDone"),
        Arguments.of(
            BadInboxes.ClaimsBackwards.class, "eventsAreClaimedInTheOrderInWhichTheyArrived"),
        Arguments.of(BadInboxes.ClaimsForAnInstant.class, "noEventIsInTwoClaimsWhoseLeasesRun"),
        Arguments.of(
            BadInboxes.ClaimsAnewWhenRepeated.class,
            "aClaimThatIsRepeatedBecauseItsAnswerWasLostReturnsTheSameEvents"),
        Arguments.of(BadInboxes.ClaimsWithoutCap.class, "aClaimBeyondTheCapIsRefused"),
        Arguments.of(
            BadInboxes.SettlesSilently.class, "whatAnotherClaimHoldsByNowIsReportedAndLeftAlone"),
        Arguments.of(
            BadCommits.CommitsWithoutTheVersion.class,
            "aUnitThatExpectsAnotherVersionIsStaleAndChangesNothing"),
        Arguments.of(
            BadCommits.ChecksTheVersionTooEarly.class,
            "ofTwoThreadsThatExpectOneVersionExactlyOneIsApplied"),
        Arguments.of(
            BadCommits.CommitsUnitsOfOneSubject.class, "theSecondOfTwoUnitsOfOneSubjectIsStale"),
        Arguments.of(
            BadCommits.IgnoresLostLeases.class, "aUnitWhoseEventAnotherClaimHoldsIsRefused"),
        Arguments.of(
            BadCommits.IgnoresLostLeases.class, "aUnitIsRefusedOnceTheLeaseOfItsClaimHasRunOut"),
        Arguments.of(
            BadCommits.IgnoresLostLeases.class, "oneLostEventRefusesTheWholeUnitAndKeepsItsOthers"),
        Arguments.of(
            BadCommits.AppliesHalfAUnit.class,
            "aViolatedConstraintRefusesTheWholeUnitAndNotItsNeighbours"),
        Arguments.of(
            BadCommits.RefusesTheNeighbours.class,
            "aViolatedConstraintRefusesTheWholeUnitAndNotItsNeighbours"),
        Arguments.of(BadCommits.AnswersInAnyOrder.class, "resultsStandInTheOrderOfTheUnits"),
        Arguments.of(BadCommits.DropsMicroseconds.class, "instantsKeepTheirMicroseconds"),
        Arguments.of(BadCommits.AppendsFactsTwice.class, "aFactIsAppendedOnceAndTheFirstOneStays"),
        Arguments.of(BadCommits.SkipsRefunds.class, "anObjectOfEachKindComesBackAsItWas"),
        Arguments.of(BadCommits.TakesIdsForUnique.class, "twoKindsMayUseOneId"),
        Arguments.of(
            BadPorts.LoadsOnlyWhatIsAskedFor.class,
            "aCustomerIsLoadedWithAllItsSubscriptionsAndItsOpenInvoices"),
        Arguments.of(BadPorts.LoadsNoEntryForTheUnseen.class, "everySubjectWantedHasItsEntry"),
        Arguments.of(
            BadPorts.OpensASecondCommand.class,
            "anOpenCommandStandsInTheWayOfAnotherOfItsAccountKindAndTarget"),
        Arguments.of(
            BadPorts.OpensASecondCommand.class,
            "ofFiftyConcurrentOpensOneIsWrittenDownAndAllSeeIt"),
        Arguments.of(
            BadPorts.ForgetsTheUndecided.class, "aCommandThatNeedsAnOperatorKeepsItsPlace"),
        Arguments.of(BadPorts.ForgetsWhatIsOpen.class, "theOpenCommandIsFoundUntilItEnds"),
        Arguments.of(
            BadPorts.ForgetsRequests.class, "aRequestFindsItsCommandsWhateverBecameOfThem"),
        Arguments.of(BadPorts.RenewsForAnybody.class, "whoLostTheLeaseRenewsNothing"),
        Arguments.of(
            BadPorts.RaisesNothing.class, "aCommandThatWasNotExecutedIsRenewedUnderItsLease"),
        Arguments.of(BadPorts.DecidesAgain.class, "onlyWhatNeedsAPersonIsDecidedAndOnlyOnce"),
        Arguments.of(
            BadPorts.ListsEverybodysCommands.class, "commandsAreListedNewestFirstPageByPage"),
        Arguments.of(BadPorts.SendsTwice.class, "whoBeginsACommandHasItAloneUntilTheLeaseRunsOut"),
        Arguments.of(BadPorts.EndsWithoutLease.class, "whoLostTheLeaseWritesNothing"),
        Arguments.of(
            BadPorts.HandsOutAnothersSubscription.class, "subscriptionOfAnotherAccountIsNotFound"),
        Arguments.of(BadPorts.HandsOutAnothersSession.class, "sessionOfAnotherAccountIsNotFound"),
        Arguments.of(BadPorts.HandsOutAnothersInvoice.class, "invoiceOfAnotherAccountIsNotFound"),
        Arguments.of(
            BadPorts.PagesInvoicesFromTheTop.class,
            "invoicesAreListedFromTheNewestToTheOldestPageByPage"),
        Arguments.of(
            BadPorts.HandsOutAnothersPaymentMethod.class,
            "paymentMethodOfAnotherAccountIsNotFound"),
        Arguments.of(
            BadPorts.ListsEverybodysPaymentMethods.class,
            "paymentMethodOfAnotherAccountIsNotFound"),
        Arguments.of(BadPorts.HandsOutAnothersTaxId.class, "taxIdOfAnotherAccountIsNotFound"),
        Arguments.of(BadPorts.CapsCoupons.class, "manyCouponsAreAllFound"),
        Arguments.of(
            BadMeters.ReportsWhatIsRepeated.class,
            "nothingIsReportedOfWhatIsRefusedOrRepeatedOrNotMetered"),
        Arguments.of(
            BadMeters.KeepsWhatIsGivenBack.class,
            "whatIsGivenBackIsTakenFromTheHourInWhichItWasUsed"),
        Arguments.of(
            BadMeters.ClaimsAnewWhenRepeated.class, "aClaimThatIsRepeatedGivesTheSameOnes"),
        Arguments.of(BadMeters.ClaimsForAnInstant.class, "whatIsClaimedIsHeldUntilTheLeaseIsOver"),
        Arguments.of(BadMeters.ForgetsTheDoubt.class, "whatIsClaimedIsHeldUntilTheLeaseIsOver"),
        Arguments.of(BadMeters.HurriesNobody.class, "whatAnInvoiceWaitsForComesFirstAndAtOnce"),
        Arguments.of(
            BadMeters.HurriesWithWhatComesLater.class, "whatAnInvoiceWaitsForComesFirstAndAtOnce"),
        Arguments.of(BadMeters.SettlesForAnybody.class, "whatIsClaimedIsHeldUntilTheLeaseIsOver"),
        Arguments.of(BadMeters.CountsTheDeadAsSent.class, "totalsTellHowFarEverythingGot"),
        Arguments.of(BadMeters.DecidesAgain.class, "whatIsDeadOrUndecidedIsDecidedOnce"),
        Arguments.of(BadMeters.ForgetsWhatWaits.class, "whatWasSentLongAgoIsForgotten"),
        Arguments.of(
            BadUsage.KnowsNoLimit.class, "unitsAreGrantedUntilThereIsNotEnoughAndAllOrNone"),
        Arguments.of(BadUsage.KnowsNoLimit.class, "theFirstPlaceThatHasEnoughIsTaken"),
        Arguments.of(BadEntitlements.ForgetsWhatTold.class, "entitlementKeepsItsEvidence"),
        Arguments.of(
            BadEntitlements.KnowsOnlyThePresent.class,
            "whatWasKnownIsAnsweredFromTheInstantOnAtWhichItBecameKnown"),
        Arguments.of(
            BadEntitlements.KnowsOnlyThePresent.class, "whatWasReadAtAnyInstantIsReadAgain"),
        Arguments.of(
            BadEntitlements.KnowsWhatHappenedAtOnce.class,
            "whatHadHappenedAndBecameKnownOnlyLaterIsHindsight"),
        Arguments.of(
            BadEntitlements.SaysNothingAfterwards.class,
            "whatHadHappenedAndBecameKnownOnlyLaterIsHindsight"),
        Arguments.of(
            BadEntitlements.CountsWhatWasUsedSince.class, "whatWasReadAtAnyInstantIsReadAgain"),
        Arguments.of(
            BadEntitlements.ForgetsWhatWasGivenBack.class,
            "whatWasGivenBackLatelyIsRememberedHoweverLongAgoItWasUsed"),
        Arguments.of(
            BadUsage.KnowsOneStateAlone.class, "whateverIsUsedGivenBackOrSetMakesItAnother"),
        Arguments.of(BadUsage.KnowsOneStateAlone.class, "whateverIsEntitledToMakesItAnother"),
        Arguments.of(
            BadUsage.TellsNoUseByTheState.class, "whateverIsUsedGivenBackOrSetMakesItAnother"),
        Arguments.of(
            BadUsage.TellsNoUseByTheState.class, "whateverIsGivenDrawnOrRevokedMakesItAnother"),
        Arguments.of(BadUsage.TellsNothingApart.class, "whatOthersDoLeavesAnAccountsStateAsItIs"),
        Arguments.of(BadUsage.ForgetsKeys.class, "aGrantedKeyIsAnsweredTheSameAndUsesNothingMore"),
        Arguments.of(BadUsage.ForgetsKeys.class, "aKeyThatWasReleasedStillStandsForWhatItGranted"),
        Arguments.of(
            BadUsage.TakesAnythingForTheSame.class, "aKeyThatStandsForSomethingElseIsRefused"),
        Arguments.of(
            BadUsage.DecidesByAnOldEntitlement.class,
            "aDrawFromAnEntitlementThatHasChangedIsStale"),
        Arguments.of(
            BadUsage.LooksBeforeItTakes.class,
            "ofManyCallersAtOnceAsManyAreGrantedAsThereAreUnits"),
        Arguments.of(
            BadUsage.ForgetsWhatWasCountedElsewhere.class,
            "whatWasUsedCountsInAWindowThatBeginsElsewhereUntilItsOwnEnds"),
        Arguments.of(BadUsage.ShowsAnybodys.class, "consumptionIsReadByItsOwnAccountAlone"),
        Arguments.of(BadUsage.ReleasesAgain.class, "releasedUnitsGoBackToWhereTheyCameFromOnce"),
        Arguments.of(BadUsage.ReleasesAnybodys.class, "consumptionOfAnotherAccountCantBeReleased"),
        Arguments.of(
            BadUsage.RefusesWhatHappened.class, "whatWasUsedAlreadyIsRecordedWhateverTheLimit"),
        Arguments.of(
            BadUsage.SetsOnlyUpwards.class, "aGaugeIsWhatItWasSetToAndGoesUpAndDownFromThere"),
        Arguments.of(
            BadUsage.ListsTheFirstWindowsFirst.class, "whatWasUsedIsListedTheLastWindowsFirst"),
        Arguments.of(BadUsage.ForgetsNothing.class, "whatWasUsedLongAgoIsForgottenAndItsKeyWithIt"),
        Arguments.of(
            BadDiscounts.KnowsTheFirstAlone.class, "aDiscountIsWhatGaveItWithWhatTookItOff"),
        Arguments.of(BadDiscounts.ForgetsRemovals.class, "aDiscountIsWhatGaveItWithWhatTookItOff"),
        Arguments.of(
            BadDiscounts.ListsEverybodys.class, "discountsAreListedOnceEachThoseGivenLastFirst"),
        Arguments.of(BadCatalogs.KeepsTheFirst.class, "eachPublishedCatalogHasTheNextVersion"),
        Arguments.of(BadCatalogs.TakesBackByStarting.class, "aCatalogThatWasInForceBeforeIsNotNew"),
        Arguments.of(
            BadCatalogs.NeverRepeats.class,
            "aCatalogThatWasInForceBeforeIsPublishedAgainOnRequest"),
        Arguments.of(BadCatalogs.TellsWhatIsKnown.class, "onlyNewerVersionsAreRead"),
        Arguments.of(BadCatalogs.CountsWithoutEnd.class, "countingEndsAtTheMaximum"),
        Arguments.of(
            BadStreams.NumbersFromZero.class, "entriesAreNumberedInTheOrderOfTheirCommits"),
        Arguments.of(
            BadStreams.ForgetsWhatIsLate.class, "entriesAreNumberedInTheOrderOfTheirCommits"),
        Arguments.of(
            BadStreams.StatesLastThresholdAgain.class, "aShareOfALimitIsUsedUpOnceInItsWindow"),
        Arguments.of(BadStreams.StatesNoCatalog.class, "aPublishedCatalogIsOneEvent"),
        Arguments.of(BadStreams.ShowsTheLastState.class, "anEntryShowsTheAccountAsItsCommitLeftIt"),
        Arguments.of(BadStreams.AnswersAnyCursor.class, "aCursorOfAnotherHistoryIsRefused"),
        Arguments.of(
            BadStreams.PublishesWhateverChangedMeanwhile.class, "aChangeMeanwhileIsNotOverlooked"),
        Arguments.of(BadStreams.TakesAllClaimsForOne.class, "whoLostItsLeaseMovesNothing"),
        Arguments.of(
            BadStreams.MovesBeyondWhatFailed.class, "aFailedAccountWaitsAloneAndKeepsCount"),
        Arguments.of(
            BadStreams.DeliversTheLastEntryAlone.class,
            "aSubscriberReceivesWhatIsAppendedFromThenOn"),
        Arguments.of(
            BadStreams.NeverProbes.class, "aSubscriberThatFailsForAllIsProbedWithOneAccount"),
        Arguments.of(BadAudits.ForgetsTheEntry.class, "auditedChangeLeavesItsEntry"),
        Arguments.of(BadAudits.EntersWhatWasRefused.class, "refusedChangeLeavesNoEntry"),
        Arguments.of(BadAudits.EntersRepetitions.class, "repeatedChangeLeavesNoSecondEntry"),
        Arguments.of(
            BadAudits.EntersRepetitions.class, "ofManyCallersWhoMakeOneChangeOneLeavesItsEntry"),
        Arguments.of(
            BadAudits.EntersInASecondCommit.class, "changeWhoseEntryCantBeStoredIsNotMade"),
        Arguments.of(BadAudits.ListsEverybodys.class, "entriesAreFilteredByAllThatIsAsked"),
        Arguments.of(BadAudits.ListsOldestFirst.class, "entriesAreListedNewestFirstPageByPage"),
        Arguments.of(BadAudits.DropsTheRequest.class, "entryComesBackAsItWas"),
        Arguments.of(BadGrants.ForgetsKeys.class, "underOneKeyOneGrantIsKept"),
        Arguments.of(BadGrants.RevokesAnybodys.class, "aGrantIsRevokedOnceAndStaysKnown"),
        Arguments.of(BadGrants.DeletesWhatIsRevoked.class, "aGrantIsRevokedOnceAndStaysKnown"),
        Arguments.of(BadGrants.KnowsNoEnd.class, "whatHasNotEndedIsReadWithTheAccountsUse"),
        Arguments.of(BadGrants.DecidesByOldGrants.class, "aDrawIsStaleOnceAGrantIsGivenOrRevoked"),
        Arguments.of(
            BadGrants.DrawsTheLastFirst.class,
            "whatCostsNothingIsDrawnInTheOrderOfTheOffersAlsoInParts"),
        Arguments.of(BadGrants.CountsNothingAgainstGrants.class, "noWindowBeginsAGrantAnew"),
        Arguments.of(
            BadGrants.CountsNothingAgainstGrants.class,
            "ofManyCallersAtOnceAsManyAreGrantedAsAreIncludedAndGiven"),
        Arguments.of(
            BadGrants.KeepsWhatIsReleased.class,
            "whatWasReleasedIsBackInTheGrantThatItCameFromOnce"),
        Arguments.of(BadQuotes.HandsOutAnothers.class, "quoteOfAnotherAccountIsNotFound"),
        Arguments.of(BadQuotes.GivesToEverybody.class, "aQuoteIsTakenByOneCommandAsOftenAsItAsks"),
        Arguments.of(BadQuotes.GivesToEverybody.class, "ofManyCommandsAtOnceOneHasTheQuote"),
        Arguments.of(BadQuotes.GivesOnce.class, "aQuoteIsTakenByOneCommandAsOftenAsItAsks"),
        Arguments.of(BadQuotes.GivesOnce.class, "whatARejectedCommandTookIsFreeAgain"),
        Arguments.of(BadQuotes.ForgetsNothing.class, "whatExpiredLongAgoIsForgotten"),
        Arguments.of(BadQuotes.ListsOldestFirst.class, "whatIsScheduledIsListedUntilItIsOver"),
        Arguments.of(BadPorts.CapsSets.class, "allPricesOfSomeProductsAreFoundHoweverManyThereAre"),
        Arguments.of(BadPorts.TellsEverybodysEvents.class, "eventsOfAnotherAccountAreNotFound"),
        Arguments.of(BadPorts.ForgetsWhoTold.class, "anEventIsToldAsItsFactWithTheProvidersEvent"),
        Arguments.of(BadPorts.SharesKeys.class, "aKeyBelongsToItsAccount"),
        Arguments.of(BadPorts.ExtendsNoKeys.class, "aKeyWhoseLeaseIsExtendedStaysRunning"),
        Arguments.of(BadPorts.AnswersWithoutLease.class, "whoLostTheLeaseOfAKeyWritesNothing"),
        Arguments.of(BadPorts.ExtendsNothing.class, "whoExtendsItsLeaseKeepsTheCommandAlone"),
        Arguments.of(BadPorts.ExtendsNothing.class, "whoLostTheLeaseExtendsNothing"),
        Arguments.of(BadPorts.ForgetsRunning.class, "aKeyWhoseRequestRunsIsRunning"),
        Arguments.of(BadApiKeys.FindsByTheId.class, "aKeyIsFoundByItsHashAlone"),
        Arguments.of(BadApiKeys.KeepsQuietAboutATakenId.class, "noTwoKeysShareAnIdOrAHash"),
        Arguments.of(BadApiKeys.OnlySaysThatItRevoked.class, "aRevokedKeyIsFoundAsRevoked"),
        Arguments.of(BadApiKeys.RevokesAgain.class, "theFirstRevocationCounts"),
        Arguments.of(BadApiKeys.NotesEveryUse.class, "aUseIsNotedOnceInAnInterval"),
        Arguments.of(BadApiKeys.ListsLiveOnesOnly.class, "keysAreListedNewestFirstPageByPage"),
        Arguments.of(BadReservations.ReturnsWhatWasPaid.class, "aUnitThatIsKeptStaysTaken"),
        Arguments.of(
            BadReservations.KeepsEverything.class,
            "aUnitThatIsReturnedGoesBackToItsPlaceOnceAndForGood"),
        Arguments.of(BadReservations.ListsTheLastFirst.class, "unitsAreListedFirstComeFirst"),
        Arguments.of(
            BadReservations.GivesWithoutAUnit.class, "theSameItemIsGivenAsOftenAsThereAreUnits"),
        Arguments.of(
            BadReservations.GivesWithoutAUnit.class,
            "ofManyWhoTakeTheLastUnitsAtOnceNoMoreAreGivenThanThereAre"),
        Arguments.of(BadReservations.GivesWhatIsOwned.class, "ownedItemTakesNoSecondUnit"),
        Arguments.of(
            BadReservations.GivesWhatIsOwned.class, "ofManyWhoTakeOneItemAtOnceOneTakesAUnit"),
        Arguments.of(
            BadCurrencies.ListsLivingSubscriptions.class,
            "aLivingSubscriptionDecidesTheCurrencyAndThenTheFirstThatEnded"),
        Arguments.of(
            BadCurrencies.ListsWhatWasNotRefunded.class,
            "theFirstItemThatWasPaidDecidesTheCurrencyAlsoAfterItsRefund"),
        Arguments.of(
            BadCurrencies.ListsSettledCommands.class,
            "twoSalesInTwoCurrenciesSeeEachOtherBeforeEitherIsSent"),
        Arguments.of(
            BadCurrencies.ListsCommandsWithoutResults.class,
            "anOpenPageInOneCurrencyKeepsOthersFromBeingSent"),
        Arguments.of(BadPurchases.OwnsWhatWentBack.class, "whatIsPaidIsOwnedUntilAllOfItWentBack"),
        Arguments.of(
            BadPurchases.KnowsNoDuplicates.class, "secondPurchaseOfWhatIsOwnedIsADuplicate"),
        Arguments.of(
            BadReservations.TakesAUnitAtEachRepetition.class,
            "underOneKeyOneUnitIsTakenAndOnePurchaseGiven"),
        Arguments.of(
            BadReservations.LeavesTheUnitOfAGiftOpen.class,
            "whatIsGivenForAUnitIsAPurchaseAndItsUnitIsKept"),
        Arguments.of(
            BadConversations.StoresBeforeItCounts.class, "whatThereIsNoUnitForIsNotStored"),
        Arguments.of(
            BadConversations.StoresBeforeItCounts.class,
            "whatIsDecidedByAnOlderEntitlementIsNotStored"),
        Arguments.of(
            BadConversations.StoresBeforeItCounts.class,
            "noMoreAreStoredThanThereAreUnitsHoweverManyComeAtOnce"),
        Arguments.of(
            BadConversations.CountsBeforeItStores.class,
            "whatIsRefusedForAnotherReasonIsNotCounted"),
        Arguments.of(BadConversations.CountsBeforeItStores.class, "aMessageIsCountedAsItIsStored"),
        Arguments.of(
            BadConversations.TakesAKeyForANewRequest.class, "aRepeatedKeyIsNotCountedAgain"),
        Arguments.of(BadConversations.TakesAKeyForANewRequest.class, "aKeyTakesEffectOnce"),
        Arguments.of(BadConversations.MixesKeysOfMembers.class, "aKeyOfOneOwnerIsNoKeyOfAnothers"),
        Arguments.of(BadConversations.AnswersAnswers.class, "anAnswerFollowsAMessageOfTheUser"),
        Arguments.of(
            BadConversations.NumbersFromOne.class,
            "messagesAreNumberedFromWhereTheConversationWas"),
        Arguments.of(
            BadConversations.BelievesAnyConsumption.class, "whatWasNotConsumedForItPaysForNothing"),
        Arguments.of(
            BadConversations.BelievesAnyConsumption.class,
            "whatWasConsumedBeforePaysForAsManyMessages"),
        Arguments.of(
            BadConversations.BelievesAnyConsumption.class,
            "aConsumptionPaysOnceAlsoIfItsMessageIsDeleted"),
        Arguments.of(
            BadConversations.BelievesAnyConsumption.class, "aMessagesOwnUnitsPayForNoOther"),
        Arguments.of(BadConversations.HasNoEnd.class, "aConversationHasAnEnd"),
        Arguments.of(
            BadConversations.HandsOutAnothersConversation.class,
            "whatAnotherOwnerSaidIsNotFoundByAnything"),
        Arguments.of(
            BadConversations.CutsTheWindowAtItsBeginning.class, "theWindowIsTheEndAsFarAsItFits"),
        Arguments.of(BadConversations.ExceedsTheTokens.class, "theWindowIsTheEndAsFarAsItFits"),
        Arguments.of(BadConversations.KnowsNothingEarlier.class, "theWindowIsTheEndAsFarAsItFits"),
        Arguments.of(BadConversations.JoinsMemberAndKey.class, "aKeyOfOneOwnerIsNoKeyOfAnothers"),
        Arguments.of(BadConversations.HasRoomForAny.class, "anOwnerHasSoManyAtMost"),
        Arguments.of(
            BadConversations.TakesARepetitionForNew.class, "whatIsNotedUnderOneIdIsNotedOnce"),
        Arguments.of(
            BadConversations.ListsTheFirstBegunFirst.class,
            "thoseWithTheLatestMessageAreListedFirst"),
        Arguments.of(
            BadConversations.ForgetsTheArchive.class,
            "anArchivedConversationIsListedApartAndComesBack"),
        Arguments.of(
            BadConversations.DeletesNothing.class, "aDeletedConversationIsGoneWithItsMessages"),
        Arguments.of(
            BadConversations.GivesUnitsBackForTheDeleted.class,
            "whoDeletesAConversationIsNotGivenItsUnitsBack"),
        Arguments.of(
            BadConversations.PrunesNothing.class, "whatIsTooOldIsPrunedThatOfVisitorsSooner"),
        Arguments.of(
            BadConversations.ForgetsWhichMemberClaims.class, "whatAVisitorSaidGoesOnAsTheClaimers"),
        Arguments.of(
            BadConversations.LeavesConversationsBehind.class,
            "whatAVisitorSaidGoesOnAsTheClaimers"),
        Arguments.of(
            BadConversations.LetsTheClaimedGoOn.class, "aVisitorWhoHasSignedInSaysNothingMore"),
        Arguments.of(
            BadConversations.ForgetsTheVisitorsKeys.class, "theClaimerRepeatsWhatTheVisitorSent"),
        Arguments.of(
            BadConversations.LeavesConversationsBehind.class,
            "nothingIsLostWhereAVisitorSignsInWhileSayingMuch"),
        Arguments.of(BadConversations.NotesTwice.class, "whatIsNotedUnderOneIdIsNotedOnce"),
        Arguments.of(BadConversations.ForgetsAnswers.class, "aCheckInComesBackAsItWasNoted"),
        Arguments.of(
            BadConversations.ListsEveryKind.class, "checkInsAreListedByKindAndTimeTheLatestFirst"),
        Arguments.of(
            BadConversations.KnowsTheFirstForTheLatest.class, "theLatestOfEachKindIsKnown"),
        Arguments.of(BadConversations.CountsPeriodsInUtc.class, "aSeriesHasAPeriodsScoresInShort"),
        Arguments.of(
            BadConversations.HandsOutAnothersCheckIn.class,
            "whatAnotherOwnerNotedIsNotFoundByAnything"),
        Arguments.of(BadConversations.KeepsTheDeleted.class, "aDeletedCheckInIsGone"),
        Arguments.of(
            BadConversations.KeepsTheOld.class, "checkInsOfLongAgoArePrunedTheOldestFirst"),
        Arguments.of(
            BadPurchases.ForgetsRefunds.class, "aPurchaseTellsWhatWentBackWhicheverCameFirst"),
        Arguments.of(
            BadPurchases.HandsOutAnothersPayment.class, "aPaymentIsFoundByItsAccountAlone"),
        Arguments.of(
            BadPurchases.HandsOutAnothersPayment.class,
            "aPaymentThatNamesNoAccountIsFoundByItsCustomersAccountAlone"),
        Arguments.of(
            BadPurchases.TakesTheUnpaidForPaid.class, "anInvoiceThatNobodyPaidHasNoPayment"),
        Arguments.of(BadPurchases.ForgetsWhatWasPaid.class, "aRefundIsFoundWithWhatItsPaymentPaid"),
        Arguments.of(BadPurchases.GivesAgainAndAgain.class, "whatIsFreeIsHadOnce"),
        Arguments.of(
            BadPurchases.GivesAgainAndAgain.class, "ofManyWhoTakeAFreeItemAtOnceAllSeeOnePurchase"),
        Arguments.of(
            BadPurchases.ListsOldestFirst.class,
            "whatASessionBoughtBeforeAndAfterItsClaimIsTheClaimers"),
        Arguments.of(BadPurchases.LetsTheLastClaimWin.class, "theFirstClaimStays"),
        Arguments.of(
            BadPurchases.LetsTheLastClaimWin.class, "ofManyAccountsThatClaimAtOnceOneHasIt"),
        Arguments.of(
            BadPurchases.LeavesUsageBehind.class,
            "whatWasUsedAsTheSessionWasClaimedIsGatheredOnce"),
        Arguments.of(
            BadPurchases.MovesUsageAtEachClaim.class,
            "whatASessionUsedIsAddedToWhatItsClaimerUsedWindowByWindow"),
        Arguments.of(
            BadPurchases.MovesNothing.class,
            "whatASessionUsedIsAddedToWhatItsClaimerUsedWindowByWindow"),
        Arguments.of(
            BadPurchases.MovesNothing.class,
            "whatASessionBoughtBeforeAndAfterItsClaimIsTheClaimers"),
        Arguments.of(BadPurchases.MovesNothing.class, "aCheckoutThatASessionOpenedIsTheClaimers"),
        Arguments.of(BadOperations.FiltersByNothing.class, "eventsAreFoundByStatusTypeLaneAndTime"),
        Arguments.of(
            BadOperations.ForgetsTheHistory.class, "anEventIsFoundWithItsPayloadAndItsHistory"),
        Arguments.of(BadOperations.ReplaysOnePart.class, "allDeadLettersAreReplayedPartByPart"),
        Arguments.of(
            BadOperations.PrunesNothing.class,
            "whatIsPrunedLosesItsPayloadAndHistoryAndStaysADuplicate"),
        Arguments.of(
            BadOperations.PrunesWhatIsYoung.class,
            "whatIsPrunedLosesItsPayloadAndHistoryAndStaysADuplicate"),
        Arguments.of(BadOperations.LetsEverybodyRun.class, "oneRunnerAtATimeHasATurn"),
        Arguments.of(
            BadOperations.ForgetsThePosition.class,
            "aTaskIsDueAgainWhenItsRunnerSaidAndGoesOnWhereItEnded"),
        Arguments.of(
            BadOperations.ListsADifferenceTwice.class, "aDifferenceThatIsOpenIsNotListedTwice"),
        Arguments.of(BadTrials.SearchesOnce.class, "trialsAreFoundByTheFactsThatTheyBegan"),
        Arguments.of(BadTrials.WatchesAnew.class, "aTrialThatIsWatchedStaysAsItIs"),
        Arguments.of(
            BadTrials.ForgetsWhose.class, "whatIsDueNamesTheAccountThatTheCustomerHasByNow"),
        Arguments.of(
            BadTrials.ListsWhatHasEndedAsOpen.class,
            "theLastOfThoseThatWereASecondOneAreListedFirst"),
        Arguments.of(BadTrials.MixesFamilies.class, "theLedgerKnowsEvidenceAgainWithinItsFamily"),
        Arguments.of(
            BadTrials.RecordsThePresent.class, "theLedgerKnowsEvidenceAgainWithinItsFamily"),
        Arguments.of(
            BadDuplicates.SearchesOnce.class,
            "accountsWithSeveralSubscriptionsAreFoundWhenTheyComeToHaveThem"),
        Arguments.of(BadDuplicates.ListsAnew.class, "whatIsListedStaysAsItIsWhenItIsFoundAgain"),
        Arguments.of(
            BadDuplicates.LeavesWhatIsOver.class, "whatWasOverIsListedAnewWhenItIsFoundAgain"),
        Arguments.of(
            BadDuplicates.ReplacesWhatOthersChanged.class, "onlyWhatHasTheStatusIsReplaced"),
        Arguments.of(BadDuplicates.LooksTooEarly.class, "whatIsDueComesTheLongestDueFirst"),
        Arguments.of(BadDuplicates.CountsWhatIsDone.class, "theLastFoundAreListedFirstAndCounted"),
        Arguments.of(
            BadOperations.ClosesEveryDifference.class,
            "whatDiffersIsListedNewestFirstUntilItIsRepaired"),
        Arguments.of(
            BadOperations.ListsObjectsOfCustomersOnly.class,
            "objectsOfEveryKindAreWalkedThroughByKindAndId"),
        Arguments.of(BadOperations.ListsNoTombstones.class, "objectsThatAreGoneAreWalkedThrough"),
        Arguments.of(
            BadOperations.CountsRepairedDifferences.class, "onlyOpenDifferencesAreCounted"));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void isCaught(Class<?> binding, String test) {
    FailingContractTests.assertThatItFails(binding, test);
  }
}
