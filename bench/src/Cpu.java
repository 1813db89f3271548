package com.tatame.billing.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What Linux tells of processes. */
final class Cpu {
  private static final double TICKS_PER_SECOND = 100;
  private static final int PARENT = 1;
  private static final int USER = 11;
  private static final int SYSTEM = 12;
  private static final int REAPED_USER = 13;
  private static final int REAPED_SYSTEM = 14;

  private Cpu() {}

  static double seconds(long pid) {
    String[] fields = stat(pid);
    return fields.length == 0 ? 0 : ticks(fields, USER, SYSTEM) / TICKS_PER_SECOND;
  }

  /** With the children that it has waited for. */
  static double secondsWithReaped(long pid) {
    String[] fields = stat(pid);
    return ticks(fields, USER, SYSTEM, REAPED_USER, REAPED_SYSTEM) / TICKS_PER_SECOND;
  }

  private static double ticks(String[] fields, int... places) {
    long sum = 0;
    for (int place : places) {
      sum += Long.parseLong(fields[place]);
    }
    return sum;
  }

  static List<Long> children(long pid) {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes
          .map(path -> path.getFileName().toString())
          .filter(name -> name.matches("[0-9]+"))
          .map(Long::valueOf)
          .filter(id -> {
            String[] fields = stat(id);
            return fields.length > 0 && Long.parseLong(fields[PARENT]) == pid;
          })
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static double residentMegabytes(long pid) throws IOException {
    return megabytes(Long.toString(pid), "VmRSS:");
  }

  /** The most that this program has had. */
  static double mostResidentMegabytes() throws IOException {
    return megabytes("self", "VmHWM:");
  }

  private static double megabytes(String process, String field) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + process + "/status"))) {
      if (line.startsWith(field)) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
      }
    }
    throw new IllegalStateException("no " + field);
  }

  // What follows the name, which may hold spaces; nothing if the process is gone.
  private static String[] stat(long pid) {
    try {
      String text = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return text.substring(text.lastIndexOf(')') + 2).split(" ");
    } catch (IOException e) {
      return new String[0];
    }
  }
}
