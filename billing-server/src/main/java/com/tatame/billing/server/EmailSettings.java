package com.tatame.billing.server;

import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.mail.UnknownPolicy;
import com.tatame.billing.mailservice.MailBranding;
import com.tatame.billing.mailservice.SenderAddress;
import com.tatame.billing.observation.WireName;
import java.net.URI;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Settings of mail: by what it is sent, which of it, and what is done when it isn't known whether it was. */
final class EmailSettings {
  /** By what mails are sent. */
  enum Provider implements WireName {
    NONE,
    CONSOLE,
    SMTP,
    SENDGRID,
    POSTMARK
  }

  /** How long after its cause mail of one template is sent. */
  record MaxAge(MailTemplate template, Duration age) {}

  private static final SettingGroup ALL = new SettingGroup(Setting.Section.MAIL);

  static final Setting<Provider> EMAIL_PROVIDER = ALL.add(
          "EMAIL_PROVIDER",
          "`none`, `console`, `smtp`, `sendgrid` or `postmark`",
          SettingReaders.choice(
              byCode(Provider.values()), "must be none, console, smtp, sendgrid or postmark"))
      .byDefault("console")
      .initially("console")
      .means("By what mails are sent to accounts. `console` shows them, and sends nothing.")
      .remedy("leave it out for console")
      .example("postmark")
      .wrong("pigeon");

  static final Setting<SenderAddress> EMAIL_FROM = ALL.add(
          "EMAIL_FROM", "address, or `name <address>`", EmailSettings::sender)
      .means("Who mails come from: an address that the mail service may send for.")
      .remedy("set it to an address such as Acme <billing@example.com>")
      .example("Acme <billing@example.com>")
      .wrong("Acme");

  static final Setting<String> EMAIL_REPLY_TO = ALL.add(
          "EMAIL_REPLY_TO", "address", EmailSettings::address)
      .means("Where answers to mails go, if not to their sender.")
      .remedy("set it to an address such as help@example.com, or leave it out")
      .example("help@example.com")
      .wrong("help");

  static final Setting<String> BILLING_MAIL_APPLICATION = ALL.add(
          "BILLING_MAIL_APPLICATION", "name of one line", EmailSettings::application)
      .means("The application's name in mails. Without it the name in `EMAIL_FROM`.")
      .remedy("set it to the name by which users know the application, of at most 60 characters")
      .example("Acme")
      .wrong("A name that goes on for longer than any line of a mail should be, or any name");

  static final Setting<URI> BILLING_MAIL_ACCOUNT_URL = ALL.add(
          "BILLING_MAIL_ACCOUNT_URL", "http or https address", SettingReaders::httpAddress)
      .means(
          "The application's page on which users see what they pay and change it; mails link to it.")
      .remedy("set it to the page's address, or leave it out")
      .example("https://app.example.com/account")
      .wrong("account");

  static final Setting<URI> BILLING_MAIL_PLANS_URL = ALL.add(
          "BILLING_MAIL_PLANS_URL", "http or https address", SettingReaders::httpAddress)
      .means("The application's page on which users choose a plan; mails link to it.")
      .remedy("set it to the page's address, or leave it out")
      .example("https://app.example.com/plans")
      .wrong("plans");

  static final Setting<String> BILLING_MAIL_SUPPORT = ALL.add(
          "BILLING_MAIL_SUPPORT", "address", EmailSettings::address)
      .means("The address that mails name for questions.")
      .remedy("set it to an address such as help@example.com, or leave it out")
      .example("help@example.com")
      .wrong("help");

  static final Setting<Path> BILLING_MAIL_TEMPLATES = ALL.add(
          "BILLING_MAIL_TEMPLATES", "path of a folder", SettingReaders::path)
      .means(
          "A folder whose files replace templates and texts of mails. docs/mail-templates.md names them.")
      .remedy("name a folder that can be read, or leave it out")
      .example("/etc/billing/mail")
      .wrong("/no/such/folder");

  static final Setting<MailTemplate> BILLING_MAIL_OFF = ALL.add(
          "BILLING_MAIL_OFF", "names of templates", EmailSettings::template)
      .list()
      .means("Mails that are not sent, such as `receipt` where Stripe sends receipts itself.")
      .remedy("list templates such as receipt,welcome, or leave it out to send all")
      .example("receipt,welcome")
      .wrong("newsletter");

  static final Setting<MaxAge> BILLING_MAIL_MAX_AGE = ALL.add(
          "BILLING_MAIL_MAX_AGE", "`template=duration`, as in ISO 8601", EmailSettings::maxAge)
      .list()
      .means(
          "How long after its cause a mail is still sent, by template, such as `receipt=P7D`. Older ones are"
              + " listed as `too_old` and can be sent by hand. Without it a week for what is about money, and"
              + " one or two days for the rest.")
      .remedy("list what differs, such as receipt=P14D,welcome=PT12H, or leave it out")
      .example("receipt=P14D")
      .wrong("receipt=14");

  static final Setting<UnknownPolicy> BILLING_MAIL_UNKNOWN = ALL.add(
          "BILLING_MAIL_UNKNOWN",
          "`leave` or `resend`",
          SettingReaders.choice(byCode(UnknownPolicy.values()), "must be leave or resend"))
      .byDefault("leave")
      .initially("leave")
      .means(
          "What is done about a mail whose answer was lost, where the service can't be asked for it: nothing,"
              + " or it is sent once more.")
      .remedy("leave it out for leave")
      .example("resend")
      .wrong("retry");

  static final Setting<Locale> BILLING_MAIL_LOCALE = ALL.add(
          "BILLING_MAIL_LOCALE", "language tag", EmailSettings::locale)
      .byDefault("en")
      .initially("en")
      .means("The language of mails to accounts that have not said theirs.")
      .remedy("set it to a language tag such as de or pt-BR")
      .example("pt-BR")
      .wrong("no language");

  static final Setting<ZoneId> BILLING_MAIL_TIME_ZONE = ALL.add(
          "BILLING_MAIL_TIME_ZONE", "name of a time zone", EmailSettings::zone)
      .byDefault("UTC")
      .initially("UTC")
      .means("The time zone of dates in mails to accounts that have not said theirs.")
      .remedy("set it to a name such as Europe/Berlin")
      .example("Europe/Berlin")
      .wrong("Mars/Olympus");

  static final Setting<Integer> BILLING_KEEP_MAIL_DAYS = ALL.add(
          "BILLING_KEEP_MAIL_DAYS", "number from 1 to 36500", SettingReaders.number(1, 36_500))
      .byDefault("90")
      .initially("90")
      .means(
          "For how many days it is kept to which address a mail was sent. That it was sent is kept for ever,"
              + " so that no cause has a second mail.")
      .remedy("leave it out for 90")
      .example("90")
      .wrong("0");

  private EmailSettings() {}

  private static SenderAddress sender(String text, Deployment deployment) {
    return SenderAddress.parse(text, Optional.empty());
  }

  private static String address(String text, Deployment deployment) {
    SenderAddress address = SenderAddress.parse(text, Optional.empty());
    if (!address.name().isEmpty()) {
      throw new IllegalArgumentException("must be an address without a name");
    }
    return address.address();
  }

  private static String application(String text, Deployment deployment) {
    return new MailBranding(text, Optional.empty(), Optional.empty(), Optional.empty())
        .application();
  }

  private static <E extends WireName> Map<String, E> byCode(E[] all) {
    return Arrays.stream(all).collect(Collectors.toMap(WireName::code, Function.identity()));
  }

  private static MailTemplate template(String text, Deployment deployment) {
    return Arrays.stream(MailTemplate.values())
        .filter(template -> template.code().equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("must list templates of "
            + Arrays.stream(MailTemplate.values())
                .map(MailTemplate::code)
                .collect(Collectors.joining(", "))));
  }

  private static MaxAge maxAge(String text, Deployment deployment) {
    int equals = text.indexOf('=');
    try {
      Duration age = Duration.parse(text.substring(equals + 1));
      if (equals > 0 && !age.isNegative() && !age.isZero()) {
        return new MaxAge(template(text.substring(0, equals), deployment), age);
      }
    } catch (DateTimeParseException e) {
      // Refused below.
    }
    throw new IllegalArgumentException("must list ages such as receipt=P7D");
  }

  private static Locale locale(String text, Deployment deployment) {
    Locale locale = Locale.forLanguageTag(text);
    if (locale.getLanguage().isEmpty()) {
      throw new IllegalArgumentException("must be a language tag such as de or pt-BR");
    }
    return locale;
  }

  private static ZoneId zone(String text, Deployment deployment) {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "must be the name of a time zone, such as Europe/Berlin", e);
    }
  }

  static List<Setting<?>> all() {
    return ALL.settings();
  }
}
