package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.command.RequestKey;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.mail.DeliveryReport;
import com.tatame.billing.mail.DeliveryReport.Kind;
import com.tatame.billing.mail.Mail;
import com.tatame.billing.mail.MailCategory;
import com.tatame.billing.mail.MailContent;
import com.tatame.billing.mail.MailFilter;
import com.tatame.billing.mail.MailPreferences;
import com.tatame.billing.mail.MailSettings;
import com.tatame.billing.mail.MailStatus;
import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.mail.StoredMail;
import com.tatame.billing.mail.SuppressionReason;
import com.tatame.billing.mail.UnknownPolicy;
import com.tatame.billing.money.Money;
import com.tatame.billing.refund.Refunds.RefundRequest;
import com.tatame.billing.subscription.Cancellation;
import com.tatame.billing.subscription.ChangePolicy;
import com.tatame.billing.subscription.ChangeRequest;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.Disorder;
import com.tatame.billing.testkit.SimulatedMailService;
import com.tatame.billing.testkit.SimulatedMailService.Mishap;
import com.tatame.billing.testkit.fixture.ACatalog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which mails an account gets, and which it doesn't. */
class MailStoryTest {
  private final SimulatedMailService service = SimulatedMailService.thatCantBeAsked();
  private BillingWorld world = world(MailSettings.DEFAULT);
  private Shopper ada = Shopper.named("ada", world);

  private BillingWorld world(MailSettings settings) {
    return BillingWorld.builder().seed(11).mail(service.service(settings)).build();
  }

  private void startAgain(BillingWorld other) {
    world.close();
    world = other;
    ada = Shopper.named("ada", world);
  }

  @AfterEach
  void end() {
    world.close();
  }

  @Test
  void trialFromItsBeginningToItsFirstReceipt() {
    ada.buys("basic", Shopper.PAYS);
    world.settle();
    assertThat(templates())
        .containsExactlyInAnyOrder(MailTemplate.WELCOME, MailTemplate.SUBSCRIPTION_STARTED);

    MailContent begun = only(MailTemplate.SUBSCRIPTION_STARTED).content();
    assertThat(begun.amount()).contains(new Money(500, "usd"));
    assertThat(begun.at()).isEqualTo(ada.newest().trialEnd());

    world.advance(Duration.ofDays(10));
    assertThat(templates()).doesNotContain(MailTemplate.TRIAL_ENDING);
    world.advance(Duration.ofDays(1).plusMinutes(1));
    Mail ending = only(MailTemplate.TRIAL_ENDING);
    assertThat(ending.content().title()).contains("The basic plan");
    assertThat(ending.content().amount()).contains(new Money(500, "usd"));
    assertThat(ending.content().at()).isEqualTo(ada.newest().trialEnd());
    assertThat(templates()).doesNotContain(MailTemplate.RECEIPT);

    world.advance(Duration.ofDays(5));
    Mail receipt = only(MailTemplate.RECEIPT);
    assertThat(receipt.content().amount().orElseThrow().amount()).isEqualTo(500);
    assertThat(receipt.content().link()).isPresent();
    assertThat(receipt.content().lines()).isNotEmpty();
    assertThat(receipt.content().number()).isPresent();
    assertThat(receipt.to()).isEqualTo("user_ada@example.com");
    assertThat(receipt.unsubscribe()).isEmpty();

    world.advance(Duration.ofDays(31));
    assertThat(of(MailTemplate.RECEIPT)).hasSize(2);
    assertThat(of(MailTemplate.TRIAL_ENDING)).hasSize(1);
  }

  @Test
  void trialThatIsCanceledDoesNotEndByMail() {
    Subscription trial = ada.buys("basic", Shopper.PAYS);
    world.settle();
    cancel(trial);
    world.advance(Duration.ofDays(20));

    assertThat(templates())
        .containsExactlyInAnyOrder(
            MailTemplate.WELCOME,
            MailTemplate.SUBSCRIPTION_STARTED,
            MailTemplate.SUBSCRIPTION_CANCELED,
            MailTemplate.SUBSCRIPTION_ENDED);
    assertThat(only(MailTemplate.SUBSCRIPTION_ENDED).content().title()).contains("The basic plan");
    assertThat(stored(MailTemplate.TRIAL_ENDING))
        .extracting(StoredMail::suppressed)
        .containsExactly(Optional.of(SuppressionReason.CONTRADICTED));
  }

  @Test
  void failedInvoiceHasOneMailHoweverOftenItIsTried() {
    ada.buys("basic", Shopper.FAILS_AT_RENEWAL);
    world.settle();
    world.advance(Duration.ofDays(25), new Disorder(true, 0, 60, 0));
    world.settle();

    Mail failed = only(MailTemplate.PAYMENT_FAILED);
    assertThat(failed.content().amount().orElseThrow().amount()).isEqualTo(500);
    assertThat(failed.content().link()).isPresent();
    assertThat(failed.content().at()).isPresent();
    assertThat(templates()).doesNotContain(MailTemplate.RECEIPT);
  }

  @Test
  void paidInvoiceHasNoMailThatItFailed() {
    ada.buys("basic", Shopper.FAILS_AT_RENEWAL);
    world.settle();
    world.advance(Duration.ofDays(13));
    service.next(Mishap.BUSY);
    world.advance(Duration.ofDays(1).plusHours(1));
    // Another card pays before the mail is tried again.
    world.provider().replaceCard(ada.customerId(), "pm_card_visa");
    world.advance(Duration.ofDays(4));

    assertThat(of(MailTemplate.PAYMENT_FAILED)).isEmpty();
    assertThat(stored(MailTemplate.PAYMENT_FAILED))
        .extracting(StoredMail::suppressed)
        .containsExactly(Optional.of(SuppressionReason.CONTRADICTED));
    assertThat(of(MailTemplate.RECEIPT)).hasSize(1);
  }

  @Test
  void bankThatAsksIsToldWithThePageToAnswerIt() {
    ada.buys("basic", Shopper.PAYS);
    world.provider().replaceCard(ada.customerId(), "pm_card_authenticationRequired");
    world.advance(Duration.ofDays(14).plusHours(1));
    assertThat(templates())
        .as("the payer may be at the page")
        .doesNotContain(MailTemplate.PAYMENT_ACTION_REQUIRED);
    world.advance(Duration.ofMinutes(11));

    Mail asked = only(MailTemplate.PAYMENT_ACTION_REQUIRED);
    assertThat(asked.content().amount()).contains(new Money(500, "usd"));
    assertThat(asked.content().link()).isPresent();
    assertThat(asked.content().number()).isPresent();
  }

  @Test
  void bankThatWasAnsweredMeanwhileIsNotTold() {
    ada.buys("basic", Shopper.PAYS);
    world.provider().replaceCard(ada.customerId(), "pm_card_authenticationRequired");
    world.advance(Duration.ofDays(14).plusHours(1));
    world.provider().replaceCard(ada.customerId(), "pm_card_visa");
    String open = world
        .billing()
        .invoices()
        .list(ada.account(), Optional.empty(), 1)
        .get(0)
        .invoice()
        .id();
    world.billing().invoices().pay(ada.account(), open);
    world.settle();
    world.advance(Duration.ofMinutes(11));

    assertThat(templates()).doesNotContain(MailTemplate.PAYMENT_ACTION_REQUIRED);
    assertThat(stored(MailTemplate.PAYMENT_ACTION_REQUIRED))
        .extracting(StoredMail::suppressed)
        .containsExactly(Optional.of(SuppressionReason.CONTRADICTED));
  }

  @Test
  void welcomeOffersNoPlanToWhoHasOne() {
    world.billing().customers().ensure(ada.caller(), Optional.empty(), Optional.empty());
    world.settle();
    assertThat(only(MailTemplate.WELCOME).content().title()).isEmpty();

    Shopper bob = Shopper.named("bob", world);
    bob.buys("basic", Shopper.PAYS);
    assertThat(of(MailTemplate.WELCOME))
        .last()
        .extracting(mail -> mail.content().title())
        .isEqualTo(Optional.of("The basic plan"));
  }

  @Test
  void refundNamesTheInvoiceThatItIsOf() {
    ada.buys("basic", Shopper.PAYS);
    world.advance(Duration.ofDays(15));
    var invoice = world
        .billing()
        .invoices()
        .list(ada.account(), Optional.empty(), 1)
        .get(0)
        .invoice();
    world
        .billing()
        .refunds()
        .refund(
            new RefundRequest(
                Optional.empty(),
                Optional.of(invoice.id()),
                Optional.empty(),
                "requested_by_customer"),
            RequestKey.of("operator", "refund"));
    world.settle();

    assertThat(only(MailTemplate.REFUND).content().number())
        .isEqualTo(invoice.number())
        .isPresent();
  }

  @Test
  void changeOfTheIntervalNamesNoOtherPlan() {
    startAgain(BillingWorld.builder()
        .seed(11)
        .catalog(ACatalog.withoutTrials())
        .mail(service.service(MailSettings.DEFAULT))
        .build());
    Subscription bought = ada.buys("basic", Shopper.PAYS);
    world
        .billing()
        .subscriptions()
        .change(
            ada.account(),
            bought.id(),
            new ChangeRequest(
                Optional.of("basic"),
                Optional.of(BillingInterval.YEARLY),
                Optional.empty(),
                Optional.empty(),
                ChangePolicy.PRORATE));
    world.settle();

    MailContent changed = only(MailTemplate.SUBSCRIPTION_CHANGED).content();
    assertThat(changed.title()).contains("The basic plan");
    assertThat(changed.previousTitle()).isEmpty();
    assertThat(changed.interval()).contains(BillingInterval.YEARLY);
  }

  @Test
  void changeIsToldOnceWhateverItChanges() {
    startAgain(BillingWorld.builder()
        .seed(11)
        .catalog(ACatalog.withoutTrials())
        .mail(service.service(MailSettings.DEFAULT))
        .build());
    Subscription bought = ada.buys("basic", Shopper.PAYS);
    world.settle();
    world
        .billing()
        .subscriptions()
        .change(
            ada.account(),
            bought.id(),
            new ChangeRequest(
                Optional.of("pro"),
                Optional.of(BillingInterval.YEARLY),
                Optional.empty(),
                Optional.empty(),
                ChangePolicy.PRORATE));
    world.settle();

    Mail changed = only(MailTemplate.SUBSCRIPTION_CHANGED);
    assertThat(changed.content().title()).contains("The pro plan");
    assertThat(changed.content().previousTitle()).contains("The basic plan");
    assertThat(changed.content().interval()).contains(BillingInterval.YEARLY);
  }

  @Test
  void mailsAreTheSameInAnyOrderOfEvents() {
    ada.buys("basic", Shopper.PAYS);
    world.advance(Duration.ofDays(50));
    List<String> inOrder = causes();
    for (int seed = 1; seed <= 5; seed++) {
      SimulatedMailService other = SimulatedMailService.thatCantBeAsked();
      try (BillingWorld disorder = BillingWorld.builder()
          .seed(11)
          .projectOnArrival(seed % 2 == 0)
          .mail(other.service(MailSettings.DEFAULT))
          .build()) {
        Shopper bob = Shopper.named("ada", disorder);
        bob.buys("basic", Shopper.PAYS);
        disorder.advance(Duration.ofDays(50), new Disorder(true, 30, 30, 0));
        disorder.settle();
        disorder.advance(Duration.ofMinutes(30));

        assertThat(disorder.billing().mails().list(MailFilter.ALL, Optional.empty(), 100))
            .extracting(
                mail -> mail.planned().template().code() + " " + mail.planned().cause())
            .containsExactlyInAnyOrderElementsOf(inOrder);
      }
    }
  }

  @Test
  void oldNewsIsListedAndSentByHand() {
    MailSettings hasty = settings(Map.of(MailTemplate.WELCOME, Duration.ofSeconds(1)));
    service.next(Mishap.BUSY);
    startAgain(world(hasty));
    world.billing().customers().ensure(ada.caller(), Optional.empty(), Optional.empty());
    world.settle();
    world.advance(Duration.ofMinutes(1));

    StoredMail old = stored(MailTemplate.WELCOME).get(0);
    assertThat(old.suppressed()).contains(SuppressionReason.TOO_OLD);
    assertThat(service.received()).isEmpty();
    assertThatThrownBy(() -> world.billing().mails().resend(old.id(), " "))
        .isInstanceOf(ValidationFailed.class);
    world.billing().mails().resend(old.id(), "the customer asked");
    world.settle();
    assertThat(templates()).containsExactly(MailTemplate.WELCOME);
  }

  @Test
  void addressThatBouncedIsNotWrittenToUntilItIsLifted() {
    world.billing().customers().ensure(ada.caller(), Optional.empty(), Optional.empty());
    world.settle();
    StoredMail welcome = stored(MailTemplate.WELCOME).get(0);
    world
        .billing()
        .mails()
        .report(List.of(new DeliveryReport(
            "r1",
            Optional.of(welcome.id()),
            Optional.empty(),
            "USER_ADA@example.com",
            Kind.HARD_BOUNCED,
            Optional.of("no such user"),
            world.wallClock().instant())));
    world.billing().mails().resend(welcome.id(), "try again");
    world.settle();
    assertThat(stored(MailTemplate.WELCOME))
        .filteredOn(mail -> mail.planned().manual())
        .extracting(StoredMail::suppressed)
        .containsExactly(Optional.of(SuppressionReason.ADDRESS_SUPPRESSED));
    assertThat(service.received()).hasSize(1);

    world.billing().mails().lift(welcome.id());
    world.billing().mails().resend(welcome.id(), "the mailbox is there again");
    world.settle();
    assertThat(service.received()).hasSize(2);
  }

  @Test
  void mailWhoseAnswerWasLostIsLeftOrSentOnceMore() {
    service.next(Mishap.ANSWER_LOST);
    world.billing().customers().ensure(ada.caller(), Optional.empty(), Optional.empty());
    world.settle();
    world.advance(Duration.ofMinutes(2));
    assertThat(stored(MailTemplate.WELCOME))
        .extracting(StoredMail::status, mail -> mail.progress().nextAt())
        .containsExactly(tuple(MailStatus.UNKNOWN, Optional.empty()));
    assertThat(world.billing().mails().backlog().unknown()).isEqualTo(1);
    assertThat(service.received()).hasSize(1);

    MailSettings usual = MailSettings.DEFAULT;
    startAgain(world(new MailSettings(
        Set.of(),
        Map.of(),
        UnknownPolicy.RESEND,
        usual.locale(),
        usual.zone(),
        usual.kept(),
        usual.unsubscribe())));
    service.next(Mishap.LOST);
    world.billing().customers().ensure(ada.caller(), Optional.empty(), Optional.empty());
    world.settle();
    world.advance(Duration.ofMinutes(2));
    assertThat(stored(MailTemplate.WELCOME))
        .extracting(StoredMail::status)
        .containsExactly(MailStatus.SENT);
    assertThat(service.received()).hasSize(2);
  }

  @Test
  void preferencesAreSetByTheAccountAndByNoOtherLink() {
    MailPreferences wanted = new MailPreferences(
        Optional.of("de"), Optional.of("America/Sao_Paulo"), Set.of(MailCategory.LIMITS));
    world.billing().unsubscription().put(ada.account(), wanted);
    assertThat(world.billing().unsubscription().preferences(ada.account())).isEqualTo(wanted);
    assertThatThrownBy(() -> world.billing().unsubscription().unsubscribe("bm9uZQ"))
        .isInstanceOf(NotFound.class);
    assertThatThrownBy(() -> world
            .billing()
            .unsubscription()
            .put(
                ada.account(),
                new MailPreferences(Optional.of("no language"), Optional.empty(), Set.of())))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("locale");
    assertThatThrownBy(() -> world
            .billing()
            .unsubscription()
            .put(
                ada.account(),
                new MailPreferences(Optional.empty(), Optional.of("Mars/Olympus"), Set.of())))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("timeZone");

    world.billing().customers().ensure(ada.caller(), Optional.empty(), Optional.empty());
    world.settle();
    assertThat(only(MailTemplate.WELCOME).locale().toLanguageTag()).isEqualTo("de");
    assertThat(only(MailTemplate.WELCOME).zone().getId()).isEqualTo("America/Sao_Paulo");
  }

  private static MailSettings settings(Map<MailTemplate, Duration> maxAge) {
    MailSettings usual = MailSettings.DEFAULT;
    return new MailSettings(
        usual.off(),
        maxAge,
        usual.unknown(),
        usual.locale(),
        usual.zone(),
        usual.kept(),
        usual.unsubscribe());
  }

  private void cancel(Subscription subscription) {
    world
        .billing()
        .subscriptions()
        .cancel(ada.account(), subscription.id(), Cancellation.PERIOD_END, Optional.empty());
    world.settle();
  }

  private List<StoredMail> all() {
    return world.billing().mails().list(MailFilter.ALL, Optional.empty(), 100);
  }

  private List<String> causes() {
    return all().stream()
        .map(mail -> mail.planned().template().code() + " " + mail.planned().cause())
        .toList();
  }

  private List<StoredMail> stored(MailTemplate template) {
    return all().stream().filter(mail -> mail.planned().template() == template).toList();
  }

  private List<MailTemplate> templates() {
    return service.received().stream().map(Mail::template).toList();
  }

  private List<Mail> of(MailTemplate template) {
    return service.received().stream()
        .filter(mail -> mail.template() == template)
        .toList();
  }

  private Mail only(MailTemplate template) {
    List<Mail> mails = of(template);
    assertThat(mails).as(template.code()).hasSize(1);
    return mails.get(0);
  }
}
