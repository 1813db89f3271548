package com.tatame.billing.testkit;

import com.tatame.billing.catalog.Cycle;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.catalog.Window;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Instants and the windows that they lie in, by which everything that computes windows is tested. */
public final class GoldenWindows {
  private GoldenWindows() {}

  /** One row of the table. */
  public record Golden(Window window, Optional<Cycle> cycle, Instant at, Period expected) {}

  /** All of them. */
  public static List<Golden> all() {
    try (InputStream in = GoldenWindows.class.getResourceAsStream("windows.csv")) {
      if (in == null) {
        throw new IllegalStateException("windows.csv is missing");
      }
      return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
          .lines()
          .skip(1)
          .map(GoldenWindows::golden)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Golden golden(String line) {
    String[] cells = line.split(",", -1);
    Window window =
        new Window(Window.Kind.valueOf(cells[0].toUpperCase(Locale.ROOT)), ZoneId.of(cells[1]));
    return new Golden(
        window,
        cells[2].isEmpty() ? Optional.empty() : Optional.of(cycle(cells)),
        Instant.parse(cells[6]),
        new Period(Instant.parse(cells[7]), Instant.parse(cells[8])));
  }

  private static Cycle cycle(String[] cells) {
    Instant anchor = Instant.parse(cells[2]);
    return new Cycle(
        anchor,
        Integer.parseInt(cells[3]),
        cells[4].isEmpty()
            ? new Period(anchor, anchor.plusSeconds(1))
            : new Period(Instant.parse(cells[4]), Instant.parse(cells[5])));
  }
}
