package com.tatame.billing.projection;

import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.observation.ProviderObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Decides what one observation may do to one stored row. The provider's clock has seconds, its
 * events come late, twice and in any order, so a snapshot only replaces what is certainly older;
 * in doubt the row stays and a read settles it.
 */
final class MirrorRule {
  /** A read carries the provider's answer time, which may lie after the state was taken. */
  static final Duration READ_MARGIN = Duration.ofSeconds(2);

  enum Verdict {
    KEEP,
    /** The state is the same, but was seen later. */
    REFRESH,
    REPLACE,
    TOMBSTONE,
    /** Two states claim one moment. */
    AMBIGUOUS,
    /** It may be another by now; nothing is wrong with what is stored. */
    ASK,
    /** The provider contradicts what it called final. */
    CONTRADICTION
  }

  private MirrorRule() {}

  static Verdict decide(
      Optional<StoredObject> stored, Observation seen, Optional<ProviderObject> state) {
    if (seen.content() instanceof Observation.Unreadable) {
      return stored.isPresent() && isFinal(stored.get()) ? Verdict.KEEP : Verdict.AMBIGUOUS;
    }
    if (seen.content() instanceof Observation.Touched) {
      return stored.filter(row -> isFinal(row) || readAfter(row, seen.asOf())).isPresent()
          ? Verdict.KEEP
          : Verdict.ASK;
    }
    if (stored.isEmpty()) {
      return state.isPresent() ? Verdict.REPLACE : Verdict.TOMBSTONE;
    }
    return seen.source() == Source.READ
        ? read(stored.get(), seen.asOf(), state)
        : snapshot(stored.get(), seen.asOf(), state);
  }

  private static Verdict read(StoredObject stored, Instant asOf, Optional<ProviderObject> state) {
    if (state.isEmpty()) {
      return stored.state().isEmpty() ? Verdict.KEEP : Verdict.TOMBSTONE;
    }
    boolean contradictsFinal =
        stored.state().filter(row -> row.terminal() && !state.get().terminal()).isPresent();
    if (contradictsFinal) {
      return Verdict.CONTRADICTION;
    }
    boolean same = stored.state().equals(state);
    return same && !asOf.isAfter(stored.asOf())
        ? Verdict.KEEP
        : same ? Verdict.REFRESH : Verdict.REPLACE;
  }

  private static Verdict snapshot(
      StoredObject stored, Instant asOf, Optional<ProviderObject> state) {
    if (isFinal(stored)) {
      return Verdict.KEEP;
    }
    if (state.isEmpty()) {
      return Verdict.TOMBSTONE;
    }
    Duration margin = stored.source() == Source.READ ? READ_MARGIN : Duration.ZERO;
    boolean newer = asOf.isAfter(stored.asOf().plus(margin));
    if (stored.state().equals(state)) {
      return newer ? Verdict.REFRESH : Verdict.KEEP;
    }
    if (newer || state.get().terminal()) {
      return Verdict.REPLACE;
    }
    boolean older = asOf.isBefore(stored.asOf().minus(margin));
    return older ? Verdict.KEEP : Verdict.AMBIGUOUS;
  }

  private static boolean readAfter(StoredObject stored, Instant asOf) {
    return stored.source() == Source.READ && stored.asOf().isAfter(asOf.plus(READ_MARGIN));
  }

  private static boolean isFinal(StoredObject stored) {
    return stored.state().map(ProviderObject::terminal).orElse(true);
  }
}
