package com.tatame.billing.server;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditActor;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.audit.AuditFilter;
import com.tatame.billing.audit.AuditLog;
import com.tatame.billing.audit.AuditRecord;
import com.tatame.billing.store.BillingStore;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists who changed what. */
@Command(
    name = "audit",
    description = {
      "List who changed what, newest first: each administrative act and each change by a caller.",
      "The schema must be there."
    })
final class AuditCommand implements Callable<Integer> {
  private static final int PAGE = 100;

  private final Supplier<BillingStore> open;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  @Option(names = "--account", description = "Only changes of this account.")
  private Optional<String> account = Optional.empty();

  @Option(
      names = "--actor",
      description = "Only what this one did, such as administrator:user_ada, or cli.")
  private Optional<String> actor = Optional.empty();

  @Option(names = "--action", description = "Only this, such as create_grant.")
  private Optional<String> action = Optional.empty();

  @Option(
      names = "--from",
      converter = TimeConverter.class,
      description = "Done at this time or later: 2026-01-31T09:00:00Z.")
  private Optional<Instant> from = Optional.empty();

  @Option(names = "--to", converter = TimeConverter.class, description = "Done before this time.")
  private Optional<Instant> to = Optional.empty();

  /**
   * Wires the command.
   *
   * @param open opens the store, which is closed after the command
   */
  AuditCommand(Supplier<BillingStore> open) {
    this.open = open;
  }

  @Override
  public Integer call() {
    AuditFilter filter =
        new AuditFilter(account.map(AccountId::new), actor.map(AuditActor::new), action, from, to);
    PrintWriter out = spec.commandLine().getOut();
    try (BillingStore store = open.get()) {
      AuditLog audit = new AuditLog(store.audit());
      OptionalLong last = OptionalLong.empty();
      List<AuditRecord> page;
      do {
        page = audit.list(filter, last, PAGE);
        for (AuditRecord stored : page) {
          out.println(line(stored.entry()));
          last = OptionalLong.of(stored.seq());
        }
      } while (page.size() == PAGE);
      if (last.isEmpty()) {
        out.println("Nothing is recorded.");
      }
    }
    out.flush();
    return 0;
  }

  private static String line(AuditEntry entry) {
    return entry.at().truncatedTo(ChronoUnit.SECONDS)
        + "  " + entry.actor().value()
        + "  " + entry.action()
        + "  " + entry.target()
        + entry.account().map(of -> "  of " + of).orElse("")
        + entry.change().before().map(fields -> "  was " + fields).orElse("")
        + entry.change().after().map(fields -> "  is " + fields).orElse("")
        + entry.requestId().map(id -> "  request " + id).orElse("");
  }
}
