package com.tatame.billing.mailservice;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.mail.Mail;
import com.tatame.billing.mail.MailContent;
import com.tatame.billing.mail.MailContent.Line;
import com.tatame.billing.mail.MailContent.Usage;
import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.mail.RenderedMail;
import com.tatame.billing.money.Money;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MailTemplatesTest {
  static final MailBranding BRANDING = new MailBranding(
      "Acme",
      Optional.of(URI.create("https://acme.example.com/account")),
      Optional.of(URI.create("https://acme.example.com/plans?from=mail&tab=all")),
      Optional.of("help@acme.example.com"));

  /** Fields of a mail that may each be missing. */
  private static final int FIELDS = 10;

  private static final Pattern LEFTOVER =
      Pattern.compile("\\{\\{|}}|null|Optional|\\[|\\s[,.!]|\\(\\)");

  private final MailTemplates templates = new MailTemplates(BRANDING, Optional.empty());

  static Stream<Arguments> templatesAndLanguages() {
    return Stream.of(MailTemplate.values())
        .flatMap(template -> Stream.of("en", "de", "pt").map(tag -> Arguments.of(template, tag)));
  }

  @ParameterizedTest
  @MethodSource("templatesAndLanguages")
  void rendersWithAnyContentMissing(MailTemplate template, String tag) {
    for (int present = 0; present < 1 << FIELDS; present++) {
      RenderedMail mail = render(template, content(template, present), tag);

      assertThat(mail.subject()).as("%s", present).isNotBlank();
      assertThat(LEFTOVER.matcher(mail.subject()).find()).as(mail.subject()).isFalse();
      assertThat(LEFTOVER.matcher(mail.text()).find()).as(mail.text()).isFalse();
      assertThat(mail.text()).doesNotContain("\n\n\n").doesNotContain("  ");
      assertThat(mail.html()).doesNotContain("{{").doesNotContain("null").endsWith("</html>\n");
    }
  }

  private static MailContent content(MailTemplate template, int present) {
    MailContent full = MailSamples.full(template);
    return new MailContent(
        full.name().filter(any -> has(present, 0)),
        full.title().filter(any -> has(present, 1)),
        full.previousTitle().filter(any -> has(present, 2)),
        full.interval().filter(any -> has(present, 3)),
        full.amount().filter(any -> has(present, 4)),
        full.number().filter(any -> has(present, 5)),
        full.at().filter(any -> has(present, 6)),
        full.link().filter(any -> has(present, 7)),
        has(present, 8) ? full.lines() : List.of(),
        full.usage().filter(any -> has(present, 9)));
  }

  private static boolean has(int present, int field) {
    return (present >> field & 1) == 1;
  }

  private RenderedMail render(MailTemplate template, MailContent content, String tag) {
    return templates.render(MailSamples.mail(template, content, Locale.forLanguageTag(tag)));
  }

  @Test
  void languagesHaveTheSameTexts() {
    TemplateFiles files = new TemplateFiles(Optional.empty());
    Set<String> english = TemplateFiles.properties(
            "en", TemplateFiles.shipped("texts_en.properties"))
        .keySet();

    for (String language : files.languages()) {
      String name = TemplateFiles.textsName(language);
      assertThat(TemplateFiles.properties(name, TemplateFiles.shipped(name)).keySet())
          .as(name)
          .isEqualTo(english);
    }
    for (MailTemplate template : MailTemplate.values()) {
      assertThat(english)
          .contains(
              template.code() + ".subject",
              template.code() + ".heading",
              template.code() + ".body",
              template.code() + ".action");
    }
  }

  // A language that uses a field less than the others has lost a part of a sentence.
  @Test
  void languagesUseTheSameFieldsInEachSubjectAndBody() {
    Pattern field = Pattern.compile("\\{\\{([#^]?\\w+)}}");
    TemplateFiles files = new TemplateFiles(Optional.empty());
    for (MailTemplate template : MailTemplate.values()) {
      for (String part : List.of(".subject", ".body")) {
        String key = template.code() + part;
        Set<String> english = fields(field, files.texts("en").getOrDefault(key, ""));
        for (String language : List.of("de", "pt")) {
          assertThat(fields(field, files.texts(language).getOrDefault(key, "")))
              .as("%s in %s", key, language)
              .isEqualTo(english);
        }
      }
    }
  }

  private static Set<String> fields(Pattern field, String text) {
    return field
        .matcher(text)
        .results()
        .map(found -> found.group(1).replace("^", "#"))
        .filter(name -> !name.startsWith("#"))
        .collect(Collectors.toSet());
  }

  @Test
  void problemsOfTheShippedFilesAreNone() {
    assertThat(templates.problems()).isEmpty();
    assertThat(templates.languages()).containsExactly("de", "en", "pt");
  }

  @Test
  void textsAreInTheReadersLanguage() {
    assertThat(subject("de-AT")).isEqualTo("Ihre Zahlung an Acme (Rechnung F3A1-0042)");
    assertThat(subject("pt-BR")).isEqualTo("Seu recibo de Acme (fatura F3A1-0042)");
    assertThat(subject("en-US")).isEqualTo("Your receipt from Acme (invoice F3A1-0042)");
    assertThat(subject("fr-FR")).isEqualTo(subject("en"));
    assertThat(subject("und")).isEqualTo(subject("en"));
  }

  private String subject(String tag) {
    return templates.preview(MailTemplate.RECEIPT, Locale.forLanguageTag(tag)).subject();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      en    | 123456  | usd | $1,234.56
      de    | 123456  | eur | 1.234,56 €
      de-CH | 123456  | chf | CHF 1’234.56
      pt-BR | 123456  | brl | R$ 1.234,56
      pt-PT | 123456  | eur | 1 234,56 €
      en    | 1200    | jpy | ¥1,200
      de    | 1200    | jpy | 1.200 ¥
      en    | 12340   | kwd | KWD 12.340
      en    | 50000   | isk | ISK 500
      en    | 50050   | huf | HUF 500.50
      en    | 5000    | mga | MGA 5,000
      en    | -500    | eur | -€5.00
      en    | 100     | zzz | 1.00 ZZZ
      fr    | 123456  | eur | €1,234.56
      """)
  void amountsAreAsTheCountryWritesThem(String tag, long amount, String currency, String written) {
    MailContent content = new MailContent(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(new Money(amount, currency)),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty());

    assertThat(render(MailTemplate.RECEIPT, content, tag).text().replace('\u00a0', ' '))
        .contains(": " + written + "\n");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      en    | Europe/Berlin     | December 10, 2026
      en-GB | Europe/Berlin     | 10 December 2026
      de    | Europe/Berlin     | 10. Dezember 2026
      pt    | America/Sao_Paulo | 9 de dezembro de 2026
      pt    | Asia/Tokyo        | 10 de dezembro de 2026
      """)
  void datesAreThoseOfTheReadersTimeZone(String tag, String zone, String written) {
    MailContent content = at(Instant.parse("2026-12-09T23:30:00Z"));

    RenderedMail mail = templates.render(mail(MailTemplate.TRIAL_ENDING, content, tag, zone));

    assertThat(mail.text()).contains(written);
    assertThat(mail.subject()).contains(written);
  }

  @Test
  void resetOfALimitHasATimeAndItsZone() {
    MailContent content = at(Instant.parse("2026-12-09T23:30:00Z"));

    assertThat(templates
            .render(mail(MailTemplate.LIMIT_NEAR, content, "de", "Europe/Berlin"))
            .text())
        .contains("10. Dezember 2026, 00:30 MEZ");
    assertThat(templates
            .render(mail(MailTemplate.LIMIT_NEAR, content, "pt", "Europe/Lisbon"))
            .text())
        .contains("9 de dezembro de 2026, 23:30 WET");
  }

  private static MailContent at(Instant at) {
    return new MailContent(
        Optional.empty(),
        Optional.of("Pro"),
        Optional.empty(),
        Optional.of(BillingInterval.YEARLY),
        Optional.empty(),
        Optional.empty(),
        Optional.of(at),
        Optional.empty(),
        List.of(),
        Optional.of(new Usage(999_999, 1_000_000)));
  }

  private static Mail mail(MailTemplate template, MailContent content, String tag, String zone) {
    return new Mail(
        "mail_1",
        template,
        content,
        "ada@example.com",
        Locale.forLanguageTag(tag),
        ZoneId.of(zone),
        Optional.empty());
  }

  @Test
  void limitThatIsNotReachedIsNotShownAsReached() {
    assertThat(templates
            .render(mail(MailTemplate.LIMIT_NEAR, at(Instant.EPOCH), "en", "UTC"))
            .subject())
        .isEqualTo("Pro: 99% of your limit is used");
  }

  @Test
  void limitThatIsUsedUpIsNotShownAsNear() {
    for (String tag : List.of("en", "de", "pt")) {
      RenderedMail near = render(MailTemplate.LIMIT_NEAR, usage(9), tag);
      RenderedMail reached = render(MailTemplate.LIMIT_NEAR, usage(10), tag);
      assertThat(reached.subject()).isNotEqualTo(near.subject());
      assertThat(heading(reached)).isNotEqualTo(heading(near));
    }
    assertThat(render(MailTemplate.LIMIT_NEAR, usage(10), "en").subject())
        .isEqualTo("Video reviews: your limit is used up");
    assertThat(render(MailTemplate.LIMIT_NEAR, usage(11), "de").text())
        .startsWith("Ihr Kontingent ist verbraucht\n");
  }

  private static String heading(RenderedMail mail) {
    return mail.text().lines().findFirst().orElseThrow();
  }

  private static MailContent usage(long used) {
    return new MailContent(
        Optional.empty(),
        Optional.of("video_reviews"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.of(new Usage(used, 10)));
  }

  @Test
  void featureHasItsCodeForANameUntilATextNamesIt(@TempDir Path folder) throws IOException {
    MailTemplates own = new MailTemplates(BRANDING, Optional.of(folder));
    Mail mail = MailSamples.mail(MailTemplate.LIMIT_NEAR, usage(9), Locale.GERMAN);
    assertThat(own.render(mail).subject()).startsWith("Video reviews: ");

    Files.writeString(folder.resolve("texts_de.properties"), "feature.video_reviews=Videoanalysen");

    assertThat(own.problems()).isEmpty();
    assertThat(own.render(mail).subject()).startsWith("Videoanalysen: ");
    assertThat(own.render(mail).text()).contains("(Videoanalysen)");
  }

  // The provider writes lines in its language, which is often not the reader's.
  @Test
  void singleLineIsLeftOutWhereThePlanIsKnown() {
    Line line = new Line("1 × Pro (at $24.99 / month)", new Money(2_499, "usd"));
    MailContent full = MailSamples.full(MailTemplate.RECEIPT);

    assertThat(render(MailTemplate.RECEIPT, withLines(full, full.title(), line), "de")
            .text())
        .contains("Tarif: Pro", "Abrechnung: monatlich")
        .doesNotContain("month");
    assertThat(render(MailTemplate.RECEIPT, withLines(full, Optional.empty(), line), "de")
            .text())
        .contains("1 × Pro");
    assertThat(render(MailTemplate.RECEIPT, withLines(full, full.title(), line, line), "de")
            .text())
        .contains("1 × Pro");
  }

  private static MailContent withLines(MailContent content, Optional<String> title, Line... lines) {
    return new MailContent(
        content.name(),
        title,
        content.previousTitle(),
        content.interval(),
        content.amount(),
        content.number(),
        content.at(),
        content.link(),
        List.of(lines),
        content.usage());
  }

  @ParameterizedTest
  @EnumSource(MailTemplate.class)
  void valuesStayText(MailTemplate template) {
    String evil = "<script>alert(1)</script>\"'&{{amount}}";
    MailContent content = new MailContent(
        Optional.of("<img src=x onerror=alert(1)>"),
        Optional.of(evil),
        Optional.of(evil),
        Optional.empty(),
        Optional.empty(),
        Optional.of(evil),
        Optional.empty(),
        Optional.of(URI.create("https://pay.example.com/?a=%22%3E&b='onload=alert(1)")),
        List.of(new Line(evil, new Money(1, "eur"))),
        Optional.empty());

    RenderedMail mail = render(template, content, "en");

    assertThat(mail.html()).doesNotContain("<script", "<img", "'onload", "\"'&");
    assertThat(mail.text()).doesNotContain("&lt;", "&amp;");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example",
        "Win now www.evil.example",
        "evil.example/win",
        "eve@evil.example",
        "",
        " \n "
      })
  void namesThatWouldBeLinksAreLeftOut(String name) {
    MailContent content = new MailContent(
        Optional.of(name),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty());

    RenderedMail mail = render(MailTemplate.WELCOME, content, "en");

    assertThat(mail.text()).contains("\nHello,\n").doesNotContain("evil");
    assertThat(mail.html()).doesNotContain("evil");
  }

  @Test
  void subjectIsOneLineAndNotTooLong() {
    MailContent content = new MailContent(
        Optional.empty(),
        Optional.of("Export\r\nBcc: eve@example.net\u202e" + "x".repeat(500)),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.of(new Usage(9, 10)));

    String subject = render(MailTemplate.LIMIT_NEAR, content, "en").subject();

    assertThat(subject).startsWith("Export Bcc: eve").endsWith("…").doesNotContain("\n", "\u202e");
    assertThat(subject.length()).isLessThanOrEqualTo(150);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"javascript:alert(1)", "data:text/html,x", "/account", "mailto:eve@example.net"})
  void onlyPagesAreLinked(String link) {
    MailContent content = new MailContent(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(URI.create(link)),
        List.of(),
        Optional.empty());

    assertThat(render(MailTemplate.PAYMENT_FAILED, content, "en").html())
        .doesNotContain("\"" + link)
        .contains("https://acme.example.com")
        .contains("Open your account");
  }

  @ParameterizedTest
  @EnumSource(MailTemplate.class)
  void nothingIsLoadedFromElsewhere(MailTemplate template) {
    String html = templates.preview(template, Locale.ENGLISH).html();

    assertThat(html)
        .doesNotContain("<img", "<link", "<script", "<iframe", "@import", "url(", "src=")
        .contains("prefers-color-scheme: dark", "<meta name=\"color-scheme\"");
  }

  @Test
  void onlyOptionalMailsShowHowToStopThem() {
    for (MailTemplate template : MailTemplate.values()) {
      RenderedMail mail = templates.preview(template, Locale.ENGLISH);

      assertThat(mail.unsubscribe().isPresent()).isEqualTo(template.optional());
      assertThat(mail.text().contains("Stop these notices")).isEqualTo(template.optional());
    }
  }

  @Test
  void brandingWithoutPagesAndAddressLeavesThemOut() {
    MailTemplates bare = new MailTemplates(
        new MailBranding("Acme", Optional.empty(), Optional.empty(), Optional.empty()),
        Optional.empty());

    assertThat(bare.problems()).isEmpty();
    assertThat(bare.preview(MailTemplate.WELCOME, Locale.ENGLISH).html()).doesNotContain("href");
  }

  @Test
  void fileOfTheFolderReplacesTheShippedOneAtOnce(@TempDir Path folder) throws IOException {
    MailTemplates own = new MailTemplates(BRANDING, Optional.of(folder));
    String shipped = own.preview(MailTemplate.REFUND, Locale.GERMAN).text();

    Files.writeString(
        folder.resolve("refund.txt"), "{{application}}: {{#amount}}{{amount}}{{/amount}}");
    assertThat(own.preview(MailTemplate.REFUND, Locale.GERMAN).text())
        .isEqualTo("Acme: 15,00\u00a0€\n");
    Files.writeString(folder.resolve("refund.de.txt"), "{{heading}}");
    assertThat(own.preview(MailTemplate.REFUND, Locale.GERMAN).text())
        .isEqualTo("Ihre Erstattung ist unterwegs\n");
    assertThat(own.preview(MailTemplate.REFUND, Locale.ENGLISH).text()).isEqualTo("Acme: €15.00\n");
    assertThat(own.problems()).isEmpty();
    Files.delete(folder.resolve("refund.txt"));
    Files.delete(folder.resolve("refund.de.txt"));
    assertThat(own.preview(MailTemplate.REFUND, Locale.GERMAN).text()).isEqualTo(shipped);
  }

  @Test
  void singleTextsOfTheFolderReplaceTheShippedOnes(@TempDir Path folder) throws IOException {
    Files.writeString(
        folder.resolve("texts_de.properties"), "welcome.heading=Servus bei {{application}}");
    RenderedMail mail = new MailTemplates(BRANDING, Optional.of(folder))
        .preview(MailTemplate.WELCOME, Locale.GERMAN);

    assertThat(mail.text()).contains("Servus bei Acme", "Ihr Konto ist eingerichtet");
  }

  @Test
  void folderBringsALanguage(@TempDir Path folder) throws IOException {
    Files.writeString(
        folder.resolve("texts_fr.properties"),
        TemplateFiles.shipped("texts_en.properties")
            .replace("Your refund from", "Remboursement de"));
    MailTemplates own = new MailTemplates(BRANDING, Optional.of(folder));

    assertThat(own.preview(MailTemplate.REFUND, Locale.FRANCE).subject())
        .isEqualTo("Remboursement de Acme");
    assertThat(own.preview(MailTemplate.REFUND, Locale.FRANCE).text()).contains("15,00\u00a0€");
    assertThat(own.problems()).isEmpty();
    Files.writeString(folder.resolve("texts_fr.properties"), "refund.subject=Remboursement");
    assertThat(own.problems())
        .contains("texts_fr.properties: lacks greeting.plain, which is in English");
  }

  @Test
  void whatHasNoEffectIsAProblem(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("reciept.html"), "x");
    Files.writeString(folder.resolve("receipt.fr.html"), "x");
    Files.writeString(folder.resolve("texts_de.properties"), "welcome.title=x");
    Files.writeString(folder.resolve("logo.png"), "x");

    assertThat(new MailTemplates(BRANDING, Optional.of(folder)).problems())
        .containsExactly(
            "logo.png: no mail is made of a file of this name",
            "receipt.fr.html: there is no texts_fr.properties",
            "reciept.html: no mail is made of a file of this name",
            "texts_de.properties: no mail has a text welcome.title");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      receipt.html        | {{heading}} {{amuont}}         | receipt.html: there is no field amuont
      receipt.html        | {{#amuont}}x{{/amuont}}        | receipt.html: there is no field amuont
      receipt.html        | {{#lines}}{{.}}{{#a}}          | receipt.html: {{#a}} is not closed
      receipt.html        | x{{/lines}}                    | receipt.html: {{/lines}} closes no section
      receipt.html        | {{#lines}}{{/number}}{{/lines}} | receipt.html: {{/number}} closes no section
      receipt.html        | {{{heading}}}                  | receipt.html: there are {{ or }} without a field
      receipt.html        | {{&heading}}                   | receipt.html: there are {{ or }} without a field
      receipt.html        | {{>other}}                     | receipt.html: there are {{ or }} without a field
      receipt.html        | {{application.class}}          | receipt.html: there are {{ or }} without a field
      receipt.html        | {{#title}}{{bytes}}{{/title}}  | receipt.html: there is no field bytes
      receipt.de.txt      | {{#lines}}x                    | receipt.de.txt: {{#lines}} is not closed
      receipt.txt         | {{amount}}                     | receipt.txt: the field amount may be empty: show it within
      texts_en.properties | receipt.body={{total}}         | texts_en.properties: receipt.body: there is no field total
      """)
  void brokenFileIsNamed(String file, String content, String problem, @TempDir Path folder)
      throws IOException {
    Files.writeString(folder.resolve(file), content);

    assertThat(new MailTemplates(BRANDING, Optional.of(folder)).problems())
        .singleElement()
        .asString()
        .startsWith(problem);
  }

  @Test
  void fileThatIsNotTextIsAProblem(@TempDir Path folder) throws IOException {
    Files.write(folder.resolve("receipt.html"), new byte[] {(byte) 0xff, (byte) 0xfe});
    Files.writeString(folder.resolve("refund.txt"), "x".repeat(1_000_001));

    assertThat(new MailTemplates(BRANDING, Optional.of(folder)).problems())
        .containsExactly(
            "receipt.html: must be in UTF-8", "refund.txt: must have at most 1000000 bytes");
    assertThat(new MailTemplates(BRANDING, Optional.of(folder.resolve("none"))).problems())
        .containsExactly("the folder of mail templates can't be read");
  }
}
