package com.tatame.billing.server;

import com.tatame.billing.mailservice.MailServices;
import com.tatame.billing.mailservice.SmtpSettings;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** Settings of the services that deliver mails. Only those of the chosen one are used. */
final class MailServiceSettings {
  /** What Postmark's webhooks have in their address. */
  record Credentials(String user, Secret password) {}

  private static final SettingGroup ALL = new SettingGroup(Setting.Section.MAIL);

  static final Setting<String> SMTP_HOST = ALL.add(
          "SMTP_HOST", "host name", SettingReaders::hostName)
      .means("The SMTP server, with `EMAIL_PROVIDER=smtp`.")
      .remedy("set it to the server's name, such as smtp.example.com")
      .example("smtp.example.com")
      .wrong("smtp://example.com");

  static final Setting<Integer> SMTP_PORT = ALL.add(
          "SMTP_PORT", "number from 1 to 65535", SettingReaders.number(1, 65_535))
      .byDefault("587")
      .initially("587")
      .means("The SMTP server's port.")
      .remedy("leave it out for 587")
      .example("465")
      .wrong("0");

  static final Setting<SmtpSettings.Security> SMTP_SECURITY = ALL.add(
          "SMTP_SECURITY",
          "`starttls`, `tls` or `none`",
          SettingReaders.choice(
              Map.of(
                  "starttls", SmtpSettings.Security.STARTTLS,
                  "tls", SmtpSettings.Security.TLS,
                  "none", SmtpSettings.Security.NONE),
              "must be starttls, tls or none"))
      .byDefault("starttls")
      .initially("starttls")
      .means(
          "How the way to the SMTP server is encrypted: by STARTTLS (usual on port 587), from the first byte"
              + " (465), or not at all, which is for a server on the same machine.")
      .remedy("leave it out for starttls")
      .example("tls")
      .wrong("ssl");

  static final Setting<String> SMTP_USER = ALL.add(
          "SMTP_USER", "text of one line", SettingReaders::line)
      .means("The user at the SMTP server, if it asks for one.")
      .remedy("set it together with SMTP_PASSWORD, or leave both out")
      .example("billing")
      .wrong("two\nlines");

  static final Setting<Secret> SMTP_PASSWORD = ALL.add(
          "SMTP_PASSWORD",
          "secret",
          (text, deployment) -> new Secret(SettingReaders.line(text, deployment)))
      .means("The user's password.")
      .remedy("set it together with SMTP_USER, or leave both out")
      .wrong("two\nlines");

  static final Setting<Secret> SENDGRID_API_KEY = ALL.add(
          "SENDGRID_API_KEY", "secret", SettingReaders::token)
      .means("The key of SendGrid's API, which needs the permission to send mail.")
      .remedy("set it to an API key of SendGrid, SG.…")
      .wrong("two words");

  static final Setting<String> SENDGRID_WEBHOOK_KEY = ALL.add(
          "SENDGRID_WEBHOOK_KEY", "public key, Base64", MailServiceSettings::verificationKey)
      .means("The verification key of SendGrid's signed event webhook, whose address is"
          + " `/webhooks/sendgrid`. Without it reports of deliveries are refused.")
      .remedy("set it to the verification key that SendGrid shows, or leave it out")
      .example("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE+stfkwITE/YdLWaZZgLEDxzh"
          + "vfVbgU7hSGTzcoXf4tHvisf+6ysw4wknQiQhxaj9RQwRGLaMTqx+sQmSHHne8Q==")
      .wrong("not a key");

  static final Setting<URI> SENDGRID_API_BASE = ALL.add(
          "SENDGRID_API_BASE", "http or https address", SettingReaders::publicUrl)
      .byDefault("https://api.sendgrid.com")
      .means("Where SendGrid's API is; another one for accounts in the EU.")
      .remedy("leave it out, or set it to https://api.eu.sendgrid.com")
      .example("https://api.eu.sendgrid.com")
      .wrong("sendgrid");

  static final Setting<Secret> POSTMARK_SERVER_TOKEN = ALL.add(
          "POSTMARK_SERVER_TOKEN", "secret", SettingReaders::token)
      .means("The token of the Postmark server that sends.")
      .remedy("set it to a server API token of Postmark")
      .wrong("two words");

  static final Setting<String> POSTMARK_STREAM = ALL.add(
          "POSTMARK_STREAM", "id of a message stream", MailServiceSettings::stream)
      .byDefault("outbound")
      .initially("outbound")
      .means("Postmark's message stream, one for transactional mail.")
      .remedy("leave it out for outbound")
      .example("billing")
      .wrong("two words");

  static final Setting<Credentials> POSTMARK_WEBHOOK_CREDENTIALS = ALL.add(
          "POSTMARK_WEBHOOK_CREDENTIALS",
          "secret, `user:password`",
          MailServiceSettings::credentials)
      .means("What Postmark's webhooks have in their address,"
          + " `https://user:password@billing.example.com/webhooks/postmark`. Without it reports of"
          + " deliveries are refused.")
      .remedy("set it to a user, a colon and a password, as in the webhook's address at Postmark")
      .wrong("user");

  static final Setting<URI> POSTMARK_API_BASE = ALL.add(
          "POSTMARK_API_BASE", "http or https address", SettingReaders::publicUrl)
      .byDefault("https://api.postmarkapp.com")
      .means("Where Postmark's API is.")
      .remedy("leave it out for Postmark's own")
      .example("https://api.postmarkapp.com")
      .wrong("postmark");

  private MailServiceSettings() {}

  private static String verificationKey(String text, Deployment deployment) {
    MailServices.sendGridReports(text, MailServices.REPORT_TOLERANCE, InstantSource.system())
        .service();
    return text;
  }

  private static String stream(String text, Deployment deployment) {
    if (!text.matches("[A-Za-z0-9_-]+")) {
      throw new IllegalArgumentException("must be the id of a message stream, such as outbound");
    }
    return text;
  }

  private static Credentials credentials(String text, Deployment deployment) {
    int colon = text.indexOf(':');
    if (colon < 1 || colon == text.length() - 1) {
      throw new IllegalArgumentException("must be a user, a colon and a password");
    }
    return new Credentials(text.substring(0, colon), new Secret(text.substring(colon + 1)));
  }

  static List<Setting<?>> all() {
    return ALL.settings();
  }
}
