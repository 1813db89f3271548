package com.tatame.billing.http;

import static com.tatame.billing.http.Access.PUBLIC;
import static com.tatame.billing.http.ProblemCode.INVALID_SIGNATURE;
import static com.tatame.billing.http.ProblemCode.NOT_FOUND;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.NONE;

import com.tatame.billing.failure.NotFound;
import com.tatame.billing.mail.DeliveryReportReader;
import com.tatame.billing.mail.MailAdministration;
import java.util.List;
import java.util.Optional;

/** What mail services report, in. */
final class DeliveryReportHandlers {
  private final MailAdministration mails;
  private final List<DeliveryReportReader> readers;

  static List<Route> routes() {
    return List.of(
        route("sendgrid", "SendGrid, signed by its event webhook"),
        route("postmark", "Postmark, by the credentials in the webhook's address"));
  }

  private static Route route(String service, String from) {
    return post("/webhooks/" + service, PUBLIC, NONE)
        .is("Webhooks", "Receive reports about mails from " + from)
        .takesRaw()
        .answers(reply(200, AppliedReportsAnswer.class, "They are applied."))
        .refuses(INVALID_SIGNATURE, NOT_FOUND)
        .by(to -> call -> to.get(DeliveryReportHandlers.class).receive(service, call));
  }

  /**
   * Wires the handlers.
   *
   * @param readers of the services that report; others are not found
   */
  DeliveryReportHandlers(MailAdministration mails, List<DeliveryReportReader> readers) {
    this.mails = mails;
    this.readers = List.copyOf(readers);
  }

  record AppliedReportsAnswer(
      @Doc("How many of them told something new.") int applied) {}

  private Answer receive(String service, Call call) {
    DeliveryReportReader reader = readers.stream()
        .filter(each -> each.service().equals(service))
        .findFirst()
        .orElseThrow(() -> new NotFound("mail service", service));
    return Answer.ok(new AppliedReportsAnswer(mails.report(reader.read(
        name -> Optional.of(call.header(name)).filter(text -> !text.isEmpty()), call.rawBody()))));
  }
}
