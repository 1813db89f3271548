package com.tatame.billing.mailservice;

import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.mail.RenderedMail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Writes every template in every language as files, to look at. */
final class Previews {
  private Previews() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    MailTemplates templates = new MailTemplates(MailTemplatesTest.BRANDING, Optional.empty());
    for (MailTemplate template : MailTemplate.values()) {
      for (String tag : List.of("en", "de", "pt")) {
        RenderedMail mail = templates.preview(template, Locale.forLanguageTag(tag));
        String name = template.code() + "." + tag;
        Files.writeString(folder.resolve(name + ".html"), mail.html());
        Files.writeString(
            folder.resolve(name + ".txt"), "Subject: " + mail.subject() + "\n\n" + mail.text());
      }
    }
  }
}
