package com.tatame.billing.mailservice;

import java.net.URI;
import java.time.Duration;

/**
 * How SendGrid is reached.
 *
 * @param apiKey one that may send mail
 * @param baseUrl {@code https://api.eu.sendgrid.com} for accounts in the EU
 * @param timeout for a whole request
 */
public record SendGridSettings(String apiKey, URI baseUrl, Duration timeout) {
  /** With the global API and 15 seconds. */
  public static SendGridSettings of(String apiKey) {
    return new SendGridSettings(
        apiKey, URI.create("https://api.sendgrid.com"), Duration.ofSeconds(15));
  }

  @Override
  public String toString() {
    return "SendGridSettings[baseUrl=" + baseUrl + "]";
  }
}
