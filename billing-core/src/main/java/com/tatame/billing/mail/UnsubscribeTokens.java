package com.tatame.billing.mail;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.mail.MailSettings.UnsubscribeLink;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Addresses by which the reader of a mail switches its kind off. The token is sealed, so that it can't
 * be made up and shows no account; it says which account and category, and needs no row.
 */
final class UnsubscribeTokens {
  private static final String OWNER = "mail unsubscribe";

  private final Optional<UnsubscribeLink> link;
  private final RandomGenerator random;

  UnsubscribeTokens(Optional<UnsubscribeLink> link, RandomGenerator random) {
    this.link = link;
    this.random = random;
  }

  /** What a token allows. */
  record Granted(AccountId account, MailCategory category) {}

  /** The address of a mail; empty for what can't be switched off. */
  Optional<URI> address(AccountId account, MailTemplate template) {
    return MailCategory.of(template)
        .flatMap(category -> link.map(
            to -> URI.create(to.base() + encoded(to, category.code() + "\n" + account.value()))));
  }

  private String encoded(UnsubscribeLink to, String granted) {
    String sealed = to.keys().seal(granted, OWNER, random);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(sealed.getBytes(StandardCharsets.UTF_8));
  }

  /** What a token allows; empty if it is none of ours. */
  Optional<Granted> open(String token) {
    try {
      String sealed = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      String granted = link.map(to -> to.keys().open(sealed, OWNER)).orElse("");
      int end = granted.indexOf('\n');
      return end < 0
          ? Optional.empty()
          : MailCategory.of(granted.substring(0, end))
              .map(category -> new Granted(new AccountId(granted.substring(end + 1)), category));
    } catch (IllegalArgumentException | IllegalStateException | BillingException e) {
      return Optional.empty();
    }
  }
}
