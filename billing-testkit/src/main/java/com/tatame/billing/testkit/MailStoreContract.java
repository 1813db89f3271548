package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.mail.AddressSuppression;
import com.tatame.billing.mail.DeliveryReport;
import com.tatame.billing.mail.DeliveryReport.Kind;
import com.tatame.billing.mail.MailBacklog;
import com.tatame.billing.mail.MailCategory;
import com.tatame.billing.mail.MailContent;
import com.tatame.billing.mail.MailFilter;
import com.tatame.billing.mail.MailPreferences;
import com.tatame.billing.mail.MailResult;
import com.tatame.billing.mail.MailStatus;
import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.mail.PlannedMail;
import com.tatame.billing.mail.StoredMail;
import com.tatame.billing.mail.SuppressionReason;
import com.tatame.billing.money.Money;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Mails: planned once for their cause, sent by one program at a time, and what became of them. */
public interface MailStoreContract extends StoreUnderTest {
  /** So many that those of other tests don't matter. */
  int ALL = 100_000;

  @Test
  default void aCauseHasOneMailOfATemplateHoweverOftenItIsPlanned() {
    PlannedMail mail = aMail(Ids.morning());
    store().mails().plan(List.of(mail));
    store().mails().plan(List.of(with(mail, Ids.next("mail"), mail.template(), mail.cause())));
    PlannedMail other = with(mail, Ids.next("mail"), MailTemplate.PAYMENT_FAILED, mail.cause());
    store().mails().plan(List.of(mail, other));

    assertThat(ofAccount(mail.account()))
        .extracting(StoredMail::planned)
        .containsExactlyInAnyOrder(mail, other);
    assertThat(store().mails().find(mail.id()).orElseThrow().status())
        .isEqualTo(MailStatus.PLANNED);
  }

  @Test
  default void aMailComesBackAsItWasPlanned() {
    Instant now = Ids.morning();
    PlannedMail mail = new PlannedMail(
        Ids.next("mail"),
        MailTemplate.LIMIT_NEAR,
        "quiz:2026-01:80",
        Ids.account(),
        "quiz",
        "in_1:paid",
        new MailContent(
            Optional.empty(),
            Optional.of("Quiz"),
            Optional.of("Free"),
            Optional.of(BillingInterval.YEARLY),
            Optional.of(new Money(1999, "brl")),
            Optional.of("A-1"),
            Optional.of(now),
            Optional.empty(),
            List.of(new MailContent.Line("Pro", new Money(1999, "brl"))),
            Optional.of(new MailContent.Usage(8, 10))),
        now,
        now.plusSeconds(1),
        now.plusSeconds(2),
        0,
        Optional.empty());

    store().mails().plan(List.of(mail));

    assertThat(store().mails().find(mail.id()).orElseThrow())
        .isEqualTo(new StoredMail(
            mail,
            MailStatus.PLANNED,
            Optional.empty(),
            StoredMail.Progress.begun(now),
            Optional.empty()));
  }

  @Test
  default void aMailIsDueByTheBillingClockAndRetriedByTheWallClock() {
    Instant now = Ids.morning();
    PlannedMail mail = aMail(now, now.plus(Duration.ofDays(3)));
    store().mails().plan(List.of(mail));

    assertThat(claimed("early", mail, now, now.plus(Duration.ofDays(2)))).isEmpty();
    Instant due = mail.dueAt();
    assertThat(claimed("due", mail, now, due)).isPresent();
    store()
        .mails()
        .end(mail.id(), "due", new MailResult.Postponed("busy", now.plusSeconds(60)), now);
    assertThat(claimed("soon", mail, now.plusSeconds(59), due)).isEmpty();
    StoredMail again = claimed("later", mail, now.plusSeconds(60), due).orElseThrow();
    assertThat(again.progress().failures()).isEqualTo(1);
    assertThat(again.progress().detail()).contains("busy");
  }

  @Test
  default void ofTwoProgramsOneHasTheMailUntilItsLeaseEnds() {
    Instant now = Ids.morning();
    PlannedMail mail = aMail(now);
    store().mails().plan(List.of(mail));

    assertThat(claimed("first", mail, now)).isPresent();
    assertThat(claimed("second", mail, now)).isEmpty();
    Instant later = now.plus(Commits.LEASE);
    assertThat(claimed("third", mail, later).orElseThrow().status())
        .as("it was not handed to the service")
        .isEqualTo(MailStatus.PLANNED);
    assertThat(store().mails().begin(mail.id(), "first", "a@example.com", later))
        .isFalse();
    assertThat(store().mails().end(mail.id(), "first", sent("m"), later)).isFalse();
    assertThat(store().mails().begin(mail.id(), "third", "a@example.com", later))
        .isTrue();
  }

  @Test
  default void aMailIsNotHandedOverOnceItsLeaseHasEnded() {
    Instant now = Ids.morning();
    PlannedMail mail = aMail(now);
    store().mails().plan(List.of(mail));
    claimed("slow", mail, now);

    assertThat(store().mails().begin(mail.id(), "slow", "a@example.com", now.plus(Commits.LEASE)))
        .isFalse();
  }

  @Test
  default void aProgramThatDiedWhileItSentLeavesTheMailUnknown() {
    Instant now = Ids.morning();
    PlannedMail mail = aMail(now);
    store().mails().plan(List.of(mail));
    claimed("dies", mail, now);
    assertThat(store().mails().begin(mail.id(), "dies", "a@example.com", now)).isTrue();
    assertThat(store().mails().begin(mail.id(), "dies", "a@example.com", now)).isFalse();

    StoredMail found = claimed("next", mail, now.plus(Commits.LEASE)).orElseThrow();

    assertThat(found.status()).isEqualTo(MailStatus.UNKNOWN);
    assertThat(found.progress().losses()).isEqualTo(1);
    assertThat(found.progress().attempts()).isEqualTo(1);
    assertThat(found.progress().sentAt()).contains(now);
    assertThat(found.progress().address()).contains("a@example.com");
  }

  @Test
  default void whatBecameOfAMailIsKept() {
    Instant now = Ids.morning();
    StoredMail sent = ended(now, sent("msg_1"));
    assertThat(sent.status()).isEqualTo(MailStatus.SENT);
    assertThat(sent.progress().messageId()).contains("msg_1");
    assertThat(sent.progress().nextAt()).isEmpty();

    StoredMail refused = ended(now, new MailResult.Refused("no such domain", false));
    assertThat(refused.status()).isEqualTo(MailStatus.REFUSED);
    assertThat(refused.progress().detail()).contains("no such domain");

    StoredMail suppressed = ended(now, new MailResult.Suppressed(SuppressionReason.CONTRADICTED));
    assertThat(suppressed.status()).isEqualTo(MailStatus.SUPPRESSED);
    assertThat(suppressed.suppressed()).contains(SuppressionReason.CONTRADICTED);

    StoredMail left = ended(now, new MailResult.Lost("no answer", Optional.empty()));
    assertThat(left.status()).isEqualTo(MailStatus.UNKNOWN);
    assertThat(left.progress().losses()).isEqualTo(1);
    for (StoredMail each : List.of(sent, refused, suppressed, left)) {
      assertThat(claimed("no more", each.planned(), now.plus(Duration.ofDays(1))))
          .isEmpty();
    }
  }

  @Test
  default void anUnknownMailIsClaimedAgainWhenItIsLookedFor() {
    Instant now = Ids.morning();
    StoredMail lost =
        ended(now, new MailResult.Lost("no answer", Optional.of(now.plusSeconds(60))));

    assertThat(claimed("early", lost.planned(), now.plusSeconds(59))).isEmpty();
    StoredMail found = claimed("find", lost.planned(), now.plusSeconds(60)).orElseThrow();
    assertThat(found.status()).isEqualTo(MailStatus.UNKNOWN);
    store()
        .mails()
        .end(
            lost.id(),
            "find",
            new MailResult.Lost("not found yet", Optional.of(now.plusSeconds(90))),
            now.plusSeconds(60));
    assertThat(store().mails().find(lost.id()).orElseThrow().progress().losses())
        .as("looking loses nothing more")
        .isEqualTo(1);
  }

  @Test
  default void reportsEndEqualInAnyOrderAndDoubled() {
    Random random = new Random(11);
    for (int round = 0; round < 10; round++) {
      Instant now = Ids.morning();
      StoredMail mail = aSentMail(store(), now);
      List<DeliveryReport> reports = new ArrayList<>();
      for (Kind kind : Kind.values()) {
        reports.add(report(mail, kind));
        reports.add(report(mail, kind));
      }
      Collections.shuffle(reports, random);
      reports.forEach(each -> store().mails().report(List.of(each)));

      StoredMail stored = store().mails().find(mail.id()).orElseThrow();
      assertThat(stored.delivery().map(StoredMail.Delivery::kind)).contains(Kind.COMPLAINED);
      assertThat(suppression(mail).orElseThrow().reason())
          .isEqualTo(AddressSuppression.Reason.COMPLAINT);
    }
  }

  @Test
  default void aReportSaysThatTheMailWasSent() {
    Instant now = Ids.morning();
    PlannedMail mail = aMail(now);
    store().mails().plan(List.of(mail));
    claimed("c", mail, now);
    store().mails().begin(mail.id(), "c", "a@example.com", now);

    assertThat(store().mails().report(List.of(report(mail.id(), Optional.empty(), Kind.DELIVERED))))
        .isEqualTo(1);
    assertThat(store().mails().report(List.of(report(mail.id(), Optional.empty(), Kind.DELIVERED))))
        .isZero();

    assertThat(store().mails().find(mail.id()).orElseThrow().status()).isEqualTo(MailStatus.SENT);
    assertThat(claimed("next", mail, now.plus(Commits.LEASE))).isEmpty();
  }

  @Test
  default void aReportFindsItsMailByTheServicesId() {
    Instant now = Ids.morning();
    StoredMail mail = aSentMail(store(), now);
    String messageId = mail.progress().messageId().orElseThrow();

    assertThat(store()
            .mails()
            .report(List.of(new DeliveryReport(
                Ids.next("report"),
                Optional.empty(),
                Optional.of(messageId),
                "a@example.com",
                Kind.SOFT_BOUNCED,
                Optional.of("mailbox full"),
                now))))
        .isEqualTo(1);
    assertThat(store().mails().find(mail.id()).orElseThrow().delivery())
        .contains(new StoredMail.Delivery(Kind.SOFT_BOUNCED, now, Optional.of("mailbox full")));
    assertThat(suppression(mail)).isEmpty();
    assertThat(store()
            .mails()
            .report(List.of(report("mail_of_another", Optional.empty(), Kind.COMPLAINED))))
        .isZero();
  }

  @Test
  default void aHardBounceSuppressesTheAddressUntilItIsLifted() {
    Instant now = Ids.morning();
    StoredMail mail = aSentMail(store(), now);
    String address = mail.progress().address().orElseThrow();
    DeliveryReport bounce = report(mail, Kind.HARD_BOUNCED);
    store().mails().report(List.of(bounce));

    AddressSuppression suppression = suppression(mail).orElseThrow();
    assertThat(suppression.reason()).isEqualTo(AddressSuppression.Reason.HARD_BOUNCE);
    assertThat(suppression.address()).isEqualTo(AddressSuppression.normalized(address));
    assertThat(store().mails().suppressions(Optional.empty(), 100)).contains(suppression);
    assertThat(store().mails().suppressions(Optional.of(suppression.id()), 100))
        .doesNotContain(suppression);

    assertThat(store().mails().lift(suppression.id(), AnAuditEntry.any())).isTrue();
    assertThat(store().mails().lift(suppression.id(), AnAuditEntry.any())).isFalse();
    store().mails().report(List.of(bounce));
    assertThat(suppression(mail)).as("the same report, once more").isEmpty();
    store().mails().report(List.of(report(mail, Kind.COMPLAINED)));
    assertThat(suppression(mail)).isPresent();
  }

  @Test
  default void anAddressThatTheServiceRefusesIsSuppressed() {
    StoredMail mail = ended(Ids.morning(), new MailResult.Refused("inactive", true));

    assertThat(suppression(mail).orElseThrow().reason())
        .isEqualTo(AddressSuppression.Reason.REFUSED);
    assertThat(suppression(mail).orElseThrow().detail()).contains("inactive");
  }

  @Test
  default void aCopyIsSentOnceForItsRequest() {
    Instant now = Ids.morning();
    StoredMail original = ended(now, new MailResult.Suppressed(SuppressionReason.TOO_OLD));
    String id = Ids.next("mail");
    Instant later = now.plus(Duration.ofDays(30));

    StoredMail copy = copy(original, id, later).orElseThrow();
    assertThat(copy(original, id, later)).contains(copy);
    StoredMail second = copy(copy, Ids.next("mail"), later).orElseThrow();

    assertThat(copy.planned().copy()).isEqualTo(1);
    assertThat(second.planned().copy()).isEqualTo(2);
    assertThat(copy.planned().cause()).isEqualTo(original.planned().cause());
    assertThat(copy.planned().reason()).contains("asked for it");
    assertThat(copy.status()).isEqualTo(MailStatus.PLANNED);
    assertThat(claimed("c", copy.planned(), later)).isPresent();
    assertThat(ofAccount(original.planned().account())).hasSize(3);
    assertThat(store().mails().copy("none", Ids.next("mail"), "why", now, now, AnAuditEntry.any()))
        .isEmpty();
  }

  @Test
  default void mailsAreListedTheLastFirstByAllThatIsAsked() {
    Instant now = Ids.morning();
    PlannedMail first = aMail(now);
    PlannedMail second =
        with(aMail(now.plusSeconds(1)), first.account(), MailTemplate.WELCOME, "welcome");
    PlannedMail third =
        with(aMail(now.plusSeconds(1)), first.account(), MailTemplate.REFUND, "re_1");
    store().mails().plan(List.of(first, second, third));
    claimed("c", second, now.plusSeconds(1));
    store().mails().end(second.id(), "c", sent("m"), now);

    List<StoredMail> all = ofAccount(first.account());
    assertThat(all).extracting(StoredMail::id).containsExactly(third.id(), second.id(), first.id());
    MailFilter ofAccount = MailFilter.of(first.account());
    assertThat(store().mails().list(ofAccount, Optional.of(third.id()), 1))
        .extracting(StoredMail::id)
        .containsExactly(second.id());
    assertThat(store().mails().list(ofAccount, Optional.of("none"), 1)).isEmpty();
    assertThat(listed(first.account(), Optional.of(MailTemplate.REFUND), Optional.empty()))
        .containsExactly(third.id());
    assertThat(listed(first.account(), Optional.empty(), Optional.of(MailStatus.SENT)))
        .containsExactly(second.id());
    assertThat(store()
            .mails()
            .list(
                new MailFilter(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(first.cause())),
                Optional.empty(),
                10))
        .extracting(StoredMail::id)
        .containsExactly(first.id());
    assertThat(store()
            .mails()
            .list(
                new MailFilter(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(MailStatus.PLANNED),
                    Optional.empty()),
                Optional.empty(),
                100))
        .extracting(StoredMail::id)
        .contains(third.id())
        .doesNotContain(second.id());
    assertThat(store().mails().list(MailFilter.ALL, Optional.empty(), 100)).isNotEmpty();
  }

  @Test
  default void theBacklogCountsWhatIsDue() {
    Instant now = Ids.morning();
    MailBacklog before = store().mails().backlog(now, now);
    PlannedMail due = aMail(now);
    PlannedMail later = aMail(now, now.plus(Duration.ofDays(3)));
    PlannedMail waiting = aMail(now);
    store().mails().plan(List.of(due, later, waiting));
    claimed("c", waiting, now);
    store()
        .mails()
        .end(waiting.id(), "c", new MailResult.Postponed("busy", now.plusSeconds(60)), now);
    ended(now, new MailResult.Lost("no answer", Optional.empty()));

    MailBacklog after = store().mails().backlog(now, now);
    assertThat(after.due() - before.due()).isEqualTo(2);
    assertThat(after.ready() - before.ready()).isEqualTo(1);
    assertThat(after.unknown() - before.unknown()).isEqualTo(1);
    assertThat(after.oldestPlannedAt().orElseThrow()).isBeforeOrEqualTo(now);
  }

  @Test
  default void whatIsPrunedLosesItsAddressAndStaysItsCausesMail() {
    Instant now = Ids.morning();
    StoredMail mail = aSentMail(store(), now);
    StoredMail open = ended(now, new MailResult.Postponed("busy", now.plusSeconds(60)));
    StoredMail copy = copy(mail, Ids.next("mail"), now).orElseThrow();
    claimed("c", copy.planned(), now);
    store().mails().end(copy.id(), "c", sent("m2"), now);

    while (store().mails().prune(now.plusSeconds(1), 100) == 100) {}

    assertThat(store().mails().find(mail.id()).orElseThrow().progress().address())
        .isEmpty();
    assertThat(store().mails().find(copy.id()).orElseThrow().planned().reason()).isEmpty();
    assertThat(store().mails().find(open.id()).orElseThrow().progress().address())
        .isPresent();
    PlannedMail again = with(
        mail.planned(),
        Ids.next("mail"),
        mail.planned().template(),
        mail.planned().cause());
    store().mails().plan(List.of(again));
    assertThat(store().mails().find(again.id())).isEmpty();
    assertThat(store().mails().prune(now.plusSeconds(1), 100)).isZero();
  }

  @Test
  default void preferencesAreTheAccounts() {
    AccountId account = Ids.account();
    assertThat(store().mails().preferences(account)).isEqualTo(MailPreferences.NONE);
    MailPreferences wanted = new MailPreferences(
        Optional.of("pt-BR"), Optional.of("America/Sao_Paulo"), Set.of(MailCategory.LIMITS));

    store().mails().put(account, wanted, AnAuditEntry.any());
    assertThat(store().mails().preferences(account)).isEqualTo(wanted);
    assertThat(store().mails().preferences(Ids.account())).isEqualTo(MailPreferences.NONE);

    store().mails().put(account, MailPreferences.NONE, AnAuditEntry.any());
    assertThat(store().mails().preferences(account)).isEqualTo(MailPreferences.NONE);
  }

  private List<StoredMail> ofAccount(AccountId account) {
    return store().mails().list(MailFilter.of(account), Optional.empty(), 100);
  }

  private List<String> listed(
      AccountId account, Optional<MailTemplate> template, Optional<MailStatus> status) {
    return store()
        .mails()
        .list(
            new MailFilter(Optional.of(account), template, status, Optional.empty()),
            Optional.empty(),
            10)
        .stream()
        .map(StoredMail::id)
        .toList();
  }

  private Optional<AddressSuppression> suppression(StoredMail mail) {
    return store()
        .mails()
        .suppression("A" + mail.progress().address().orElseThrow().substring(1));
  }

  private Optional<StoredMail> copy(StoredMail original, String id, Instant now) {
    return store().mails().copy(original.id(), id, "asked for it", now, now, AnAuditEntry.any());
  }

  private Optional<StoredMail> claimed(String claim, PlannedMail mail, Instant now) {
    return claimed(claim, mail, now, now);
  }

  private Optional<StoredMail> claimed(
      String claim, PlannedMail mail, Instant now, Instant billingNow) {
    return claimed(store(), claim, mail, now, billingNow);
  }

  // Also claims what other tests left, which is no more theirs.
  private static Optional<StoredMail> claimed(
      BillingStore store, String claim, PlannedMail mail, Instant now, Instant billingNow) {
    return store.mails().claim(claim, ALL, now, billingNow, Commits.LEASE).stream()
        .filter(each -> each.id().equals(mail.id()))
        .findFirst();
  }

  private StoredMail ended(Instant now, MailResult result) {
    PlannedMail mail = aMail(now);
    store().mails().plan(List.of(mail));
    return ended(store(), mail, now, result);
  }

  private static StoredMail ended(
      BillingStore store, PlannedMail mail, Instant now, MailResult result) {
    String claim = Ids.next("claim");
    assertThat(claimed(store, claim, mail, now, now)).isPresent();
    String address = "a" + mail.id() + "@Example.com";
    assertThat(store.mails().begin(mail.id(), claim, address, now)).isTrue();
    assertThat(store.mails().end(mail.id(), claim, result, now)).isTrue();
    assertThat(store.mails().end(mail.id(), claim, result, now)).isFalse();
    return store.mails().find(mail.id()).orElseThrow();
  }

  private static MailResult sent(String messageId) {
    return new MailResult.Sent(Optional.of(messageId));
  }

  /** One that the service has. */
  static StoredMail aSentMail(BillingStore store, Instant now) {
    PlannedMail mail = aMail(now);
    store.mails().plan(List.of(mail));
    return ended(store, mail, now, sent(Ids.next("msg")));
  }

  static DeliveryReport report(StoredMail mail, Kind kind) {
    return report(mail.id(), mail.progress().sentAt(), kind);
  }

  private static DeliveryReport report(String id, Optional<Instant> at, Kind kind) {
    return new DeliveryReport(
        id + kind,
        Optional.of(id),
        Optional.empty(),
        "a@example.com",
        kind,
        Optional.of("says the service"),
        at.orElse(Instant.EPOCH));
  }

  /** One that is due at once. */
  static PlannedMail aMail(Instant now) {
    return aMail(now, now);
  }

  private static PlannedMail aMail(Instant now, Instant dueAt) {
    String invoice = Ids.next("in");
    return new PlannedMail(
        Ids.next("mail"),
        MailTemplate.RECEIPT,
        invoice,
        Ids.account(),
        invoice,
        invoice + ":paid",
        new MailContent(
            Optional.empty(),
            Optional.of("Pro"),
            Optional.empty(),
            Optional.of(BillingInterval.MONTHLY),
            Optional.of(new Money(999, "usd")),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty()),
        now,
        dueAt,
        dueAt.plus(Duration.ofDays(7)),
        0,
        Optional.empty());
  }

  private static PlannedMail with(
      PlannedMail mail, String id, MailTemplate template, String cause) {
    return new PlannedMail(
        id,
        template,
        cause,
        mail.account(),
        mail.objectId(),
        mail.eventId(),
        mail.content(),
        mail.plannedAt(),
        mail.dueAt(),
        mail.expiresAt(),
        mail.copy(),
        mail.reason());
  }

  private static PlannedMail with(
      PlannedMail mail, AccountId account, MailTemplate template, String cause) {
    return new PlannedMail(
        mail.id(),
        template,
        cause,
        account,
        mail.objectId(),
        mail.eventId(),
        mail.content(),
        mail.plannedAt(),
        mail.dueAt(),
        mail.expiresAt(),
        mail.copy(),
        mail.reason());
  }
}
