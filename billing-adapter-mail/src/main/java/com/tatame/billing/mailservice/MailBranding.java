package com.tatame.billing.mailservice;

import java.net.URI;
import java.util.Optional;

/**
 * The application that the mails come from, as its users know it.
 *
 * @param application its name
 * @param accountPage where users see what they pay, and change it
 * @param plansPage where users choose a plan
 * @param supportAddress where users write to
 */
public record MailBranding(
    String application,
    Optional<URI> accountPage,
    Optional<URI> plansPage,
    Optional<String> supportAddress) {
  private static final int MAX_NAME = 60;

  /**
   * Checks it.
   *
   * @throws IllegalArgumentException naming the part that can't be used
   */
  public MailBranding {
    if (application.isBlank()
        || application.length() > MAX_NAME
        || !application.equals(SingleLine.of(application))) {
      throw new IllegalArgumentException(
          "application: must be a name of one line and at most " + MAX_NAME + " characters");
    }
    accountPage.ifPresent(page -> Links.check("accountPage", page));
    plansPage.ifPresent(page -> Links.check("plansPage", page));
    supportAddress.ifPresent(address -> MailAddress.check("supportAddress", address));
  }
}
