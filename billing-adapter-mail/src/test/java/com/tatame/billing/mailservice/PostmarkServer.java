package com.tatame.billing.mailservice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tatame.billing.mail.MailTransport;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Postmark's Email API and its search as their references describe them. */
final class PostmarkServer extends HttpMailService {
  private static final Duration WAIT = Duration.ofSeconds(12);
  private static final String FILTER = "metadata_billing-mail-id=";

  private final MailTransport transport = create();

  @Override
  MailTransport create() {
    return new PostmarkTransport(
        new PostmarkSettings("server-token", "outbound", url(), timeLimit()), SENDER, clock());
  }

  @Override
  public MailTransport transport() {
    return transport;
  }

  @Override
  Reply answer(Behavior now, JsonNode mail) {
    String to = mail.path("To").asText();
    return switch (now) {
      case REFUSE -> Reply.of(422, error(300, "The mail to " + to + " has no content."));
      case REFUSE_ADDRESS ->
        Reply.of(
            422,
            error(
                406,
                "You tried to send to a recipient that has been marked as inactive. Found inactive"
                    + " addresses: " + to + "."));
      case DEFER ->
        new Reply(429, Map.of("Retry-After", "12"), error(429, "Too many requests for " + to));
      default ->
        Reply.of(
            200,
            MAPPER
                .createObjectNode()
                .put("To", to)
                .put("SubmittedAt", "2026-03-01T09:00:00Z")
                .put("MessageID", messageId(taken().size()))
                .put("ErrorCode", 0)
                .put("Message", "OK")
                .toString());
    };
  }

  private static String messageId(int number) {
    return "0a129aee-e1cd-480d-b08d-%012d".formatted(number);
  }

  private static String error(int code, String message) {
    return MAPPER
        .createObjectNode()
        .put("ErrorCode", code)
        .put("Message", message)
        .toString();
  }

  @Override
  TakenMail taken(JsonNode mail) {
    List<String> recipients = new ArrayList<>();
    for (String kind : List.of("To", "Cc", "Bcc")) {
      for (String to : mail.path(kind).asText("").split(",", -1)) {
        if (!to.isBlank()) {
          recipients.add(to.strip());
        }
      }
    }
    String list = "";
    String post = "";
    for (JsonNode header : mail.path("Headers")) {
      if (header.path("Name").asText().equals("List-Unsubscribe")) {
        list = header.path("Value").asText();
      } else if (header.path("Name").asText().equals("List-Unsubscribe-Post")) {
        post = header.path("Value").asText();
      }
    }
    return new TakenMail(
        Optional.of(mail.path("Metadata").path("billing-mail-id").asText()),
        recipients,
        mail.path("Subject").asText(),
        mail.path("TextBody").asText(),
        mail.path("HtmlBody").asText(),
        Unsubscribe.of(list, post));
  }

  @Override
  Reply question(URI uri) {
    String query = uri.getRawQuery();
    if (!uri.getPath().equals("/messages/outbound")
        || !query.startsWith("count=1&offset=0&" + FILTER)) {
      return Reply.of(422, error(701, "Provide count and offset"));
    }
    String id = URI.create("?" + query.substring(query.indexOf(FILTER) + FILTER.length()))
        .getQuery();
    ArrayNode messages = MAPPER.createArrayNode();
    for (int i = 0; i < taken().size(); i++) {
      if (taken().get(i).id().equals(Optional.of(id))) {
        ObjectNode message = messages.addObject().put("MessageID", messageId(i + 1));
        message.putObject("Metadata").put("billing-mail-id", id);
      }
    }
    return Reply.of(
        200,
        MAPPER
            .createObjectNode()
            .put("TotalCount", messages.size())
            .<ObjectNode>set("Messages", messages)
            .toString());
  }

  @Override
  public Optional<Duration> statedWait() {
    return Optional.of(WAIT);
  }
}
