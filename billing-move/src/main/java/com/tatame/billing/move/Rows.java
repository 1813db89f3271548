package com.tatame.billing.move;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What is read of a table and written to it. A key is a JSON array, a row a JSON object, as text. */
final class Rows {
  private Rows() {}

  /** Keys behind the first and up to the last; without them from the beginning, to the end. */
  record Range(Optional<String> after, Optional<String> through) {
    static final Range ALL = new Range(Optional.empty(), Optional.empty());

    static Range after(Optional<String> key) {
      return new Range(key, Optional.empty());
    }
  }

  /**
   * Rows in the order of their keys.
   *
   * @param last key of the page; empty if the page is
   */
  record Page(List<String> rows, Optional<String> last) {
    long size() {
      return rows.stream().mapToLong(String::length).sum();
    }
  }

  /** Rows of one table as they are now, and keys that have none any more. */
  record Changed(String table, List<String> rows, List<String> gone) {}

  /**
   * What the log says behind some place.
   *
   * @param entries how many were read, at most as many as asked for
   * @param settled the transaction below which nothing can be added any more
   */
  record Changes(LogPosition next, int entries, String settled, List<Changed> tables) {}

  /**
   * Which keys the log names between two places.
   *
   * @param next how far that goes
   */
  record Touched(LogPosition next, int entries, Map<String, List<String>> keys) {}

  /** Count and exclusive-or of the rows' hashes. */
  record Digest(long count, String hash, Optional<String> last) {
    boolean equalRows(Digest other) {
      return count == other.count && hash.equals(other.hash);
    }
  }

  record KeyHash(String key, String hash) {}

  /**
   * A row by its key.
   *
   * @param hash empty if there is no such row
   * @param pending whether the log names the key behind the place asked for
   */
  record RowState(String key, Optional<String> hash, boolean pending) {}

  /**
   * Something to be written, together with how far that brings the move.
   *
   * @param item whose progress it is
   * @param expected the progress before; empty if there is none
   */
  record Step(
      String move, String item, Optional<String> expected, String value, List<Changed> tables) {}

  /** No more than so many rows. */
  static OptionalInt most(int rows) {
    return OptionalInt.of(rows);
  }
}
