package com.tatame.billing.sandbox;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Who one can be on the start page. */
final class TestUsers {
  static final List<String> SUBJECTS = List.of("user_alice", "user_bob", "user_carol");

  private TestUsers() {}

  /** The e-mail address that the test issuer puts into a user's tokens. */
  static String email(String subject) {
    return subject.replace("user_", "") + "@example.com";
  }

  static String name(String subject) {
    String name = subject.replace("user_", "");
    return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }

  static Principal principal(String subject, String issuer) {
    return new Principal(
        new AccountId(subject),
        issuer,
        subject,
        Optional.of(email(subject)),
        Optional.of(name(subject)),
        false);
  }
}
