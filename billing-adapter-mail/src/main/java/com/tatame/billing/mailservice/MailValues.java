package com.tatame.billing.mailservice;

import com.tatame.billing.mail.Mail;
import com.tatame.billing.mail.MailContent;
import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.mailservice.MailParts.Detail;
import com.tatame.billing.mailservice.MailParts.Target;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The fields that a template can show, by the names that docs/mail-templates.md lists. Each name is
 * there; one without a value is null, so that a section leaves it out.
 */
final class MailValues {
  private static final int MAX_NAME = 60;
  private static final int MAX_TEXT = 200;

  /**
   * What makes mail programs of a name a link. Accounts choose their names, and a mail of ours must not
   * carry the links of others to addresses that never asked for it.
   */
  private static final Pattern LINK = Pattern.compile("://|www\\.|[/@]");

  private static final Pattern PARAGRAPHS = Pattern.compile("\\s*\n\\s*\n\\s*");

  private final Mail mail;
  private final MailBranding branding;
  private final LocalFormats formats;
  private final MailTexts texts;
  private final String language;

  MailValues(
      Mail mail, MailBranding branding, LocalFormats formats, MailTexts texts, String language) {
    this.mail = mail;
    this.branding = branding;
    this.formats = formats;
    this.texts = texts;
    this.language = language;
  }

  Map<String, Object> model() {
    Map<String, @Nullable Object> values = values();
    Map<String, @Nullable Object> model = new HashMap<>(values);
    String template = mail.template().code();
    model.put("subject", text(template + ".subject", values));
    model.put("heading", text(template + ".heading", values));
    model.put(
        "greeting", text(values.get("name") == null ? "greeting.plain" : "greeting.named", values));
    model.put(
        "paragraphs", List.of(PARAGRAPHS.split(text(template + ".body", values).strip(), -1)));
    List<Map<String, Object>> details = details(values);
    model.put("details", details);
    model.put("hasDetails", !details.isEmpty());
    model.put("action", action(values).orElse(null));
    model.put("hasLines", MailParts.of(mail.template()).lines() && linesTellMore());
    List<String> footer = new ArrayList<>();
    footer.add(text("footer.reason", values));
    if (branding.supportAddress().isPresent()) {
      footer.add(text("footer.support", values));
    }
    model.put("footer", footer);
    model.put(
        "unsubscribe",
        mail.unsubscribe()
            .filter(Links::isPage)
            .map(uri -> button(text("footer.unsubscribe", values), uri))
            .orElse(null));
    return nonNull(model);
  }

  // The engine takes a null in a map as a field without a value, which the map's type can't say.
  @SuppressWarnings("NullAway")
  private static Map<String, Object> nonNull(Map<String, @Nullable Object> model) {
    Map<String, Object> all = new HashMap<>();
    model.forEach(all::put);
    return Collections.unmodifiableMap(all);
  }

  /** The provider writes lines in its own language; a single one says what the plan's name says. */
  private boolean linesTellMore() {
    int lines = mail.content().lines().size();
    return lines > 1 || (lines == 1 && line(mail.content().title()) == null);
  }

  private String text(String key, Map<String, @Nullable Object> values) {
    return texts.get(key, values);
  }

  private Map<String, @Nullable Object> values() {
    MailContent content = mail.content();
    Map<String, @Nullable Object> values = new HashMap<>();
    values.put("language", language);
    values.put("template", mail.template().code());
    values.put("application", branding.application());
    values.put("accountPage", branding.accountPage().map(URI::toString).orElse(null));
    values.put("plansPage", branding.plansPage().map(URI::toString).orElse(null));
    values.put("supportAddress", branding.supportAddress().orElse(null));
    values.put("name", content.name().flatMap(MailValues::name).orElse(null));
    values.put(
        "title",
        line(
            mail.template() == MailTemplate.LIMIT_NEAR
                ? content.title().map(this::feature)
                : content.title()));
    values.put("previousTitle", line(content.previousTitle()));
    values.put("number", line(content.number()));
    values.put("amount", content.amount().map(formats::amount).orElse(null));
    values.put("date", content.at().map(formats::date).orElse(null));
    values.put("time", content.at().map(formats::time).orElse(null));
    values.put("link", content.link().filter(Links::isPage).map(URI::toString).orElse(null));
    values.put(
        "interval",
        content
            .interval()
            .map(interval -> text("interval." + interval.code(), Map.of()))
            .orElse(null));
    values.put(
        "lines",
        content.lines().stream()
            .map(line -> Map.of(
                "description", SingleLine.of(line.description(), MAX_TEXT),
                "amount", formats.amount(line.amount())))
            .toList());
    usage(values);
    return values;
  }

  /** The catalog has codes of features and no names; folders of templates may have them. */
  private String feature(String code) {
    return texts.find(TemplateFiles.FEATURE + code, Map.of()).orElseGet(() -> {
      String words = code.replace('_', ' ');
      return words.isEmpty() ? words : Character.toUpperCase(words.charAt(0)) + words.substring(1);
    });
  }

  private void usage(Map<String, @Nullable Object> values) {
    Map<String, @Nullable Object> parts = new HashMap<>();
    mail.content().usage().ifPresent(usage -> {
      parts.put("used", formats.number(usage.used()));
      parts.put("limit", formats.number(usage.limit()));
      parts.put("percent", formats.percent(usage.used(), usage.limit()));
      if (usage.used() >= usage.limit()) {
        parts.put("reached", formats.number(usage.limit()));
      }
    });
    for (String name : List.of("used", "limit", "percent", "reached")) {
      values.put(name, parts.get(name));
    }
    values.put("usage", parts.isEmpty() ? null : text("usage", parts));
  }

  private static @Nullable String line(Optional<String> text) {
    return text.map(any -> SingleLine.of(any, MAX_TEXT))
        .filter(any -> !any.isEmpty())
        .orElse(null);
  }

  private static Optional<String> name(String name) {
    return Optional.of(SingleLine.of(name, MAX_NAME))
        .filter(line -> !line.isEmpty() && !LINK.matcher(line).find());
  }

  private List<Map<String, Object>> details(Map<String, @Nullable Object> values) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Detail detail : MailParts.of(mail.template()).details()) {
      Object value = values.get(detail.field());
      if (value != null) {
        rows.add(Map.of("label", text(detail.label(), values), "value", value));
      }
    }
    return rows;
  }

  private Optional<Map<String, Object>> action(Map<String, @Nullable Object> values) {
    Target target = MailParts.of(mail.template()).target();
    Optional<URI> page = switch (target) {
      case LINK -> mail.content().link().filter(Links::isPage);
      case ACCOUNT -> branding.accountPage();
      case PLANS -> branding.plansPage();
    };
    return page.map(uri -> button(text(mail.template().code() + ".action", values), uri))
        .or(() -> branding.accountPage().map(uri -> button(text("action.account", values), uri)));
  }

  private static Map<String, Object> button(String label, URI uri) {
    return Map.of("label", label, "url", uri.toString());
  }
}
