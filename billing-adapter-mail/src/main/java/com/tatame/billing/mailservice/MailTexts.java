package com.tatame.billing.mailservice;

import com.tatame.billing.mailservice.TemplateFiles.Source;
import java.util.Map;
import java.util.Optional;

/** The texts of one language, filled with the values of one mail. They are plain, never HTML. */
final class MailTexts {
  private final String file;
  private final Map<String, String> texts;
  private final TemplateEngine engine;

  MailTexts(String file, Map<String, String> texts, TemplateEngine engine) {
    this.file = file;
    this.texts = texts;
    this.engine = engine;
  }

  String get(String key, Map<String, ?> values) {
    return find(key, values).orElseThrow(() -> new IllegalStateException(file + ": lacks " + key));
  }

  /** A text that there need not be. */
  Optional<String> find(String key, Map<String, ?> values) {
    return Optional.ofNullable(texts.get(key))
        .map(text -> engine.fill(new Source(file + ": " + key, text), values));
  }
}
