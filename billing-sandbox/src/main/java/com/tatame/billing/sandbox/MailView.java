package com.tatame.billing.sandbox;

import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.mail.RenderedMail;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the pages about mails show. */
public final class MailView {
  private MailView() {}

  /**
   * One mail of the list.
   *
   * @param title such as {@code Receipt}
   * @param at the sandbox's time at which it was due
   * @param cause what it is sent once for
   * @param language that it is written in, such as {@code de}; empty if it isn't written yet, or not
   *     kept
   * @param status with the reason if it is not sent
   * @param kept whether its content is still in memory
   */
  public record Row(
      String id,
      String title,
      Instant at,
      String account,
      String cause,
      Optional<String> language,
      String status,
      String chip,
      boolean kept) {}

  /**
   * A mail as its reader sees it.
   *
   * @param frame the address of its HTML, without colour scheme
   */
  public record Content(RenderedMail mail, String title, String frame) {}

  /** A template and a language to look at, and all there are. */
  public record Preview(
      Content content, MailTemplate template, String language, List<String> languages) {
    public List<MailTemplate> templates() {
      return List.of(MailTemplate.values());
    }

    /** A language's name in English. */
    public static String name(String language) {
      return Locale.forLanguageTag(language).getDisplayLanguage(Locale.ENGLISH);
    }
  }
}
