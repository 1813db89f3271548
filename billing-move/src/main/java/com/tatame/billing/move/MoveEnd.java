package com.tatame.billing.move;

import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.move.Rows.Changes;
import com.tatame.billing.move.Rows.Digest;
import com.tatame.billing.move.Rows.KeyHash;
import com.tatame.billing.move.Rows.Page;
import com.tatame.billing.move.Rows.Range;
import com.tatame.billing.move.Rows.RowState;
import com.tatame.billing.move.Rows.Step;
import com.tatame.billing.move.Rows.Touched;
import com.tatame.billing.schema.SqlFunctions;
import com.tatame.billing.schema.StoreState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** One of the two sides of a move. Thread-safe. */
public abstract sealed class MoveEnd permits StoreEnd, FilesEnd {
  MoveEnd() {}

  /**
   * A database, however its functions are reached. Calls that fail for the moment are repeated.
   *
   * @param label what to call it, such as {@code supabase}
   * @param pace how often it may be asked
   */
  public static MoveEnd store(String label, SqlFunctions functions, Pace pace) {
    return new StoreEnd(label, functions, pace);
  }

  /**
   * A directory with a file of JSON lines for each table, made if it doesn't exist. Of the table at
   * hand all keys are in memory, about 150 bytes each. One program at a time may use it.
   */
  public static MoveEnd files(Path directory) {
    return new FilesEnd(directory);
  }

  /** What to call it. */
  public abstract String label();

  /**
   * Whether it is at work, and for which move.
   *
   * @throws StoreUnavailable if it can't be asked
   */
  abstract StoreState state();

  abstract List<TableLayout> layout();

  abstract List<Blocker> blockers();

  // As the source -------------------------------------------------------------------------------

  /** Keys that change are logged from now on. */
  abstract void beginRecording(String move);

  abstract void endRecording(String move);

  /** All writes have stopped. Answers where the sequences stand, by name, as JSON. */
  abstract String freeze(String move);

  abstract void thaw(String move);

  abstract Page page(String table, Optional<String> after, int limit);

  /**
   * What was logged behind a place.
   *
   * @param last after the freeze: all of it, and not only what is settled
   */
  abstract Changes changes(LogPosition after, int limit, boolean last);

  /** Keys that were logged behind one place and up to another. */
  abstract Touched touched(LogPosition after, LogPosition through, int limit);

  // As the target -------------------------------------------------------------------------------

  /** Only this move writes from now on. */
  abstract void beginStandby(String move, List<TableLayout> layout);

  /** It can't be opened by this move any more. */
  abstract void giveUp(String move);

  /** How far the move has come, by item, as JSON. */
  abstract Map<String, String> progress();

  /** Writes rows and progress together, once. */
  abstract void apply(Step step);

  /** It goes to work, and logs what changes. */
  abstract void open(String move, String sequences);

  // Both ----------------------------------------------------------------------------------------

  abstract Digest digest(String table, Range range, OptionalInt limit);

  abstract List<KeyHash> hashes(String table, Range range);

  /** Rows by their keys, in the same order. */
  abstract List<RowState> rows(String table, List<String> keys, LogPosition after);
}
