package com.tatame.billing.move;

import com.tatame.billing.move.Rows.Digest;
import com.tatame.billing.move.Rows.KeyHash;
import com.tatame.billing.move.Rows.Range;
import com.tatame.billing.move.Rows.RowState;
import com.tatame.billing.move.Rows.Touched;
import com.tatame.billing.move.Verification.Difference;
import com.tatame.billing.move.Verification.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Compares two stores of which one is at work. Ranges of keys are compared by digests. In a range
 * that differs, the differing keys are listed and compared again after the log was followed: a row
 * that still differs, and that the log doesn't name since, differs for good.
 */
final class Verifier {
  /** Differing keys of a table that are compared again. */
  private static final int SUSPECTS = 10_000;

  /** Differences of a table that are named. */
  private static final int NAMED = 10;

  private static final int KEYS_AT_ONCE = 500;

  /** How often rows that change all the time are compared again. */
  private static final int ROUNDS = 20;

  /** Entries of the log whose rows are looked at together. */
  private static final int ENTRIES = 2_000;

  private final MoveEnd source;
  private final MoveEnd target;
  private final MoveLimits limits;
  private final MoveListener listener;
  private final Runnable follow;
  private final Supplier<Progress.Followed> followed;

  Verifier(
      MoveEnd source,
      MoveEnd target,
      MoveLimits limits,
      MoveListener listener,
      Runnable follow,
      Supplier<Progress.Followed> followed) {
    this.source = source;
    this.target = target;
    this.limits = limits;
    this.listener = listener;
    this.follow = follow;
    this.followed = followed;
  }

  /** What still changes when it ends is left out: the log names it. */
  Verification run(List<TableLayout> tables) {
    AtomicLong rows = new AtomicLong();
    Map<String, List<String>> suspects = new ConcurrentHashMap<>();
    BoundedParallel.each(limits.lanes(), tables, table -> {
      List<String> keys = new ArrayList<>();
      rows.addAndGet(compare(table, keys));
      if (!keys.isEmpty()) {
        suspects.put(table.table(), keys);
      }
    });
    List<Difference> differences = new ArrayList<>();
    Map<String, List<String>> open = suspects;
    for (int round = 0; round < ROUNDS && !open.isEmpty(); round++) {
      follow.run();
      open = look(open, followed.get().position(), differences);
    }
    return new Verification(rows.get(), differences);
  }

  /** Compares the rows that the log names between one place and another, while more change. */
  Verification touched(LogPosition after, LogPosition through) {
    List<Difference> differences = new ArrayList<>();
    long rows = 0;
    for (LogPosition place = after; !place.equals(through); ) {
      Touched touched = source.touched(place, through, ENTRIES);
      look(touched.keys(), followed.get().position(), differences);
      if (touched.entries() == ENTRIES) {
        follow.run();
      }
      rows += touched.entries();
      place = touched.next();
    }
    return new Verification(rows, differences);
  }

  private long compare(TableLayout table, List<String> suspects) {
    String name = table.table();
    Optional<String> after = Optional.empty();
    long rows = 0;
    while (true) {
      Digest here = source.digest(name, Range.after(after), Rows.most(limits.digestRows()));
      // The last range has no end: what the target holds behind all is seen, too.
      Range range = new Range(after, here.last());
      Digest there = target.digest(name, range, OptionalInt.empty());
      if (!here.equalRows(there) && suspects.size() < SUSPECTS) {
        suspects.addAll(differing(name, range));
      }
      rows += here.count();
      listener.compared(name, rows, table.rows());
      if (here.last().isEmpty()) {
        return rows;
      }
      after = here.last();
    }
  }

  private List<String> differing(String table, Range range) {
    Map<String, String> there = new LinkedHashMap<>();
    target.hashes(table, range).forEach(row -> there.put(row.key(), row.hash()));
    List<String> keys = new ArrayList<>();
    for (KeyHash row : source.hashes(table, range)) {
      if (!row.hash().equals(there.remove(row.key()))) {
        keys.add(row.key());
      }
    }
    keys.addAll(there.keySet());
    return keys;
  }

  private Map<String, List<String>> look(
      Map<String, List<String>> suspects, LogPosition position, List<Difference> differences) {
    Map<String, List<String>> open = new LinkedHashMap<>();
    suspects.forEach((table, keys) -> {
      List<String> still = stillOpen(table, keys, position, differences);
      if (!still.isEmpty()) {
        open.put(table, still);
      }
    });
    return open;
  }

  /** Adds what certainly differs, and answers with what may have changed meanwhile. */
  private List<String> stillOpen(
      String table, List<String> keys, LogPosition position, List<Difference> differences) {
    List<String> open = new ArrayList<>();
    int named = 0;
    for (int from = 0; from < keys.size(); from += KEYS_AT_ONCE) {
      List<String> some = keys.subList(from, Math.min(keys.size(), from + KEYS_AT_ONCE));
      List<RowState> here = source.rows(table, some, position);
      List<RowState> there = target.rows(table, some, position);
      for (int i = 0; i < here.size(); i++) {
        if (here.get(i).pending()) {
          open.add(some.get(i));
        } else if (!here.get(i).hash().equals(there.get(i).hash()) && named < NAMED) {
          named++;
          differences.add(new Difference(table, some.get(i), kind(here.get(i), there.get(i))));
        }
      }
    }
    return open;
  }

  private static Kind kind(RowState here, RowState there) {
    if (there.hash().isEmpty()) {
      return Kind.MISSING;
    }
    return here.hash().isEmpty() ? Kind.SUPERFLUOUS : Kind.DIFFERENT;
  }
}
