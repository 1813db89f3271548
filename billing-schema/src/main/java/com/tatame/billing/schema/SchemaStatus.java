package com.tatame.billing.schema;

import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;

/**
 * Which migrations a database has, beside those of this release.
 *
 * @param schema its name
 * @param version the highest one that was run; empty if none was
 * @param pending files of this release that were not run yet, in their order
 * @param foreign whether the schema holds objects that no migration made
 */
public record SchemaStatus(
    String schema, OptionalInt version, List<String> pending, boolean foreign) {
  public SchemaStatus {
    pending = List.copyOf(pending);
  }

  /** Of a database in which these versions were run. */
  public static SchemaStatus of(String schema, Collection<Integer> versions) {
    return new SchemaStatus(
        schema,
        versions.stream().mapToInt(version -> version).max(),
        Migrations.templates().stream()
            .filter(script -> !versions.contains(script.version()))
            .map(Migrations.Script::name)
            .toList(),
        false);
  }

  /** Of a database without any migration. */
  public static SchemaStatus missing(String schema, boolean foreign) {
    SchemaStatus empty = of(schema, List.of());
    return new SchemaStatus(schema, empty.version(), empty.pending(), foreign);
  }

  /** The highest version that this release has. */
  public static int latest() {
    return Migrations.templates().stream()
        .mapToInt(Migrations.Script::version)
        .max()
        .orElseThrow();
  }

  /** Whether this release can work on it: nothing is pending. A newer release may have added more. */
  public boolean usable() {
    return pending.isEmpty() && !foreign;
  }

  /** What is the matter, as a sentence; how things stand if nothing is. */
  public String describe() {
    if (foreign) {
      return "The schema " + schema + " holds objects, but no table " + Migrations.HISTORY_TABLE
          + ": it was made by a version before the first release, or by another program.";
    }
    if (version.isEmpty()) {
      return "The database has no schema " + schema + " yet.";
    }
    if (!pending.isEmpty()) {
      return "The schema " + schema + " is at version " + version.getAsInt() + " and lacks "
          + String.join(", ", pending) + ".";
    }
    return "The schema " + schema + " is at version " + version.getAsInt()
        + (version.getAsInt() > latest()
            ? ", which is newer than this release's " + latest() + "."
            : " and up to date.");
  }
}
