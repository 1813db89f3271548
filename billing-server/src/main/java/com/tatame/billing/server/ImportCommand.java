package com.tatame.billing.server;

import com.tatame.billing.Billing;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.DuplicatePolicy;
import com.tatame.billing.configuration.MappingFile;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.importing.CustomerOwners;
import com.tatame.billing.importing.ImportReport;
import com.tatame.billing.importing.ImportSettings;
import com.tatame.billing.importing.Imports;
import com.tatame.billing.importing.SourceTables;
import com.tatame.billing.importing.TableMapping;
import com.tatame.billing.postgres.PostgresTables;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.supabase.SupabaseTables;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Takes over what a Stripe account and an application's own tables hold already. */
@Command(
    name = "import",
    description = "Take over what is there already. It may be ended at any point and run again: it"
        + " goes on from there. No mail is sent. The schema must be there.")
final class ImportCommand {
  private static final int FAILED = 1;

  private final Supplier<BillingStore> open;
  private final Supplier<Map<String, String>> environment;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  /**
   * Wires the command.
   *
   * @param open opens the store, which is closed after the command
   */
  ImportCommand(Supplier<BillingStore> open, Supplier<Map<String, String>> environment) {
    this.open = open;
    this.environment = environment;
  }

  /** How every import is run. */
  static final class Options {
    @Option(names = "--dry-run", description = "Print what would be done, and change nothing.")
    private boolean dryRun;

    @Option(
        names = "--afresh",
        description = "Begin at the beginning, and not where an earlier run ended.")
    private boolean afresh;

    @Option(
        names = "--rate",
        defaultValue = "20",
        paramLabel = "<requests>",
        description = "Most requests a second to Stripe, 1 to 100. A test account takes 25 in all,"
            + " a live one 100. Default: ${DEFAULT-VALUE}.")
    private int rate = 20;

    private int rate() {
      if (rate < 1 || rate > 100) {
        throw new IllegalStateException("--rate must be 1 to 100.");
      }
      return rate;
    }
  }

  private interface Work {
    ImportReport run(Imports imports, ImportSettings settings);
  }

  @Command(
      name = "stripe",
      description = "Take over all customers of the Stripe account, with their subscriptions,"
          + " invoices and payment methods.")
  int stripe(
      @Mixin Options options,
      @Option(
              names = "--accounts",
              paramLabel = "<file>",
              description = "Whose customers they are: lines of a customer's id, a comma and an"
                  + " account's id. Without it, only what the customers' metadata says counts.")
          Optional<Path> accounts) {
    CustomerOwners owners = accounts.map(OwnersFile::read).orElse(CustomerOwners.UNKNOWN);
    return run(options, (imports, settings) -> imports.provider(owners, settings));
  }

  @Command(
      name = "tatame",
      description = "Take over the tables stripe_customer_mapping and stripe_webhook_events of the"
          + " earlier Tatame backend, from BILLING_IMPORT_FROM.")
  int tatame(
      @Mixin Options options,
      @Option(
              names = "--schema",
              defaultValue = "public",
              description = "The schema of the two tables. Default: ${DEFAULT-VALUE}.")
          String schema) {
    try (SourceTables source = tables()) {
      TableMapping mapping = LegacyTatameTables.in(source, schema);
      return run(options, (imports, settings) -> imports.tables(source, mapping, settings));
    }
  }

  @Command(
      name = "mapped",
      description =
          "Take over tables of your own, from BILLING_IMPORT_FROM, as a mapping file says.")
  int mapped(
      @Mixin Options options,
      @Option(
              names = "--mapping",
              required = true,
              paramLabel = "<file>",
              description = "Which tables and columns say what; see docs/importing.md.")
          Path file) {
    TableMapping mapping = MappingFile.read(file);
    try (SourceTables source = tables()) {
      return run(options, (imports, settings) -> imports.tables(source, mapping, settings));
    }
  }

  private SourceTables tables() {
    BillingConfig.Store from = BillingConfig.importedFromEnv(environment.get());
    return from instanceof BillingConfig.Store.Postgres postgres
        ? PostgresTables.open(postgres.config())
        : SupabaseTables.open(((BillingConfig.Store.Supabase) from).config());
  }

  private static void refuseCancelingCatalog(Options options, Catalog catalog) {
    if (!options.dryRun
        && catalog.policies().duplicates() == DuplicatePolicy.CANCEL_AND_REFUND_NEWER) {
      throw new IllegalStateException(
          "The catalog says duplicates: cancel_and_refund_newer, so that"
              + " the servers would cancel and refund what is imported and looks like a duplicate. Set it"
              + " to alert for the import, and look at the list of duplicates afterwards.");
    }
  }

  private int run(Options options, Work work) {
    BillingConfig.Seller seller = BillingConfig.sellerFromEnv(environment.get());
    Catalog catalog = seller.catalog().content();
    refuseCancelingCatalog(options, catalog);
    PrintWriter out = spec.commandLine().getOut();
    ImportProgress progress = new ImportProgress(out, InstantSource.system());
    ImportSettings settings = ImportSettings.DEFAULT
        .withDryRun(options.dryRun)
        .withAfresh(options.afresh)
        .withListener(progress);
    try (BillingStore store = open.get();
        Billing billing = Billing.builder()
            .gateway(BillingServer.stripe(seller.stripe(), options.rate()))
            .store(store)
            .catalog(catalog)
            .checkoutOrigins()
            .workers(0)
            .build()) {
      billing.catalogs().follow();
      refuseCancelingCatalog(options, billing.catalog());
      if (!options.dryRun) {
        billing.products().refresh();
      }
      ImportReport report = work.run(billing.imports(), settings);
      new ImportSummary(out).print(report, options.dryRun);
      return report.refused().isEmpty() ? 0 : FAILED;
    } catch (BillingException e) {
      PrintWriter err = spec.commandLine().getErr();
      err.println(e.getMessage());
      err.println("What was imported stays. Run the same command again when this is solved: it goes"
          + " on from there.");
      return FAILED;
    } finally {
      out.flush();
    }
  }
}
