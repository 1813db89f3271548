package com.tatame.billing.server;

import com.tatame.billing.importing.ImportListener;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;

/** Prints how far an import is, how fast it goes and when it will be done, now and then. */
final class ImportProgress implements ImportListener {
  private static final Duration OFTEN = Duration.ofSeconds(5);

  private final PrintWriter out;
  private final InstantSource wallClock;
  private String what = "";
  private Optional<Instant> begun = Optional.empty();
  private Instant printed = Instant.MIN;

  ImportProgress(PrintWriter out, InstantSource wallClock) {
    this.out = out;
    this.wallClock = wallClock;
  }

  @Override
  public void begins(String part) {
    what = part;
    begun = Optional.empty();
  }

  @Override
  public void progress(long done, long total, long before) {
    Instant now = wallClock.instant();
    if (begun.isEmpty()) {
      begun = Optional.of(now);
      out.println(
          total + " " + what + (before == 0 ? "" : ", of which " + before + " were done before"));
    } else if (done == total || !printed.plus(OFTEN).isAfter(now)) {
      out.println(line(done, total, before, Duration.between(begun.get(), now)));
    } else {
      return;
    }
    printed = now;
    out.flush();
  }

  private String line(long done, long total, long before, Duration took) {
    double seconds = Math.max(took.toMillis(), 1) / 1000.0;
    double rate = (done - before) / seconds;
    String left = rate <= 0 ? "" : ", " + words((long) Math.ceil((total - done) / rate)) + " left";
    return String.format(
        Locale.ROOT, "%d of %d %s, %.1f a second%s", done, total, what, rate, left);
  }

  private static String words(long seconds) {
    return seconds < 120 ? seconds + " s" : (seconds + 59) / 60 + " min";
  }

  @Override
  public void waiting(Duration pause, String why) {
    out.println(why + " Trying again in " + pause.toSeconds() + " s.");
    out.flush();
  }
}
