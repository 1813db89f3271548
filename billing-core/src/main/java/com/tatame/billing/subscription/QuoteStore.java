package com.tatame.billing.subscription;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.CommandId;
import java.time.Instant;
import java.util.Optional;

/** Port: quotes, each used by one command at most. */
public interface QuoteStore {
  /** What became of a command's wish to use a quote. */
  enum Taking {
    /** It has the quote from now on. */
    FIRST,
    /** It had the quote before. */
    AGAIN,
    /** Another one has it. */
    REFUSED
  }

  void keep(Quote quote);

  /** The account's quote with this id; another account's is not found. */
  Optional<Quote> find(AccountId account, String quoteId);

  /**
   * Uses a quote for a command. An earlier command keeps it, unless it was rejected. A quote
   * that isn't there is refused.
   */
  Taking take(String quoteId, CommandId command);

  /**
   * Prunes what expired before, by the billing clock.
   *
   * @return how many
   */
  int prune(Instant before);
}
