package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.configuration.InvalidConfiguration;
import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.mailservice.SmtpSettings;
import com.tatame.billing.server.MailConfig.Service;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By what mails are sent, as the environment says it. */
final class MailConfigTest {
  private static final Map<String, String> SENDING = Map.of(
      "BILLING_ENV",
      "test",
      "EMAIL_FROM",
      "Acme <billing@example.com>",
      "BILLING_PUBLIC_URL",
      "https://billing.example.com",
      "BILLING_SECRETS_KEY",
      "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");

  private static EnvironmentReader reader(Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(SENDING);
    environment.putAll(more);
    return new EnvironmentReader(environment);
  }

  private static MailConfig read(Map<String, String> more) {
    EnvironmentReader env = reader(more);
    MailConfig config = MailConfig.read(env).orElseThrow();
    env.throwIfAny();
    return config;
  }

  private static List<String> problems(Map<String, String> more) {
    EnvironmentReader env = reader(more);
    assertThat(MailConfig.read(env)).isEmpty();
    try {
      env.throwIfAny();
    } catch (InvalidConfiguration e) {
      return e.problems().stream().map(problem -> problem.split(";", 2)[0]).toList();
    }
    throw new AssertionError("no problem");
  }

  @Test
  void withoutAProviderMailsAreLoggedAndNotSent() {
    MailConfig config = read(Map.of("EMAIL_FROM", ""));

    assertThat(config.service()).isEqualTo(new Service.Console());
    assertThat(MailPlugin.of(config, InstantSource.system())
            .orElseThrow()
            .transport()
            .name())
        .isEqualTo("console");
  }

  @Test
  void noneIsNoMailAtAll() {
    assertThat(MailPlugin.of(read(Map.of("EMAIL_PROVIDER", "none")), InstantSource.system()))
        .isEmpty();
  }

  @Test
  void anSmtpServerIsReachedByStartTlsUnlessItIsSaidOtherwise() {
    Service.Smtp smtp = (Service.Smtp) read(Map.of(
            "EMAIL_PROVIDER", "smtp",
            "SMTP_HOST", "smtp.example.com",
            "SMTP_USER", "billing",
            "SMTP_PASSWORD", "kept-secret",
            "EMAIL_REPLY_TO", "help@example.com"))
        .service();

    assertThat(smtp.server().port()).isEqualTo(587);
    assertThat(smtp.server().security()).isEqualTo(SmtpSettings.Security.STARTTLS);
    assertThat(smtp.server().credentials().orElseThrow().password()).isEqualTo("kept-secret");
    assertThat(smtp.sender().name()).isEqualTo("Acme");
    assertThat(smtp.sender().replyTo()).contains("help@example.com");
    assertThat(smtp.toString()).doesNotContain("kept-secret");
  }

  @ParameterizedTest
  @CsvSource({
    "sendgrid, SENDGRID_API_KEY, SENDGRID_WEBHOOK_KEY",
    "postmark, POSTMARK_SERVER_TOKEN, POSTMARK_WEBHOOK_CREDENTIALS"
  })
  void aServiceReportsWhereItCanProveThatItIsTheOne(String provider, String key, String proof) {
    Map<String, String> environment =
        new HashMap<>(Map.of("EMAIL_PROVIDER", provider, key, "kept-secret"));
    assertThat(read(environment).toString()).doesNotContain("kept-secret");
    assertThat(MailPlugin.of(read(environment), InstantSource.system())
            .orElseThrow()
            .readers())
        .isEmpty();

    environment.put(
        proof,
        proof.equals("SENDGRID_WEBHOOK_KEY")
            ? MailServiceSettings.SENDGRID_WEBHOOK_KEY.example()
            : "postmark:kept-secret");
    MailPlugin plugin = MailPlugin.of(read(environment), InstantSource.system()).orElseThrow();

    assertThat(plugin.transport().name()).isEqualTo(provider);
    assertThat(plugin.readers())
        .singleElement()
        .satisfies(reader -> assertThat(reader.service()).isEqualTo(provider));
    assertThat(read(environment).toString()).doesNotContain("kept-secret");
  }

  @Test
  void whatAServiceNeedsIsAskedForAtOnce() {
    assertThat(problems(Map.of("EMAIL_PROVIDER", "smtp", "EMAIL_FROM", "", "SMTP_USER", "billing")))
        .containsExactlyInAnyOrder(
            "EMAIL_FROM is missing", "SMTP_HOST is missing", "SMTP_PASSWORD is missing");
    assertThat(problems(Map.of("EMAIL_PROVIDER", "sendgrid")))
        .containsExactly("SENDGRID_API_KEY is missing");
    assertThat(problems(Map.of("EMAIL_PROVIDER", "postmark")))
        .containsExactly("POSTMARK_SERVER_TOKEN is missing");
  }

  @Test
  void aFolderOfTemplatesMustBeThere() {
    EnvironmentReader env = reader(Map.of("BILLING_MAIL_TEMPLATES", "/no/such/folder"));
    MailConfig.read(env);

    assertThatThrownBy(env::throwIfAny)
        .hasMessageContaining("BILLING_MAIL_TEMPLATES names no folder");
  }

  @Test
  void withoutALinkToUnsubscribeThatALimitIsNearIsNotTold() {
    Map<String, String> smtp = Map.of("EMAIL_PROVIDER", "smtp", "SMTP_HOST", "smtp.example.com");
    assertThat(read(smtp).settings().off()).isEmpty();

    Map<String, String> linkless = new HashMap<>(smtp);
    linkless.put("BILLING_SECRETS_KEY", "");
    assertThat(read(linkless).settings().off()).containsExactly(MailTemplate.LIMIT_NEAR);
  }
}
