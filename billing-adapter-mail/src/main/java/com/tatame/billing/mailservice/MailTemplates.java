package com.tatame.billing.mailservice;

import com.tatame.billing.mail.Mail;
import com.tatame.billing.mail.MailContent;
import com.tatame.billing.mail.MailRenderer;
import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.mail.RenderedMail;
import com.tatame.billing.mailservice.TemplateFiles.Source;
import java.nio.file.Path;
import java.text.NumberFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Renders mails as HTML and as text, by files that ship with the product and files of a folder that
 * replace them. Thread-safe.
 */
public final class MailTemplates implements MailRenderer {
  private static final int MAX_SUBJECT = 150;
  private static final String FALLBACK_LANGUAGE = "en";
  private static final Pattern EMPTY_LINES = Pattern.compile("\n(?:[ \t]*\n){2,}");

  private final TemplateFiles files;
  private final MailBranding branding;
  private final TemplateEngine engine = new TemplateEngine();

  MailTemplates(MailBranding branding, Optional<Path> folder) {
    this.branding = branding;
    this.files = new TemplateFiles(folder);
  }

  /** The codes of the languages that there are texts in, such as {@code de}. */
  public Set<String> languages() {
    return files.languages();
  }

  @Override
  public RenderedMail render(Mail mail) {
    String language = nearest(mail.locale());
    MailValues values = new MailValues(
        mail,
        branding,
        new LocalFormats(locale(mail.locale(), language), mail.zone()),
        new MailTexts(TemplateFiles.textsName(language), files.texts(language), engine),
        language);
    Map<String, Object> model = values.model();
    Source html = files.template(mail.template(), language, "html");
    Source text = files.template(mail.template(), language, "txt");
    return new RenderedMail(
        mail.id(),
        mail.template(),
        mail.to(),
        SingleLine.of(String.valueOf(model.get("subject")), MAX_SUBJECT),
        tidy(engine.fill(text, model)),
        engine.fillHtml(html, model),
        mail.unsubscribe());
  }

  private String nearest(Locale locale) {
    // Old codes of a few languages are still what Locale answers.
    String language = locale.getLanguage();
    return files.languages().contains(language) ? language : FALLBACK_LANGUAGE;
  }

  /** With the reader's country where the reader's language is there, and no further wishes. */
  private static Locale locale(Locale reader, String language) {
    Locale.Builder builder = new Locale.Builder().setLanguage(language);
    return reader.getLanguage().equals(language)
        ? builder.setRegion(reader.getCountry()).build()
        : builder.build();
  }

  private static String tidy(String text) {
    return EMPTY_LINES.matcher(text.replace("\r\n", "\n")).replaceAll("\n\n").strip() + "\n";
  }

  /**
   * What is wrong with the files of the folder, one sentence for each, beginning with the file's name;
   * empty if every mail can be rendered as meant.
   */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    try {
      problems.addAll(files.problems());
      for (String language : languages()) {
        if (Arrays.stream(NumberFormat.getAvailableLocales())
            .noneMatch(any -> any.getLanguage().equals(language))) {
          problems.add("Java can't write dates and amounts in the language " + language
              + ": it needs the module jdk.localedata");
        }
      }
    } catch (IllegalStateException e) {
      problems.add(e.getMessage());
      return problems;
    }
    Set<String> failures = new TreeSet<>();
    for (String language : languages()) {
      for (MailTemplate template : MailTemplate.values()) {
        for (MailContent content : List.of(MailSamples.full(template), MailSamples.EMPTY)) {
          try {
            render(MailSamples.mail(template, content, Locale.forLanguageTag(language)));
          } catch (IllegalStateException e) {
            failures.add(String.valueOf(e.getMessage()));
          }
        }
      }
    }
    problems.addAll(failures);
    return problems;
  }

  /** A mail with everything that the template can tell, for a preview. */
  public RenderedMail preview(MailTemplate template, Locale locale) {
    return render(MailSamples.mail(template, MailSamples.full(template), locale));
  }
}
