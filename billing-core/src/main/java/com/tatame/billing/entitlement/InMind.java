package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import java.time.Instant;
import java.util.Optional;

/** What is known of accounts without asking the store. It never blocks. */
public interface InMind {
  /** Of which nothing is known. */
  InMind NOTHING = new InMind() {
    @Override
    public Optional<Reading> toTell(AccountId account, Instant now) {
      return Optional.empty();
    }

    @Override
    public Optional<Reading> toDrawBy(AccountId account, Instant now) {
      return Optional.empty();
    }
  };

  /** What may be told of an account at this instant. */
  Optional<Reading> toTell(AccountId account, Instant now);

  /** What units may be drawn by, however old it is: the store compares it with what is so then. */
  Optional<Reading> toDrawBy(AccountId account, Instant now);
}
