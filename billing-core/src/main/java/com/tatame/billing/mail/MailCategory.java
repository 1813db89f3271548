package com.tatame.billing.mail;

import com.tatame.billing.observation.WireName;
import java.util.Arrays;
import java.util.Optional;

/** Mails that their readers may switch off. The names are stored and must never change. */
public enum MailCategory implements WireName {
  /** That the limit of a feature is near. */
  LIMITS;

  /** To which one a template belongs; empty for what can't be switched off. */
  public static Optional<MailCategory> of(MailTemplate template) {
    return template.optional() ? Optional.of(LIMITS) : Optional.empty();
  }

  /** The category of this name, if there is one. */
  public static Optional<MailCategory> of(String code) {
    return Arrays.stream(values()).filter(each -> each.code().equals(code)).findFirst();
  }
}
