package com.tatame.billing.bench;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The command line. */
final class Options {
  int postgresPort;
  long postmaster;
  String pgbench = "pgbench";
  boolean quick;
  boolean alone;
  int rounds = 3;
  int events;
  int warmUp;
  int customers = 5_000;
  long readMillis = 0;
  Optional<String> only = Optional.empty();
  Optional<Path> against = Optional.empty();
  Optional<Path> data = Optional.empty();
  String control = "pg_ctl";
  Optional<Path> smallDisk = Optional.empty();
  int soakMinutes;

  static Options parse(String[] arguments) {
    Options options = new Options();
    Deque<String> left = new ArrayDeque<>(List.of(arguments));
    while (!left.isEmpty()) {
      String name = left.pop();
      switch (name) {
        case "--postgres" -> options.postgresPort = Integer.parseInt(left.pop());
        case "--postmaster" -> options.postmaster = Long.parseLong(left.pop());
        case "--pgbench" -> options.pgbench = left.pop();
        case "--quick" -> options.quick = true;
        case "--alone" -> options.alone = true;
        case "--rounds" -> options.rounds = Integer.parseInt(left.pop());
        case "--events" -> options.events = Integer.parseInt(left.pop());
        case "--warm-up" -> options.warmUp = Integer.parseInt(left.pop());
        case "--customers" -> options.customers = Integer.parseInt(left.pop());
        case "--read-millis" -> options.readMillis = Long.parseLong(left.pop());
        case "--only" -> options.only = Optional.of(left.pop());
        case "--data" -> options.data = Optional.of(Path.of(left.pop()));
        case "--pg-ctl" -> options.control = left.pop();
        case "--small-disk" -> options.smallDisk = Optional.of(Path.of(left.pop()));
        case "--soak" -> options.soakMinutes = Integer.parseInt(left.pop().replace("m", ""));
        case "--against" -> options.against = Optional.of(Path.of(left.pop()).toAbsolutePath());
        default -> throw new IllegalArgumentException("unknown option " + name + "; see bench/README.md");
      }
    }
    if (options.events == 0) {
      options.events = options.quick ? 20_000 : 60_000;
    }
    if (options.warmUp == 0) {
      options.warmUp = options.quick ? 60_000 : 240_000;
    }
    return options;
  }

  boolean measures(String name) {
    return only.isEmpty() || only.get().equals(name);
  }

  int expressEvents() {
    return events / 5;
  }

  int seconds() {
    return quick ? 3 : 8;
  }

  int loneRequests() {
    return Math.min(events, quick ? 1_000 : 3_000);
  }
}
