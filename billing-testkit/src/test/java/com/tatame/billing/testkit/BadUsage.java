package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.entitlement.AccountUsage;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.DebitResult;
import com.tatame.billing.entitlement.PriceBand;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.entitlement.UsageRow;
import com.tatame.billing.entitlement.UsageStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** Stores that break one rule of using units each. */
final class BadUsage {
  private BadUsage() {}

  abstract static class Redrawing extends ForwardingStore {
    abstract UsageDebit redraw(UsageDebit debit);

    @Override
    public UsageStore usage() {
      return spoil(
          UsageStore.class,
          good.usage(),
          Map.of("consume", args -> good.usage().consume(debits(args, this::redraw))));
    }
  }

  @SuppressWarnings("unchecked")
  private static List<UsageDebit> debits(Object[] args, UnaryOperator<UsageDebit> change) {
    return ((List<UsageDebit>) args[0]).stream().map(change).toList();
  }

  static UsageDebit with(
      UsageDebit debit,
      String key,
      String fingerprint,
      String version,
      List<UsageDebit.Offer> offers) {
    return new UsageDebit(
        debit.id(),
        debit.account(),
        debit.feature(),
        key,
        fingerprint,
        version,
        debit.tier(),
        debit.period(),
        offers,
        debit.amount(),
        debit.at(),
        debit.recorded(),
        debit.metadata());
  }

  /** Says of what it reads, and of what it is asked about, that it is in a state of its own making. */
  abstract static class Misstating extends ForwardingStore {
    abstract String state(AccountUsage usage);

    @Override
    public UsageStore usage() {
      return spoil(
          UsageStore.class,
          good.usage(),
          Map.of("read", args -> read((AccountId) args[0], (Instant) args[1]), "states", args -> {
            Map<AccountId, String> states = new HashMap<>();
            for (Object account : (Collection<?>) args[0]) {
              states.put(
                  (AccountId) account,
                  read((AccountId) account, (Instant) args[1]).state());
            }
            return states;
          }));
    }

    private AccountUsage read(AccountId account, Instant now) {
      AccountUsage usage = good.usage().read(account, now);
      return new AccountUsage(
          usage.recorded(), usage.version(), usage.open(), usage.grants(), state(usage));
    }
  }

  static class KnowsOneStateAlone extends Misstating {
    @Override
    String state(AccountUsage usage) {
      return "as ever";
    }
  }

  static class TellsNoUseByTheState extends Misstating {
    @Override
    String state(AccountUsage usage) {
      return usage.recorded() + usage.version();
    }
  }

  static class TellsNothingApart extends Misstating {
    private final AtomicInteger asked = new AtomicInteger();

    @Override
    String state(AccountUsage usage) {
      return "state " + asked.incrementAndGet();
    }
  }

  static class KnowsNoLimit extends Redrawing {
    @Override
    UsageDebit redraw(UsageDebit debit) {
      List<UsageDebit.Offer> offers = new ArrayList<>();
      debit
          .offers()
          .forEach(offer -> offers.add(
              new UsageDebit.Offer(offer.place(), Optional.empty(), offer.discountPercent())));
      return with(debit, debit.key(), debit.fingerprint(), debit.version(), offers);
    }
  }

  static class ForgetsKeys extends Redrawing {
    @Override
    UsageDebit redraw(UsageDebit debit) {
      return with(debit, debit.id(), debit.fingerprint(), debit.version(), debit.offers());
    }
  }

  static class TakesAnythingForTheSame extends Redrawing {
    @Override
    UsageDebit redraw(UsageDebit debit) {
      return with(debit, debit.key(), "", debit.version(), debit.offers());
    }
  }

  static class DecidesByAnOldEntitlement extends Redrawing {
    @Override
    UsageDebit redraw(UsageDebit debit) {
      AccountUsage now = good.usage().read(debit.account(), debit.at());
      return with(debit, debit.key(), debit.fingerprint(), now.version(), debit.offers());
    }
  }

  /** Goes by what it saw once, when others have taken since. */
  static class LooksBeforeItTakes extends ForwardingStore {
    private final Map<AccountId, AccountUsage> seen = new HashMap<>();

    @Override
    public UsageStore usage() {
      return spoil(
          UsageStore.class,
          good.usage(),
          Map.of(
              "consume",
              args -> debits(args, debit -> debit).stream().map(this::take).toList()));
    }

    private synchronized DebitResult take(UsageDebit debit) {
      AccountUsage usage =
          seen.computeIfAbsent(debit.account(), account -> good.usage().read(account, debit.at()));
      UsageDebit.Offer any =
          new UsageDebit.Offer(PriceBand.INCLUDED, Optional.empty(), Optional.empty());
      return debit
              .takenOf(usage.used(debit.feature(), debit.period(), debit.at()), Map.of())
              .isPresent()
          ? good.usage()
              .consume(List.of(
                  with(debit, debit.key(), debit.fingerprint(), debit.version(), List.of(any))))
              .get(0)
          : new DebitResult.Denied();
    }
  }

  static class ForgetsWhatWasCountedElsewhere extends ForwardingStore {
    @Override
    public UsageStore usage() {
      return spoil(
          UsageStore.class,
          good.usage(),
          Map.of(
              "consume",
              args -> good.usage()
                  .consume(debits(
                      args,
                      debit -> new UsageDebit(
                          debit.id(),
                          debit.account(),
                          debit.feature(),
                          debit.key(),
                          debit.fingerprint(),
                          debit.version(),
                          debit.tier(),
                          debit.period(),
                          debit.offers(),
                          debit.amount(),
                          debit.period().end().minusMillis(1),
                          debit.recorded(),
                          debit.metadata())))));
    }
  }

  /** Each release is of a consumption that looks new. */
  static class ReleasesAgain extends ForwardingStore {
    private final Map<String, Integer> times = new HashMap<>();

    @Override
    public UsageStore usage() {
      return spoil(UsageStore.class, good.usage(), Map.of("release", args -> {
        Instant later = ((Instant) args[3]);
        Optional<Consumption> released =
            good.usage().release((AccountId) args[0], (String) args[1], (String) args[2], later);
        int time = times.merge((String) args[2], 1, Integer::sum);
        return released.map(c -> time == 1
            ? c
            : new Consumption(
                c.id(),
                c.feature(),
                c.period(),
                c.place(),
                c.amount(),
                c.used(),
                c.limit(),
                c.discountPercent(),
                c.at(),
                Optional.of(later)));
      }));
    }
  }

  /** Any account that knows an id reads the consumption. */
  static class ShowsAnybodys extends ForwardingStore {
    private final Map<String, AccountId> owners = new HashMap<>();

    @Override
    public UsageStore usage() {
      return spoil(
          UsageStore.class,
          good.usage(),
          Map.of(
              "consume",
              args -> good.usage().consume(debits(args, debit -> {
                owners.put(debit.id(), debit.account());
                return debit;
              })),
              "find",
              args -> good.usage()
                  .find(
                      owners.getOrDefault((String) args[2], (AccountId) args[0]),
                      (String) args[1],
                      (String) args[2])));
    }
  }

  static class ReleasesAnybodys extends ForwardingStore {
    private final Map<String, AccountId> owners = new HashMap<>();

    @Override
    public UsageStore usage() {
      return spoil(
          UsageStore.class,
          good.usage(),
          Map.of(
              "consume",
              args -> good.usage().consume(debits(args, debit -> {
                owners.put(debit.id(), debit.account());
                return debit;
              })),
              "release",
              args -> good.usage()
                  .release(
                      owners.getOrDefault((String) args[2], (AccountId) args[0]),
                      "quiz",
                      (String) args[2],
                      (Instant) args[3])));
    }
  }

  static class RefusesWhatHappened extends Redrawing {
    @Override
    UsageDebit redraw(UsageDebit debit) {
      return new UsageDebit(
          debit.id(),
          debit.account(),
          debit.feature(),
          debit.key(),
          debit.fingerprint(),
          debit.version(),
          debit.tier(),
          debit.period(),
          debit.offers(),
          debit.amount(),
          debit.at(),
          false,
          debit.metadata());
    }
  }

  static class SetsOnlyUpwards extends ForwardingStore {
    @Override
    public UsageStore usage() {
      return spoil(UsageStore.class, good.usage(), Map.of("set", args -> {
        long now = good.usage()
            .read((AccountId) args[0], (Instant) args[3])
            .used((String) args[1], Period.LIFETIME, (Instant) args[3])
            .included();
        good.usage()
            .set((AccountId) args[0], (String) args[1], Math.max(now, (long) args[2]), (Instant)
                args[3]);
        return Optional.empty();
      }));
    }
  }

  static class ListsTheFirstWindowsFirst extends ForwardingStore {
    @Override
    public UsageStore usage() {
      return spoil(UsageStore.class, good.usage(), Map.of("list", args -> {
        List<UsageRow> all = new ArrayList<>(
            good.usage().list((AccountId) args[0], Optional.empty(), Optional.empty(), 100));
        Collections.reverse(all);
        return all;
      }));
    }
  }

  static class ForgetsNothing extends ForwardingStore {
    @Override
    public UsageStore usage() {
      return spoil(UsageStore.class, good.usage(), Map.of("prune", args -> 0));
    }
  }
}
