package com.tatame.billing.testkit;

import com.tatame.billing.trial.Trial;
import com.tatame.billing.trial.TrialStore;
import com.tatame.billing.trial.TrialStore.Entry;
import com.tatame.billing.trial.TrialStore.Found;
import com.tatame.billing.trial.TrialStore.Mark;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Stores that break one rule of trials each. */
@SuppressWarnings("unchecked") // Arguments of the ports' methods come untyped through a proxy.
final class BadTrials {
  private BadTrials() {}

  static class SearchesOnce extends ForwardingStore {
    @Override
    public TrialStore trials() {
      return spoil(
          TrialStore.class,
          good.trials(),
          Map.of(
              "started",
              args -> ((Optional<String>) args[0]).filter("done"::equals).isPresent()
                  ? new Found(List.of(), "done")
                  : searched((Optional<String>) args[0], (Integer) args[1])));
    }

    private Found searched(Optional<String> position, int limit) {
      Found found = good.trials().started(position, limit);
      return found.trials().size() == limit ? found : new Found(found.trials(), "done");
    }
  }

  static class WatchesAnew extends ForwardingStore {
    @Override
    public TrialStore trials() {
      return spoil(TrialStore.class, good.trials(), Map.of("watch", args -> {
        Trial trial = (Trial) args[0];
        good.trials().watch(trial);
        Stream.of(Trial.Status.values()).forEach(from -> good.trials().replace(from, trial));
        return true;
      }));
    }
  }

  static class ForgetsWhose extends ForwardingStore {
    @Override
    public TrialStore trials() {
      return spoil(
          TrialStore.class,
          good.trials(),
          Map.of(
              "due",
              args -> good.trials().due((Instant) args[0], (Integer) args[1]).stream()
                  .map(trial -> new Trial(
                      trial.subscriptionId(),
                      trial.customerId(),
                      Optional.empty(),
                      trial.family(),
                      trial.startedAt(),
                      trial.status(),
                      trial.repeats(),
                      trial.lookAt(),
                      trial.foundAt(),
                      trial.endedAt()))
                  .toList()));
    }
  }

  static class ListsWhatHasEndedAsOpen extends ForwardingStore {
    @Override
    public TrialStore trials() {
      return spoil(
          TrialStore.class,
          good.trials(),
          Map.of(
              "repeated",
              args ->
                  good.trials().repeated(false, (Optional<String>) args[1], (Integer) args[2])));
    }
  }

  static class MixesFamilies extends ForwardingStore {
    @Override
    public TrialStore trials() {
      return spoil(
          TrialStore.class,
          good.trials(),
          Map.of(
              "seen",
              args -> Stream.of("plan", "studio")
                  .flatMap(
                      family -> good.trials().seen(family, (Collection<Mark>) args[1]).stream())
                  .toList()));
    }
  }

  static class RecordsThePresent extends ForwardingStore {
    @Override
    public TrialStore trials() {
      return spoil(
          TrialStore.class,
          good.trials(),
          Map.of(
              "seen",
              args -> good.trials().seen((String) args[0], (Collection<Mark>) args[1]).stream()
                  .map(entry -> new Entry(entry.mark(), entry.subscriptionId(), Instant.EPOCH))
                  .toList()));
    }
  }
}
