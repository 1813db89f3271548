package com.tatame.billing.architecture;

import static java.util.Map.entry;

import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The parts of the product with what each may know besides itself; arrows point inwards only. */
enum Module {
  CORE,
  CONFIGURATION,
  SCHEMA,
  STRIPE,
  POSTGRES,
  SUPABASE,
  WEBHOOK,
  /** The adapter; what a mail is, and when one is sent, is the core's. */
  MAILSERVICE,
  MOVE,
  IDENTITY,
  HTTP,
  /** The composition root, the only one of its module that knows the adapters. */
  SERVER,
  /** Stripe without us. */
  SIMULATOR,
  TESTKIT,
  SANDBOX;

  private static final Map<Module, Set<Module>> KNOWS = Map.ofEntries(
      entry(CORE, Set.of()),
      entry(CONFIGURATION, Set.of(CORE)),
      entry(SCHEMA, Set.of(CORE)),
      entry(STRIPE, Set.of(CORE)),
      entry(POSTGRES, Set.of(CORE, SCHEMA)),
      entry(SUPABASE, Set.of(CORE, SCHEMA)),
      entry(WEBHOOK, Set.of(CORE)),
      entry(MAILSERVICE, Set.of(CORE)),
      entry(MOVE, Set.of(CORE, SCHEMA)),
      entry(IDENTITY, Set.of(CORE)),
      entry(HTTP, Set.of(CORE)),
      entry(
          SERVER,
          Set.of(
              CORE,
              CONFIGURATION,
              SCHEMA,
              STRIPE,
              POSTGRES,
              SUPABASE,
              WEBHOOK,
              MAILSERVICE,
              MOVE,
              IDENTITY,
              HTTP)),
      entry(SIMULATOR, Set.of()),
      entry(TESTKIT, Set.of(CORE, SIMULATOR)),
      entry(
          SANDBOX,
          Set.of(
              CORE,
              CONFIGURATION,
              SCHEMA,
              STRIPE,
              POSTGRES,
              SUPABASE,
              WEBHOOK,
              MAILSERVICE,
              MOVE,
              IDENTITY,
              HTTP,
              SERVER,
              SIMULATOR,
              TESTKIT)));

  boolean mayKnow(Module other) {
    return this == other || KNOWS.getOrDefault(this, Set.of()).contains(other);
  }

  /** The part that a class belongs to; what no other part claims is the core's. */
  static Optional<Module> of(JavaClass any, String root) {
    String name = any.getPackageName() + ".";
    if (!name.startsWith(root + ".")) {
      return Optional.empty();
    }
    String feature = name.substring(root.length() + 1).split("\\.", 2)[0];
    for (Module module : values()) {
      if (module.name().toLowerCase(Locale.ROOT).equals(feature)) {
        return Optional.of(module);
      }
    }
    return Optional.of(CORE);
  }
}
