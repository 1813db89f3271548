package com.tatame.billing.mailservice;

import java.time.Duration;
import java.util.Optional;

/**
 * How an SMTP server is reached.
 *
 * @param credentials if it asks for any
 * @param timeout for handing over one mail, from the connection to the answer
 */
public record SmtpSettings(
    String host, int port, Security security, Optional<Credentials> credentials, Duration timeout) {
  /** Who may read what is sent to the server. */
  public enum Security {
    /** Only the server: encrypted by STARTTLS, or not sent. Usual on port 587. */
    STARTTLS,
    /** Only the server: encrypted from the first byte. Usual on port 465. */
    TLS,
    /** All on the way, credentials included: for a server on the same machine. */
    NONE
  }

  /** Of the account at the server. */
  public record Credentials(String user, String password) {
    @Override
    public String toString() {
      return "Credentials[…]";
    }
  }

  /** With 30 seconds. */
  public static SmtpSettings of(
      String host, int port, Security security, Optional<Credentials> credentials) {
    return new SmtpSettings(host, port, security, credentials, Duration.ofSeconds(30));
  }
}
