package com.tatame.billing.mailservice;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.mail.MailTransport;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** SendGrid's Mail Send as its reference describes it. */
final class SendGridServer extends HttpMailService {
  private static final Duration WAIT = Duration.ofSeconds(37);

  private final MailTransport transport = create();

  @Override
  MailTransport create() {
    return new SendGridTransport(
        new SendGridSettings("SG.secret", url(), timeLimit()), SENDER, clock());
  }

  @Override
  public MailTransport transport() {
    return transport;
  }

  @Override
  Reply answer(Behavior now, JsonNode mail) {
    String to = mail.at("/personalizations/0/to/0/email").asText();
    return switch (now) {
      case REFUSE ->
        Reply.of(
            400,
            error("content.0.value", "The content of the mail to " + to + " is not accepted."));
      case REFUSE_ADDRESS ->
        Reply.of(400, error("personalizations.0.to.0.email", to + " is not a valid address."));
      case DEFER ->
        new Reply(
            429,
            Map.of("X-RateLimit-Reset", String.valueOf(now().plus(WAIT).getEpochSecond())),
            "{\"errors\":[{\"field\":null,\"message\":\"too many requests for " + to + "\"}]}");
      default -> new Reply(202, Map.of("X-Message-Id", "14c5d75ce93" + attempts()), "");
    };
  }

  private static String error(String field, String message) {
    return MAPPER
        .createObjectNode()
        .set(
            "errors",
            MAPPER
                .createArrayNode()
                .add(MAPPER.createObjectNode().put("message", message).put("field", field)))
        .toString();
  }

  @Override
  TakenMail taken(JsonNode mail) {
    List<String> recipients = new ArrayList<>();
    mail.path("personalizations")
        .forEach(one -> List.of("to", "cc", "bcc")
            .forEach(kind ->
                one.path(kind).forEach(to -> recipients.add(to.path("email").asText()))));
    JsonNode headers = mail.path("headers");
    return new TakenMail(
        Optional.of(mail.at("/personalizations/0/custom_args/billing_mail_id").asText()),
        recipients,
        mail.path("subject").asText(),
        content(mail, 0, "text/plain"),
        content(mail, 1, "text/html"),
        Unsubscribe.of(
            headers.path("List-Unsubscribe").asText(""),
            headers.path("List-Unsubscribe-Post").asText("")));
  }

  private static String content(JsonNode mail, int index, String type) {
    JsonNode content = mail.path("content").path(index);
    return content.path("type").asText().equals(type) ? content.path("value").asText() : "";
  }

  @Override
  Reply question(URI uri) {
    return Reply.of(404, "");
  }

  @Override
  public Optional<Duration> statedWait() {
    return Optional.of(WAIT);
  }
}
