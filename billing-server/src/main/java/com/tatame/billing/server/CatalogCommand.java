package com.tatame.billing.server;

import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.catalog.CatalogVersions;
import com.tatame.billing.catalog.CatalogVersions.Publication;
import com.tatame.billing.catalog.PublishedCatalog;
import com.tatame.billing.server.BillingConfig.CatalogSource;
import com.tatame.billing.store.BillingStore;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Puts another catalog in force while servers run. */
@Command(
    name = "catalog",
    description = {
      "Put the catalog's file in force on all servers, or tell which catalog is.",
      "The schema must be there."
    })
final class CatalogCommand {
  private final Supplier<BillingStore> open;
  private final Supplier<Map<String, String>> environment;
  private final InstantSource clock;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  /**
   * Wires the command.
   *
   * @param open opens the store, which is closed after the command
   * @param clock by which versions are dated
   */
  CatalogCommand(
      Supplier<BillingStore> open, Supplier<Map<String, String>> environment, InstantSource clock) {
    this.open = open;
    this.environment = environment;
    this.clock = clock;
  }

  @Command(
      name = "reload",
      description = {
        "Read the file that BILLING_CATALOG names, and publish it: all servers of the store take it"
            + " within seconds.",
        "With any mistake in the file nothing is published, and it ends with 2."
      })
  int reload(
      @Option(names = "--dry-run", description = "Print what would be done, and change nothing.")
          boolean dryRun) {
    CatalogSource source = BillingConfig.catalogFromEnv(environment.get());
    try (BillingStore store = open.get()) {
      CatalogVersions catalogs = versions(store, source);
      Publication published =
          dryRun ? catalogs.preview(source.content()) : catalogs.publish(source.content());
      published.notes().forEach(note -> out().println("! " + note));
      out().println(sentence(source, published, dryRun));
    }
    out().flush();
    return 0;
  }

  private static String sentence(CatalogSource source, Publication published, boolean dryRun) {
    if (!published.changed()) {
      return source.file() + " is in force already, as version "
          + published.version().orElseThrow() + ".";
    }
    return dryRun
        ? source.file() + " would be published. Nothing was changed."
        : source.file() + " is version " + published.version().orElseThrow()
            + " of the catalog. Servers take it within "
            + CatalogVersions.FOLLOW_EVERY.plusSeconds(2).toSeconds() + " seconds.";
  }

  @Command(
      name = "status",
      description = "Tell which version is in force, and whether it is the file's.")
  int status() {
    CatalogSource source = BillingConfig.catalogFromEnv(environment.get());
    try (BillingStore store = open.get()) {
      out().println(describe(store.catalogs().newerThan(0), source));
    }
    out().flush();
    return 0;
  }

  /** Which version is in force, and whether it is the file's. */
  static String describe(Optional<PublishedCatalog> published, CatalogSource source) {
    return published
        .map(last -> "Version " + last.version() + " is in force, published at "
            + last.publishedAt() + ". "
            + (last.has(source.content())
                ? source.file() + " is the same."
                : source.file() + " differs; 'billing catalog reload' puts it in force."))
        .orElseGet(() -> "No catalog is published yet; the first server that starts publishes "
            + source.file() + ".");
  }

  private CatalogVersions versions(BillingStore store, CatalogSource source) {
    return new CatalogVersions(
        source.content(),
        new CatalogInForce(source.content()),
        store.catalogs(),
        store.products(),
        clock);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
