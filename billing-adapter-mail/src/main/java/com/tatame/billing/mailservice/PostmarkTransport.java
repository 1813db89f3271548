package com.tatame.billing.mailservice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tatame.billing.mail.MailTransport;
import com.tatame.billing.mail.RenderedMail;
import com.tatame.billing.mailservice.ServiceClient.Answer;
import com.tatame.billing.mailservice.ServiceClient.NoAnswer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Postmark's Email API, and its search of sent messages for mails whose answer was lost. */
final class PostmarkTransport implements MailTransport {
  /** A key of Postmark's metadata, which reports and the search know. */
  static final String MAIL_ID = "billing-mail-id";

  /** Longer values Postmark refuses. */
  private static final int MAX_METADATA = 80;

  /** The search may not show yet what was taken a moment ago. */
  private static final Duration UNLISTED = Duration.ofMinutes(10);

  /** The shortest time for which a server can be set to keep messages is seven days. */
  private static final Duration LISTED = Duration.ofDays(6);

  private static final int INVALID = 300;
  private static final int INACTIVE_RECIPIENT = 406;
  /** The account, the sender or the stream, which are for the operator to mend, not the mail. */
  private static final Set<Integer> NOT_THE_MAILS =
      Set.of(10, 100, 400, 401, 405, 412, 413, 1235, 1236, 1237);

  private final PostmarkSettings settings;
  private final SenderAddress sender;
  private final InstantSource clock;
  private final ServiceClient client;

  PostmarkTransport(PostmarkSettings settings, SenderAddress sender, InstantSource clock) {
    this.settings = settings;
    this.sender = sender;
    this.clock = clock;
    this.client = new ServiceClient(settings.timeout(), clock);
  }

  @Override
  public String name() {
    return "postmark";
  }

  private Map<String, String> token() {
    return Map.of("X-Postmark-Server-Token", settings.serverToken());
  }

  @Override
  public Outcome send(RenderedMail mail) {
    if (mail.id().length() > MAX_METADATA) {
      throw new IllegalArgumentException(
          "the id of a mail must have at most " + MAX_METADATA + " characters");
    }
    Optional<String> to = MailAddress.of(mail.to());
    if (to.isEmpty()) {
      return new Refused("the address can't be written to", true);
    }
    try {
      return outcome(client.post(
          settings.baseUrl().resolve("/email"), token(), ServiceJson.bytes(body(mail, to.get()))));
    } catch (NoAnswer e) {
      return e.mayBeSent()
          ? new Unknown(e.getMessage())
          : new Deferred(e.getMessage(), Optional.empty());
    }
  }

  private ObjectNode body(RenderedMail mail, String to) {
    ObjectNode body = ServiceJson.object();
    body.put("From", Mailbox.of(sender));
    sender.replyTo().ifPresent(reply -> body.put("ReplyTo", reply));
    body.put("To", to);
    body.put("Subject", SingleLine.of(mail.subject()));
    body.put("TextBody", mail.text());
    body.put("HtmlBody", mail.html());
    body.put("MessageStream", settings.messageStream());
    body.put("Tag", mail.template().code());
    body.put("TrackOpens", false);
    body.put("TrackLinks", "None");
    body.putObject("Metadata").put(MAIL_ID, mail.id());
    mail.unsubscribe().ifPresent(uri -> {
      ArrayNode headers = body.putArray("Headers");
      UnsubscribeHeaders.of(uri)
          .forEach((name, value) -> headers.addObject().put("Name", name).put("Value", value));
    });
    return body;
  }

  private Outcome outcome(Answer answer) {
    JsonNode json = ServiceJson.read(answer.body());
    int code = json.path("ErrorCode").asInt(0);
    String reason = "Postmark answered " + answer.status() + (code == 0 ? "" : ", error " + code);
    if (answer.isSuccess() && code == 0) {
      return new Accepted(ServiceJson.text(json, "MessageID"));
    }
    if (answer.isUncertain()) {
      return new Unknown(reason);
    }
    return switch (answer.status()) {
      case 429, 503, 408 -> new Deferred(reason, client.retryAfter(answer, "X-RateLimit-Reset"));
      case 401, 403 -> new Deferred(reason + ": it refuses the server token", Optional.empty());
      case 413 -> new Refused(reason + ": the mail is too large", false);
      case 200, 422 -> refused(code, ServiceJson.text(json, "Message").orElse(""), reason);
      // Another address than that of the API, which is for the operator to mend.
      default ->
        new Deferred(reason + ": is the base URL that of Postmark's API?", Optional.empty());
    };
  }

  /** By its code; the message says of an invalid request only in words which field it means. */
  private static Outcome refused(int code, String message, String reason) {
    if (code == INACTIVE_RECIPIENT) {
      return new Refused(reason + ": the address is on its list of suppressed ones", true);
    }
    if (NOT_THE_MAILS.contains(code)) {
      return new Deferred(reason + ": it refuses the account or the sender", Optional.empty());
    }
    if (code == INVALID && message.contains("'From'")) {
      return new Deferred(reason + ": it refuses the sender", Optional.empty());
    }
    return new Refused(reason, code == INVALID && message.contains("'To'"));
  }

  @Override
  public boolean canFind() {
    return true;
  }

  @Override
  public Outcome find(String id, Instant sentAt) {
    String query = "/messages/outbound?count=1&offset=0&metadata_" + MAIL_ID + "="
        + URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    Answer answer;
    try {
      answer = client.get(settings.baseUrl().resolve(query), token());
    } catch (NoAnswer e) {
      return new Unknown("Postmark can't be asked: " + e.getMessage());
    }
    JsonNode messages = ServiceJson.read(answer.body()).path("Messages");
    if (answer.status() != 200 || !messages.isArray()) {
      return new Unknown("Postmark can't be asked: it answered " + answer.status());
    }
    for (JsonNode message : messages) {
      // A service that doesn't know the filter would list any mail.
      if (message.path("Metadata").path(MAIL_ID).asText("").equals(id)) {
        return new Accepted(ServiceJson.text(message, "MessageID"));
      }
    }
    Instant now = clock.instant();
    boolean sure = messages.isEmpty()
        && sentAt.plus(UNLISTED).isBefore(now)
        && sentAt.plus(LISTED).isAfter(now);
    return sure
        ? new Deferred("Postmark doesn't have it", Optional.empty())
        : new Unknown("Postmark doesn't list it");
  }

  @Override
  public void close() {
    client.close();
  }
}
