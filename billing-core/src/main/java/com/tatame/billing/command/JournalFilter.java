package com.tatame.billing.command;

import com.tatame.billing.account.AccountId;
import java.util.Optional;

/** Which commands are asked for; what is empty doesn't matter. */
public record JournalFilter(Optional<CommandState> state, Optional<AccountId> account) {
  public static final JournalFilter ALL = new JournalFilter(Optional.empty(), Optional.empty());
}
