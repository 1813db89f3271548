package com.tatame.billing.testkit;

import com.tatame.billing.duplicate.Duplicate;
import com.tatame.billing.duplicate.Duplicate.Status;
import com.tatame.billing.duplicate.DuplicateStore;
import com.tatame.billing.duplicate.DuplicateStore.Several;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Stores that break one rule of duplicate subscriptions each. */
final class BadDuplicates {
  private BadDuplicates() {}

  static class SearchesOnce extends ForwardingStore {
    @Override
    @SuppressWarnings("unchecked")
    public DuplicateStore duplicates() {
      return spoil(
          DuplicateStore.class,
          good.duplicates(),
          Map.of(
              "several",
              args -> ((Optional<String>) args[0]).filter("done"::equals).isPresent()
                  ? new Several(List.of(), "done")
                  : searched((Optional<String>) args[0], (Integer) args[1])));
    }

    private Several searched(Optional<String> position, int limit) {
      Several found = good.duplicates().several(position, limit);
      return found.accounts().size() == limit ? found : new Several(found.accounts(), "done");
    }
  }

  static class ListsAnew extends ForwardingStore {
    @Override
    public DuplicateStore duplicates() {
      return spoil(DuplicateStore.class, good.duplicates(), Map.of("report", args -> {
        Duplicate found = (Duplicate) args[0];
        good.duplicates()
            .find(found.subscriptionId())
            .ifPresent(listed -> good.duplicates().replace(listed.status(), found));
        return good.duplicates().report(found);
      }));
    }
  }

  static class LeavesWhatIsOver extends ForwardingStore {
    @Override
    public DuplicateStore duplicates() {
      return spoil(DuplicateStore.class, good.duplicates(), Map.of("report", args -> {
        Duplicate found = (Duplicate) args[0];
        return good.duplicates()
            .find(found.subscriptionId())
            .orElseGet(() -> good.duplicates().report(found));
      }));
    }
  }

  static class ReplacesWhatOthersChanged extends ForwardingStore {
    @Override
    public DuplicateStore duplicates() {
      return spoil(DuplicateStore.class, good.duplicates(), Map.of("replace", args -> {
        Duplicate next = (Duplicate) args[1];
        return good.duplicates()
            .find(next.subscriptionId())
            .map(Duplicate::status)
            .filter(status -> good.duplicates().replace(status, next))
            .isPresent();
      }));
    }
  }

  static class LooksTooEarly extends ForwardingStore {
    @Override
    public DuplicateStore duplicates() {
      return spoil(
          DuplicateStore.class,
          good.duplicates(),
          Map.of(
              "due",
              args ->
                  good.duplicates().due(((Instant) args[0]).plusSeconds(1), (Integer) args[1])));
    }
  }

  static class CountsWhatIsDone extends ForwardingStore {
    @Override
    public DuplicateStore duplicates() {
      return spoil(
          DuplicateStore.class,
          good.duplicates(),
          Map.of(
              "open",
              args -> good.duplicates().list(false, Optional.empty(), 101).stream()
                  .filter(duplicate -> duplicate.status() != Status.OVER)
                  .count()));
    }
  }
}
