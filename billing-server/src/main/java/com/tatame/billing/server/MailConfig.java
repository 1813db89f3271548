package com.tatame.billing.server;

import com.tatame.billing.mail.MailSettings;
import com.tatame.billing.mail.MailSettings.UnsubscribeLink;
import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.mailservice.MailBranding;
import com.tatame.billing.mailservice.PostmarkSettings;
import com.tatame.billing.mailservice.SendGridSettings;
import com.tatame.billing.mailservice.SenderAddress;
import com.tatame.billing.mailservice.SmtpSettings;
import com.tatame.billing.secret.SecretsKeys;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What accounts are sent, and by what.
 *
 * @param templates a folder of files that replace templates
 */
record MailConfig(
    Service service, MailBranding branding, Optional<Path> templates, MailSettings settings) {
  private static final Duration TIMEOUT = Duration.ofSeconds(15);
  private static final String NAMELESS = "This application";

  /** By what mails are sent. */
  sealed interface Service {
    /** Mails are not even planned. */
    record None() implements Service {}

    /** Mails are logged, and not sent. */
    record Console() implements Service {}

    /** Mails go to an SMTP server. */
    record Smtp(SmtpSettings server, SenderAddress sender) implements Service {}

    /** Mails go to SendGrid, whose reports are signed by the key. */
    record SendGrid(SendGridSettings api, SenderAddress sender, Optional<String> reportKey)
        implements Service {}

    /** Mails go to Postmark, whose reports come with the credentials. */
    record Postmark(
        PostmarkSettings api,
        SenderAddress sender,
        Optional<MailServiceSettings.Credentials> reportCredentials)
        implements Service {}

    /** Whether mails leave the server. */
    default boolean sends() {
      return !(this instanceof None || this instanceof Console);
    }
  }

  /** What the environment says; empty with a problem if something is missing. */
  static Optional<MailConfig> read(EnvironmentReader env) {
    Optional<SenderAddress> sender = env.find(EmailSettings.EMAIL_FROM)
        .map(from ->
            new SenderAddress(from.address(), from.name(), env.find(EmailSettings.EMAIL_REPLY_TO)));
    Optional<Path> templates = env.find(EmailSettings.BILLING_MAIL_TEMPLATES);
    if (templates.filter(folder -> !Files.isDirectory(folder)).isPresent()) {
      env.problem(EmailSettings.BILLING_MAIL_TEMPLATES, "names no folder that there is");
    }
    return env.find(EmailSettings.EMAIL_PROVIDER)
        .flatMap(provider -> switch (provider) {
          case NONE -> Optional.of(new Service.None());
          case CONSOLE -> Optional.of(new Service.Console());
          case SMTP -> smtp(env, required(env, EmailSettings.EMAIL_FROM, sender));
          case SENDGRID -> sendGrid(env, required(env, EmailSettings.EMAIL_FROM, sender));
          case POSTMARK -> postmark(env, required(env, EmailSettings.EMAIL_FROM, sender));
        })
        .flatMap(service -> settings(env, service)
            .map(settings -> new MailConfig(service, branding(env, sender), templates, settings)));
  }

  private static <T> Optional<T> required(
      EnvironmentReader env, Setting<?> setting, Optional<T> value) {
    if (!env.has(setting)) {
      env.missing(setting);
    }
    return value;
  }

  private static <T> Optional<T> required(EnvironmentReader env, Setting<T> setting) {
    return required(env, setting, env.find(setting));
  }

  private static Optional<Service> smtp(EnvironmentReader env, Optional<SenderAddress> sender) {
    Optional<String> host = required(env, MailServiceSettings.SMTP_HOST);
    Optional<String> user = env.find(MailServiceSettings.SMTP_USER);
    Optional<Secret> password = env.find(MailServiceSettings.SMTP_PASSWORD);
    if (user.isPresent() != password.isPresent()) {
      env.missing(
          user.isPresent() ? MailServiceSettings.SMTP_PASSWORD : MailServiceSettings.SMTP_USER);
    }
    Optional<Integer> port = env.find(MailServiceSettings.SMTP_PORT);
    Optional<SmtpSettings.Security> security = env.find(MailServiceSettings.SMTP_SECURITY);
    if (sender.isEmpty() || host.isEmpty() || port.isEmpty() || security.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Service.Smtp(
        SmtpSettings.of(
            host.get(),
            port.get(),
            security.get(),
            user.flatMap(name ->
                password.map(secret -> new SmtpSettings.Credentials(name, secret.value())))),
        sender.get()));
  }

  private static Optional<Service> sendGrid(EnvironmentReader env, Optional<SenderAddress> sender) {
    Optional<Secret> key = required(env, MailServiceSettings.SENDGRID_API_KEY);
    Optional<URI> base = env.find(MailServiceSettings.SENDGRID_API_BASE);
    Optional<String> reportKey = env.find(MailServiceSettings.SENDGRID_WEBHOOK_KEY);
    return sender.flatMap(from -> key.flatMap(secret -> base.map(url -> new Service.SendGrid(
        new SendGridSettings(secret.value(), url, TIMEOUT), from, reportKey))));
  }

  private static Optional<Service> postmark(EnvironmentReader env, Optional<SenderAddress> sender) {
    Optional<Secret> token = required(env, MailServiceSettings.POSTMARK_SERVER_TOKEN);
    Optional<URI> base = env.find(MailServiceSettings.POSTMARK_API_BASE);
    Optional<String> stream = env.find(MailServiceSettings.POSTMARK_STREAM);
    Optional<MailServiceSettings.Credentials> credentials =
        env.find(MailServiceSettings.POSTMARK_WEBHOOK_CREDENTIALS);
    if (sender.isEmpty() || token.isEmpty() || base.isEmpty() || stream.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Service.Postmark(
        new PostmarkSettings(token.get().value(), stream.get(), base.get(), TIMEOUT),
        sender.get(),
        credentials));
  }

  private static MailBranding branding(EnvironmentReader env, Optional<SenderAddress> sender) {
    return new MailBranding(
        env.find(EmailSettings.BILLING_MAIL_APPLICATION)
            .or(() -> sender.map(SenderAddress::name).filter(name -> !name.isBlank()))
            .orElse(NAMELESS),
        env.find(EmailSettings.BILLING_MAIL_ACCOUNT_URL),
        env.find(EmailSettings.BILLING_MAIL_PLANS_URL),
        env.find(EmailSettings.BILLING_MAIL_SUPPORT));
  }

  private static Optional<MailSettings> settings(EnvironmentReader env, Service service) {
    SecretsKeys keys = SecretsKeys.of(env.all(EventSettings.BILLING_SECRETS_KEY));
    Optional<UnsubscribeLink> link = env.find(ServerSettings.BILLING_PUBLIC_URL)
        .filter(url -> !keys.isEmpty())
        .map(url -> new UnsubscribeLink(PublicUrl.unsubscribe(url), keys));
    Set<MailTemplate> off = new HashSet<>(env.all(EmailSettings.BILLING_MAIL_OFF));
    if (service.sends() && link.isEmpty() && off.add(MailTemplate.LIMIT_NEAR)) {
      env.warn(
          EmailSettings.EMAIL_PROVIDER,
          "is set without BILLING_PUBLIC_URL and BILLING_SECRETS_KEY, so that mails have no link to"
              + " unsubscribe, and that a limit is near is not told");
    }
    return env.find(EmailSettings.BILLING_MAIL_UNKNOWN)
        .flatMap(unknown -> env.find(EmailSettings.BILLING_MAIL_LOCALE)
            .flatMap(locale -> env.find(EmailSettings.BILLING_MAIL_TIME_ZONE)
                .flatMap(zone -> env.find(EmailSettings.BILLING_KEEP_MAIL_DAYS)
                    .map(days -> new MailSettings(
                        off,
                        env.all(EmailSettings.BILLING_MAIL_MAX_AGE).stream()
                            .collect(Collectors.toMap(
                                EmailSettings.MaxAge::template,
                                EmailSettings.MaxAge::age,
                                (first, second) -> second)),
                        unknown,
                        locale,
                        zone,
                        Duration.ofDays(days),
                        link)))));
  }
}
