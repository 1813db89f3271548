package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.promotion.DiscountStore;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

final class InMemoryDiscounts implements DiscountStore {
  private static final Comparator<Command> SUCCEEDED_FIRST =
      Comparator.comparing(command -> command.state() != CommandState.SUCCEEDED);

  private final SharedLock lock;
  private final InMemoryJournal journal;

  InMemoryDiscounts(SharedLock lock, InMemoryJournal journal) {
    this.lock = lock;
    this.journal = journal;
  }

  @Override
  public Optional<Commanded> find(String id) {
    return lock.hold(() -> journal.newestFirst(CommandKind.GIVE_DISCOUNT).stream()
        .filter(given -> given.target().equals(id))
        .min(SUCCEEDED_FIRST)
        .map(given -> new Commanded(given, removed(given))));
  }

  private Optional<Command> removed(Command given) {
    return journal.newestFirst(CommandKind.REMOVE_DISCOUNT).stream()
        .filter(removed ->
            removed.target().equals(given.target()) && removed.account().equals(given.account()))
        .min(SUCCEEDED_FIRST);
  }

  private boolean counts(Command given) {
    return find(given.target()).map(Commanded::given).equals(Optional.of(given));
  }

  @Override
  public List<Commanded> list(Optional<AccountId> account, Optional<String> before, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> journal.newestFirst(CommandKind.GIVE_DISCOUNT).stream()
        .filter(this::counts)
        .dropWhile(given -> before.filter(id -> !id.equals(given.target())).isPresent())
        .skip(before.isPresent() ? 1 : 0)
        .filter(given -> account.filter(only -> !only.equals(given.account())).isEmpty())
        .limit(limit)
        .map(given -> new Commanded(given, removed(given)))
        .toList());
  }
}
