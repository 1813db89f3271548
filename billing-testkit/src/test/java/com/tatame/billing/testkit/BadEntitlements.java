package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.entitlement.AccountUsage;
import com.tatame.billing.entitlement.PastUsage;
import com.tatame.billing.entitlement.RecordedEntitlement;
import com.tatame.billing.entitlement.UsageStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Stores that break one rule of what was known of entitlements each. */
final class BadEntitlements {
  private BadEntitlements() {}

  static class ForgetsWhatTold extends ForwardingStore {
    @Override
    public UsageStore usage() {
      return spoil(UsageStore.class, good.usage(), Map.of("read", args -> {
        AccountUsage usage = good.usage().read((AccountId) args[0], (Instant) args[1]);
        return new AccountUsage(
            usage
                .recorded()
                .map(known -> new RecordedEntitlement(known.entitlement(), known.recordedAt())),
            usage.version(),
            usage.open(),
            usage.grants());
      }));
    }
  }

  /** Answers about the past in a way of its own. */
  abstract static class Misremembering extends ForwardingStore {
    abstract PastUsage past(AccountId account, Instant at);

    @Override
    public UsageStore usage() {
      return spoil(
          UsageStore.class,
          good.usage(),
          Map.of("past", args -> past((AccountId) args[0], (Instant) args[1])));
    }
  }

  static class KnowsOnlyThePresent extends Misremembering {
    @Override
    PastUsage past(AccountId account, Instant at) {
      AccountUsage now = good.usage().read(account, at);
      return new PastUsage(now.recorded(), Optional.empty(), now.open(), now.grants());
    }
  }

  /** Takes when something was so for when it was known. */
  static class KnowsWhatHappenedAtOnce extends Misremembering {
    @Override
    PastUsage past(AccountId account, Instant at) {
      PastUsage past = good.usage().past(account, at);
      return new PastUsage(
          past.hindsight().or(past::known), past.hindsight(), past.open(), past.grants());
    }
  }

  static class SaysNothingAfterwards extends Misremembering {
    @Override
    PastUsage past(AccountId account, Instant at) {
      PastUsage past = good.usage().past(account, at);
      return new PastUsage(past.known(), Optional.empty(), past.open(), past.grants());
    }
  }

  static class CountsWhatWasUsedSince extends Misremembering {
    @Override
    PastUsage past(AccountId account, Instant at) {
      PastUsage past = good.usage().past(account, at);
      return new PastUsage(
          past.known(), past.hindsight(), good.usage().read(account, at).open(), past.grants());
    }
  }

  /** Prunes by the time of the use alone. */
  static class ForgetsWhatWasGivenBack extends ForwardingStore {
    @Override
    public UsageStore usage() {
      return spoil(
          UsageStore.class,
          good.usage(),
          Map.of(
              "prune", args -> good.usage().prune(((Instant) args[0]).plus(Duration.ofDays(1)))));
    }
  }
}
