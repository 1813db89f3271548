package com.tatame.billing.server;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.inbox.ReplayPreview;
import com.tatame.billing.inbox.ReplaySelection;
import com.tatame.billing.inbox.Webhooks;
import com.tatame.billing.projection.RowChange;
import com.tatame.billing.store.BillingStore;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Has stored events processed once more, by the servers that run on the configured store. */
@Command(
    name = "replay",
    description =
        "Have stored events processed once more: single ones, all dead letters, or a time."
            + " The schema must be there.")
final class ReplayCommand implements Callable<Integer> {
  private final Supplier<BillingStore> open;
  private final Function<BillingStore, Webhooks> webhooks;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "<id>", description = "Events to replay, evt_…")
  private List<String> ids = new ArrayList<>();

  @Option(names = "--dead", description = "All dead letters.")
  private boolean dead;

  @Option(
      names = "--from",
      converter = TimeConverter.class,
      description = "Received at this time or later: 2026-01-31T09:00:00Z.")
  private Optional<Instant> from = Optional.empty();

  @Option(
      names = "--to",
      converter = TimeConverter.class,
      description = "Received before this time.")
  private Optional<Instant> to = Optional.empty();

  @Option(names = "--type", description = "Only those of this type; with --from and --to.")
  private Optional<String> type = Optional.empty();

  @Option(names = "--dry-run", description = "Print what would change, and change nothing.")
  private boolean dryRun;

  /**
   * Wires the command.
   *
   * @param open opens the store, which is closed after the command
   */
  ReplayCommand(Supplier<BillingStore> open, Function<BillingStore, Webhooks> webhooks) {
    this.open = open;
    this.webhooks = webhooks;
  }

  @Override
  public Integer call() {
    List<ReplaySelection> selections = selections();
    PrintWriter out = spec.commandLine().getOut();
    try (BillingStore store = open.get()) {
      Webhooks inbox = webhooks.apply(store);
      for (ReplaySelection selection : selections) {
        if (dryRun) {
          inbox.preview(selection).forEach(preview -> print(out, preview));
        } else {
          out.println(inbox.replay(selection) + " events wait to be processed once more.");
        }
      }
    }
    out.flush();
    return 0;
  }

  private List<ReplaySelection> selections() {
    boolean ranged = from.isPresent() || to.isPresent() || type.isPresent();
    if ((ids.isEmpty() ? 0 : 1) + (dead ? 1 : 0) + (ranged ? 1 : 0) != 1) {
      throw ValidationFailed.of("replay", "say what: ids of events, or --dead, or --from and --to");
    }
    if (dead) {
      return List.of(new ReplaySelection.DeadLetters());
    }
    if (ranged) {
      return List.of(
          new ReplaySelection.Received(required("--from", from), required("--to", to), type));
    }
    return ids.stream().<ReplaySelection>map(ReplaySelection.One::new).toList();
  }

  private static Instant required(String option, Optional<Instant> time) {
    return time.orElseThrow(() -> ValidationFailed.of(option, "is required with a range of time"));
  }

  private static void print(PrintWriter out, ReplayPreview preview) {
    out.println(preview.eventId() + "  " + preview.type() + "  "
        + preview.problem().orElse(preview.rows().isEmpty() ? "changes nothing" : "changes"));
    for (RowChange row : preview.rows()) {
      out.println("  " + row.kind() + " " + row.id());
      var fields = new TreeSet<>(row.before().keySet());
      fields.addAll(row.after().keySet());
      for (String field : fields) {
        out.println("    " + field + ": " + row.before().getOrDefault(field, "(none)") + " -> "
            + row.after().getOrDefault(field, "(none)"));
      }
    }
    if (preview.reads() > 0) {
      out.println("  and reads " + preview.reads() + " objects at the provider");
    }
  }
}
