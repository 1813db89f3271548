package com.tatame.billing.sandbox;

import com.tatame.billing.mail.Mail;
import com.tatame.billing.mail.MailRenderer;
import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.mail.RenderedMail;
import com.tatame.billing.mailservice.MailServices;
import com.tatame.billing.mailservice.MailTemplates;
import com.tatame.billing.mailservice.RecentMails;
import com.tatame.billing.server.MailPlugin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Renders mails, delivers none, and keeps the last of them to be looked at. Thread-safe. */
final class KeptMails implements MailRenderer {
  private static final int MAX_KEPT = 500;
  private static final String ENGLISH = "en";

  private final MailTemplates templates;
  private final RecentMails recent = MailServices.recent(MAX_KEPT);
  private final Map<String, String> languages = new LinkedHashMap<>() {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
      return size() > MAX_KEPT;
    }
  };

  KeptMails(MailTemplates templates) {
    this.templates = templates;
  }

  /** By what the server sends its mails here. */
  MailPlugin plugin() {
    return new MailPlugin(this, recent, List.of());
  }

  @Override
  public RenderedMail render(Mail mail) {
    String language = mail.locale().getLanguage();
    synchronized (languages) {
      languages.put(mail.id(), languages().contains(language) ? language : ENGLISH);
    }
    return templates.render(mail);
  }

  /** The mails as they would have been sent, the newest first. */
  List<RenderedMail> latest() {
    return recent.latest();
  }

  /** The language that a mail is in, such as {@code de}; empty of one that is not kept. */
  Optional<String> language(String id) {
    synchronized (languages) {
      return Optional.ofNullable(languages.get(id));
    }
  }

  /** Those that there are texts in. */
  Set<String> languages() {
    return templates.languages();
  }

  /** An invented mail. */
  RenderedMail preview(MailTemplate template, String language) {
    return templates.preview(template, Locale.forLanguageTag(language));
  }
}
