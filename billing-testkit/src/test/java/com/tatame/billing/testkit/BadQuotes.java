package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.subscription.Quote;
import com.tatame.billing.subscription.QuoteStore;
import com.tatame.billing.subscription.QuoteStore.Taking;
import com.tatame.billing.subscription.SubscriptionSchedule;
import com.tatame.billing.subscription.SubscriptionStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Stores that break one rule of quotes or schedules each. */
final class BadQuotes {
  private BadQuotes() {}

  static class HandsOutAnothers extends ForwardingStore {
    private final List<Quote> kept = new ArrayList<>();

    @Override
    public QuoteStore quotes() {
      return spoil(
          QuoteStore.class,
          good.quotes(),
          Map.of(
              "keep",
              args -> {
                kept.add((Quote) args[0]);
                good.quotes().keep((Quote) args[0]);
                return Optional.empty();
              },
              "find",
              args -> kept.stream().filter(quote -> quote.id().equals(args[1])).findFirst()));
    }
  }

  static class GivesToEverybody extends ForwardingStore {
    @Override
    public QuoteStore quotes() {
      return spoil(QuoteStore.class, good.quotes(), Map.of("take", args -> Taking.FIRST));
    }
  }

  static class GivesOnce extends ForwardingStore {
    private final Set<Object> given = new HashSet<>();

    @Override
    public QuoteStore quotes() {
      return spoil(
          QuoteStore.class,
          good.quotes(),
          Map.of("take", args -> given.add(args[0]) ? Taking.FIRST : Taking.REFUSED));
    }
  }

  static class ForgetsNothing extends ForwardingStore {
    @Override
    public QuoteStore quotes() {
      return spoil(QuoteStore.class, good.quotes(), Map.of("prune", args -> 0));
    }
  }

  static class ListsOldestFirst extends ForwardingStore {
    @Override
    public SubscriptionStore subscriptions() {
      return spoil(SubscriptionStore.class, good.subscriptions(), Map.of("schedules", args -> {
        List<SubscriptionSchedule> all =
            new ArrayList<>(good.subscriptions().schedules((AccountId) args[0]));
        Collections.reverse(all);
        return all;
      }));
    }
  }
}
