package com.tatame.billing.server;

import com.tatame.billing.move.MoveListener;
import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Tells how a move gets on: on a terminal by a bar in one line, elsewhere by a line now and then.
 * Thread-safe.
 */
final class MoveProgress implements MoveListener, AutoCloseable {
  static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
  static final Duration BETWEEN_BARS = Duration.ofMillis(100);

  private static final int BAR = 24;
  private static final int WIDTH = 100;

  private final PrintWriter out;
  private final boolean terminal;
  private final InstantSource clock;
  private final long expectedRows;
  private final Map<String, Long> rows = new HashMap<>();
  private String doing = "";
  private String table = "";
  private Instant begun = Instant.MIN;
  private Instant lastPrinted = Instant.MIN;
  private long atBegin;
  private boolean barShown;

  /**
   * Begins with nothing.
   *
   * @param terminal whether a line can be written over
   * @param expectedRows of all tables together, as estimated; 0 if unknown
   */
  MoveProgress(PrintWriter out, boolean terminal, InstantSource clock, long expectedRows) {
    this.out = out;
    this.terminal = terminal;
    this.clock = clock;
    this.expectedRows = expectedRows;
  }

  /** Whether the output is a terminal, and not a file. */
  @SuppressWarnings("SystemConsoleNull") // Until Java 21 there is none without a terminal.
  static boolean onTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      // From Java 22 on there is a console without a terminal, and a method that tells.
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }

  @Override
  public synchronized void copied(String of, long soFar, OptionalLong expected) {
    note("copying", of, soFar);
  }

  @Override
  public synchronized void compared(String of, long soFar, OptionalLong expected) {
    note("comparing", of, soFar);
  }

  @Override
  public synchronized void followed(long soFar) {
    if (!doing.equals("copying") && !doing.equals("comparing")) {
      note("following", "", soFar);
    }
  }

  /** Ends the line that is written over. */
  @Override
  public synchronized void close() {
    if (barShown) {
      print(text(clock.instant()));
      out.println();
    }
    out.flush();
  }

  private void note(String what, String of, long soFar) {
    Instant now = clock.instant();
    if (!what.equals(doing)) {
      doing = what;
      rows.clear();
      begun = now;
      atBegin = 0;
      lastPrinted = Instant.MIN;
    }
    table = of;
    Long before = rows.put(of, soFar);
    if (before == null && soFar > 0) {
      // Earlier runs did this; the rate is that of this one.
      atBegin += soFar;
    }
    Duration pause = terminal ? BETWEEN_BARS : BETWEEN_LINES;
    if (lastPrinted.equals(Instant.MIN) || !now.isBefore(lastPrinted.plus(pause))) {
      lastPrinted = now;
      print(text(now));
    }
  }

  private void print(String text) {
    if (terminal) {
      barShown = true;
      out.print("\r" + String.format("%-" + WIDTH + "s", text));
    } else {
      out.println(text);
    }
    out.flush();
  }

  private String text(Instant now) {
    long done = rows.values().stream().mapToLong(Long::longValue).sum();
    StringBuilder text = new StringBuilder(doing);
    boolean following = doing.equals("following");
    boolean known = !following && expectedRows > 0;
    // The statistics may be old, and nothing is done before it is done.
    long percent = known ? Math.min(99, done * 100 / expectedRows) : 0;
    if (known) {
      if (terminal) {
        int full = (int) (percent * BAR / 100);
        text.append(" [")
            .append("#".repeat(full))
            .append(".".repeat(BAR - full))
            .append(']');
      }
      text.append(String.format(Locale.ROOT, " %d %%", percent));
    }
    text.append(String.format(Locale.ROOT, "  %,d %s", done, following ? "changes" : "rows"));
    double seconds = Duration.between(begun, now).toMillis() / 1000.0;
    double rate = seconds > 0 ? (done - atBegin) / seconds : 0;
    if (rate > 0) {
      text.append(String.format(Locale.ROOT, "  %,.0f/s", rate));
      if (known && done < expectedRows) {
        text.append("  ").append(left((long) Math.ceil((expectedRows - done) / rate)));
      }
    }
    return table.isEmpty() ? text.toString() : text + "  " + table;
  }

  private static String left(long seconds) {
    return seconds < 120
        ? seconds + " s left"
        : seconds < 7200 ? seconds / 60 + " min left" : seconds / 3600 + " h left";
  }
}
