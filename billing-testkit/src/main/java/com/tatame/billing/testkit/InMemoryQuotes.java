package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.CommandJournal;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.subscription.Quote;
import com.tatame.billing.subscription.QuoteStore;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

final class InMemoryQuotes implements QuoteStore {
  private final SharedLock lock;
  private final CommandJournal journal;
  private final Map<String, Quote> quotes = new HashMap<>();
  private final Map<String, CommandId> takenBy = new HashMap<>();

  InMemoryQuotes(SharedLock lock, CommandJournal journal) {
    this.lock = lock;
    this.journal = journal;
  }

  @Override
  public void keep(Quote quote) {
    lock.hold(() -> quotes.putIfAbsent(quote.id(), quote));
  }

  @Override
  public Optional<Quote> find(AccountId account, String quoteId) {
    return lock.hold(() ->
        Optional.ofNullable(quotes.get(quoteId)).filter(quote -> quote.account().equals(account)));
  }

  @Override
  public Taking take(String quoteId, CommandId command) {
    return lock.hold(() -> {
      CommandId holder = takenBy.get(quoteId);
      if (command.equals(holder)) {
        return Taking.AGAIN;
      }
      if (!quotes.containsKey(quoteId) || (holder != null && !rejected(holder))) {
        return Taking.REFUSED;
      }
      takenBy.put(quoteId, command);
      return Taking.FIRST;
    });
  }

  private boolean rejected(CommandId id) {
    return journal
        .find(id)
        .map(Command::state)
        .filter(CommandState.REJECTED::equals)
        .isPresent();
  }

  @Override
  public int prune(Instant before) {
    return lock.hold(() -> {
      Set<String> gone = new HashSet<>();
      quotes.forEach((id, quote) -> {
        if (quote.expiresAt().isBefore(before)) {
          gone.add(id);
        }
      });
      quotes.keySet().removeAll(gone);
      takenBy.keySet().removeAll(gone);
      return gone.size();
    });
  }
}
