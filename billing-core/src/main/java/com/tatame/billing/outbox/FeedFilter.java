package com.tatame.billing.outbox;

import com.tatame.billing.account.AccountId;
import java.util.Optional;
import java.util.Set;

/**
 * Which entries of the feed are wanted.
 *
 * @param account of one account only
 * @param types of these types only; empty for all
 */
public record FeedFilter(Optional<AccountId> account, Set<String> types) {
  /** All entries. */
  public static final FeedFilter ALL = new FeedFilter(Optional.empty(), Set.of());

  public FeedFilter {
    types = Set.copyOf(types);
  }
}
