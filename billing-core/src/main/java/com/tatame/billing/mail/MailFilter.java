package com.tatame.billing.mail;

import com.tatame.billing.account.AccountId;
import java.util.Optional;

/** Which mails are asked for; what is empty doesn't matter. */
public record MailFilter(
    Optional<AccountId> account,
    Optional<MailTemplate> template,
    Optional<MailStatus> status,
    Optional<String> cause) {
  public static final MailFilter ALL =
      new MailFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** Of one account. */
  public static MailFilter of(AccountId account) {
    return new MailFilter(
        Optional.of(account), Optional.empty(), Optional.empty(), Optional.empty());
  }
}
