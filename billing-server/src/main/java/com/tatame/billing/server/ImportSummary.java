package com.tatame.billing.server;

import com.tatame.billing.importing.ImportReport;
import java.io.PrintWriter;
import java.util.Locale;

/** Prints what an import did. */
final class ImportSummary {
  private final PrintWriter out;

  ImportSummary(PrintWriter out) {
    this.out = out;
  }

  void print(ImportReport report, boolean dryRun) {
    out.println();
    out.println(row("", "created", "changed", "there already", "skipped"));
    report
        .counts()
        .forEach((what, counts) -> out.println(row(
            what.replace('_', ' '),
            counts.created(),
            counts.changed(),
            counts.present(),
            counts.skipped())));
    report
        .unsold()
        .forEach((price, count) -> out.println("! " + count
            + " running subscriptions are at price " + price
            + ", which the catalog doesn't sell: they give nothing. Name it as a priceId of the catalog,"
            + " and run this again."));
    report
        .refused()
        .forEach(refused -> out.println("- refused: " + refused.id() + ": " + refused.reason()));
    out.println(report.refused().size() + " refused"
        + (dryRun ? ". Nothing was changed; without --dry-run, this is done." : "."));
  }

  private static String row(Object... cells) {
    return String.format(Locale.ROOT, "%-24s %10s %10s %14s %10s", cells).stripTrailing();
  }
}
