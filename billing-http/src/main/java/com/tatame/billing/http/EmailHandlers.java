package com.tatame.billing.http;

import static com.tatame.billing.http.Access.ADMINISTRATOR;
import static com.tatame.billing.http.ProblemCode.NOT_FOUND;
import static com.tatame.billing.http.Route.Parameter.query;
import static com.tatame.billing.http.Route.Reply.none;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.delete;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.NONE;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.mail.AddressSuppression;
import com.tatame.billing.mail.DeliveryReport;
import com.tatame.billing.mail.MailAdministration;
import com.tatame.billing.mail.MailFilter;
import com.tatame.billing.mail.MailStatus;
import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.mail.PlannedMail;
import com.tatame.billing.mail.StoredMail;
import com.tatame.billing.mail.SuppressionReason;
import com.tatame.billing.observation.WireName;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What accounts were sent, and which addresses are not written to. */
final class EmailHandlers {
  private static final String PATH = "/api/v1/emails";
  private static final String SUPPRESSIONS = "/api/v1/email-suppressions";

  private final MailAdministration mails;

  static List<Route> routes() {
    return List.of(
        get(PATH, ADMINISTRATOR)
            .orKeyWith(Scope.CUSTOMERS_READ)
            .is("Mail", "What accounts were sent, or are to be sent")
            .with(
                query("account", "Only mails to this account."),
                query("template", "Only these, such as receipt."),
                query("status", "Only these, such as unknown."),
                query("cause", "Only of this cause, such as an invoice's id."))
            .paged()
            .answers(pageOf(EmailAnswer.class, "The last planned first."))
            .by(to -> to.get(EmailHandlers.class)::list),
        get(PATH + "/{id}", ADMINISTRATOR)
            .orKeyWith(Scope.CUSTOMERS_READ)
            .is("Mail", "One mail")
            .answers(reply(200, EmailAnswer.class, "The mail."))
            .by(to -> to.get(EmailHandlers.class)::read),
        post(PATH + "/{id}/resend", ADMINISTRATOR, NONE)
            .is("Mail", "Send a copy of a mail, whatever became of it")
            .takes(Resending.class)
            .answers(reply(201, EmailAnswer.class, "The copy, which is sent in a moment."))
            .refuses(NOT_FOUND)
            .by(to -> to.get(EmailHandlers.class)::resend),
        get(SUPPRESSIONS, ADMINISTRATOR)
            .orKeyWith(Scope.CUSTOMERS_READ)
            .is("Mail", "Addresses that are not written to")
            .paged()
            .answers(pageOf(SuppressionAnswer.class, "The last first."))
            .by(to -> to.get(EmailHandlers.class)::suppressions),
        delete(SUPPRESSIONS + "/{id}", ADMINISTRATOR, NONE)
            .is("Mail", "Let an address be written to again")
            .answers(none("It is written to."))
            .by(to -> to.get(EmailHandlers.class)::lift));
  }

  EmailHandlers(MailAdministration mails) {
    this.mails = mails;
  }

  record Resending(
      @Doc(value = "Why, in at most 200 characters.", example = "The customer lost it.")
      String reason) {}

  record EmailAnswer(
      @Doc(value = "Also in what the service reports.", example = "mail_0123456789abcdef01234567")
      String id,

      String accountId,
      @Doc(value = "What it is about.", example = "receipt") String template,

      @Doc(value = "Of one cause an account gets one mail of a template.", example = "in_123")
      String cause,

      @Doc("The event by which it was planned.") String eventId,

      @Doc(
          value = "How far it is.",
          oneOf = {"planned", "sending", "sent", "refused", "suppressed", "unknown"})
      String status,

      @Doc("Why it is suppressed, such as contradicted or too_old; null if it is not.") @Nullable
      String suppressed,

      @Doc("Why it was refused or postponed, in words; null if it was not.") @Nullable
      String detail,

      @Doc("The address; null before it is sent, and once it is pruned.") @Nullable
      String to,

      @Doc("How often it was handed to the service.") int attempts,
      Instant plannedAt,
      @Doc("Before that it is not sent.") Instant dueAt,
      @Doc("Of the last attempt.") @Nullable Instant sentAt,

      @Doc("When something is done about it; null if that is nothing.") @Nullable
      Instant nextAt,

      @Doc("Under which the service knows it.") @Nullable String messageId,
      @Doc("What the service reported.") @Nullable MailDeliveryAnswer delivery,

      @Doc("0 for the one that was planned, a higher number for each that was sent again.")
      int copy,

      @Doc("Why it was sent again.") @Nullable String reason) {
    static EmailAnswer of(StoredMail mail) {
      PlannedMail planned = mail.planned();
      StoredMail.Progress progress = mail.progress();
      return new EmailAnswer(
          mail.id(),
          planned.account().value(),
          planned.template().code(),
          planned.cause(),
          planned.eventId(),
          mail.status().code(),
          mail.suppressed().map(SuppressionReason::code).orElse(null),
          progress.detail().orElse(null),
          progress.address().orElse(null),
          progress.attempts(),
          planned.plannedAt(),
          planned.dueAt(),
          progress.sentAt().orElse(null),
          progress.nextAt().orElse(null),
          progress.messageId().orElse(null),
          mail.delivery().map(MailDeliveryAnswer::of).orElse(null),
          planned.copy(),
          planned.reason().orElse(null));
    }
  }

  record MailDeliveryAnswer(
      @Doc(
          value = "The strongest that was reported.",
          oneOf = {"soft_bounced", "delivered", "hard_bounced", "complained"})
      String status,

      Instant at,
      @Doc("In the service's words.") @Nullable String detail) {
    static MailDeliveryAnswer of(StoredMail.Delivery delivery) {
      return new MailDeliveryAnswer(
          code(delivery.kind()), delivery.at(), delivery.detail().orElse(null));
    }

    private static String code(DeliveryReport.Kind kind) {
      return kind.name().toLowerCase(Locale.ROOT);
    }
  }

  record SuppressionAnswer(
      @Doc("Of the mail by which it was found out.") String id,
      String address,

      @Doc(
          value = "Why.",
          oneOf = {"refused", "hard_bounce", "complaint"})
      String reason,

      @Doc("In the service's words.") @Nullable String detail,
      Instant since) {
    static SuppressionAnswer of(AddressSuppression suppression) {
      return new SuppressionAnswer(
          suppression.id(),
          suppression.address(),
          suppression.reason().code(),
          suppression.detail().orElse(null),
          suppression.since());
    }
  }

  Answer list(Call call) {
    PageRequest page = call.page();
    MailFilter filter = new MailFilter(
        call.query("account").map(AccountId::new),
        call.query("template").map(text -> constant("template", MailTemplate.values(), text)),
        call.query("status").map(text -> constant("status", MailStatus.values(), text)),
        call.query("cause"));
    return Answer.ok(page.render(
        mails.list(filter, page.after(), page.lookahead()), StoredMail::id, EmailAnswer::of));
  }

  private static <E extends WireName> E constant(String field, E[] all, String text) {
    return Arrays.stream(all)
        .filter(each -> each.code().equals(text))
        .findFirst()
        .orElseThrow(() -> ValidationFailed.of(
            field,
            "must be one of "
                + Arrays.stream(all).map(WireName::code).collect(Collectors.joining(", "))));
  }

  Answer read(Call call) {
    return Answer.ok(EmailAnswer.of(mails.get(call.id("id"))));
  }

  Answer resend(Call call) {
    Optional<String> reason =
        RequestFields.text("reason", call.body(Resending.class).reason());
    StoredMail copy = mails.resend(
        call.id("id"), reason.orElseThrow(() -> ValidationFailed.of("reason", "is required")));
    return Answer.created(PATH + "/" + copy.id(), EmailAnswer.of(copy));
  }

  Answer suppressions(Call call) {
    PageRequest page = call.page();
    return Answer.ok(page.render(
        mails.suppressions(page.after(), page.lookahead()),
        AddressSuppression::id,
        SuppressionAnswer::of));
  }

  Answer lift(Call call) {
    mails.lift(call.id("id"));
    return Answer.noContent();
  }
}
