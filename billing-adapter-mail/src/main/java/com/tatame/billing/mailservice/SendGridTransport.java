package com.tatame.billing.mailservice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tatame.billing.mail.MailTransport;
import com.tatame.billing.mail.RenderedMail;
import com.tatame.billing.mailservice.ServiceClient.Answer;
import com.tatame.billing.mailservice.ServiceClient.NoAnswer;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * SendGrid's Mail Send, version 3. It can't be asked for a mail: its list of messages is an extra that
 * accounts buy, and doesn't show what is hardly a minute old.
 */
final class SendGridTransport implements MailTransport {
  /** Beside the events of a mail, so that reports name it. */
  static final String MAIL_ID = "billing_mail_id";

  private static final String RESET = "X-RateLimit-Reset";
  private static final Pattern FIELD = Pattern.compile("[a-z0-9_.\\[\\]]{1,80}");
  private static final Pattern RECIPIENT = Pattern.compile("personalizations\\..*to.*");
  private static final Pattern SENDER = Pattern.compile("(?:from|reply_to).*");

  private final SendGridSettings settings;
  private final SenderAddress sender;
  private final URI send;
  private final ServiceClient client;

  SendGridTransport(SendGridSettings settings, SenderAddress sender, InstantSource clock) {
    this.settings = settings;
    this.sender = sender;
    this.send = settings.baseUrl().resolve("/v3/mail/send");
    this.client = new ServiceClient(settings.timeout(), clock);
  }

  @Override
  public String name() {
    return "sendgrid";
  }

  @Override
  public Outcome send(RenderedMail mail) {
    Optional<String> to = MailAddress.of(mail.to());
    if (to.isEmpty()) {
      return new Refused("the address can't be written to", true);
    }
    try {
      return outcome(client.post(
          send,
          Map.of("Authorization", "Bearer " + settings.apiKey()),
          ServiceJson.bytes(body(mail, to.get()))));
    } catch (NoAnswer e) {
      return e.mayBeSent()
          ? new Unknown(e.getMessage())
          : new Deferred(e.getMessage(), Optional.empty());
    }
  }

  private ObjectNode body(RenderedMail mail, String to) {
    ObjectNode body = ServiceJson.object();
    ObjectNode recipient = body.putArray("personalizations").addObject();
    recipient.putArray("to").addObject().put("email", to);
    recipient.putObject("custom_args").put(MAIL_ID, mail.id());
    ObjectNode from = body.putObject("from").put("email", sender.address());
    if (!sender.name().isEmpty()) {
      from.put("name", sender.name());
    }
    sender.replyTo().ifPresent(reply -> body.putObject("reply_to").put("email", reply));
    body.put("subject", SingleLine.of(mail.subject()));
    var contents = body.putArray("content");
    contents.addObject().put("type", "text/plain").put("value", mail.text());
    contents.addObject().put("type", "text/html").put("value", mail.html());
    body.putArray("categories").add(mail.template().code());
    mail.unsubscribe().ifPresent(uri -> {
      ObjectNode headers = body.putObject("headers");
      UnsubscribeHeaders.of(uri).forEach(headers::put);
    });
    ObjectNode tracking = body.putObject("tracking_settings");
    tracking.putObject("click_tracking").put("enable", false).put("enable_text", false);
    tracking.putObject("open_tracking").put("enable", false);
    tracking.putObject("subscription_tracking").put("enable", false);
    return body;
  }

  private Outcome outcome(Answer answer) {
    String reason = "SendGrid answered " + answer.status();
    if (answer.isSuccess()) {
      return new Accepted(answer.header("X-Message-Id"));
    }
    if (answer.isUncertain()) {
      return new Unknown(reason);
    }
    return switch (answer.status()) {
      case 429, 503, 408 -> new Deferred(reason, client.retryAfter(answer, RESET));
      case 401, 403 ->
        new Deferred(reason + ": it refuses the API key or the sender", Optional.empty());
      case 413 -> new Refused(reason + ": the mail is too large", false);
      case 400, 422 -> refused(answer, reason);
      // Another address than that of the API, which is for the operator to mend.
      default ->
        new Deferred(reason + ": is the base URL that of SendGrid's API?", Optional.empty());
    };
  }

  /** By the field that SendGrid names; its message quotes what is in it. */
  private static Outcome refused(Answer answer, String reason) {
    for (JsonNode error : ServiceJson.read(answer.body()).path("errors")) {
      Optional<String> field =
          ServiceJson.text(error, "field").filter(name -> FIELD.matcher(name).matches());
      if (field.isPresent()) {
        String why = reason + ": " + field.get();
        if (SENDER.matcher(field.get()).matches()) {
          return new Deferred(why, Optional.empty());
        }
        return new Refused(why, RECIPIENT.matcher(field.get()).matches());
      }
    }
    return new Refused(reason, false);
  }

  @Override
  public boolean canFind() {
    return false;
  }

  @Override
  public Outcome find(String id, Instant sentAt) {
    throw new UnsupportedOperationException("SendGrid can't be asked for a mail");
  }

  @Override
  public void close() {
    client.close();
  }
}
