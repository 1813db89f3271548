package com.tatame.billing.server;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.mail.AddressSuppression;
import com.tatame.billing.mail.MailAdministration;
import com.tatame.billing.mail.MailFilter;
import com.tatame.billing.mail.MailStatus;
import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.mail.StoredMail;
import com.tatame.billing.mail.SuppressionReason;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.time.Clocks;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks after mails, also while no server runs. */
@Command(name = "emails", description = "See what accounts were sent, and send it again.")
final class EmailsCommand {
  private static final int PAGE = 100;

  private final Supplier<BillingStore> open;
  private final InstantSource wallClock;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  /**
   * Wires the command.
   *
   * @param open opens the store, which is closed after the command
   */
  EmailsCommand(Supplier<BillingStore> open, InstantSource wallClock) {
    this.open = open;
    this.wallClock = wallClock;
  }

  private interface Work {
    void on(MailAdministration mails, PrintWriter out);
  }

  private int run(Work work) {
    PrintWriter out = spec.commandLine().getOut();
    try (BillingStore store = open.get()) {
      work.on(
          new MailAdministration(
              store.mails(), new Clocks(wallClock, wallClock), new SecureRandom()),
          out);
    }
    out.flush();
    return 0;
  }

  @Command(name = "list", description = "List mails, the last planned first.")
  int list(
      @Option(names = "--account", paramLabel = "<account>", description = "Only to this account.")
          @Nullable
          String account,
      @Option(names = "--template", paramLabel = "<template>", description = "Only these.")
          @Nullable
          MailTemplate template,
      @Option(names = "--status", paramLabel = "<status>", description = "Only these.") @Nullable
          MailStatus status,
      @Option(names = "--cause", paramLabel = "<cause>", description = "Only of this cause.")
          @Nullable
          String cause) {
    MailFilter filter = new MailFilter(
        Optional.ofNullable(account).map(AccountId::new),
        Optional.ofNullable(template),
        Optional.ofNullable(status),
        Optional.ofNullable(cause));
    return run((mails, out) -> pages(
        after -> mails.list(filter, after, PAGE),
        StoredMail::id,
        EmailsCommand::line,
        "There are no such mails.",
        out));
  }

  private static <T> void pages(
      Function<Optional<String>, List<T>> pages,
      Function<T, String> id,
      Function<T, String> line,
      String none,
      PrintWriter out) {
    Optional<String> after = Optional.empty();
    List<T> page;
    do {
      page = pages.apply(after);
      for (T each : page) {
        out.println(line.apply(each));
        after = Optional.of(id.apply(each));
      }
    } while (page.size() == PAGE);
    if (after.isEmpty()) {
      out.println(none);
    }
  }

  private static String line(StoredMail mail) {
    return mail.id()
        + "  " + mail.planned().plannedAt().truncatedTo(ChronoUnit.SECONDS)
        + "  " + mail.planned().account().value()
        + "  " + mail.planned().template().code()
        + " of " + mail.planned().cause()
        + "  " + mail.status().code()
        + mail.suppressed()
            .map(SuppressionReason::code)
            .map(reason -> ": " + reason)
            .orElse("");
  }

  @Command(name = "show", description = "Show what became of one mail.")
  int show(@Parameters(paramLabel = "<mail>", description = "Its id, as list has it.") String id) {
    return run((mails, out) -> {
      StoredMail mail = mails.get(id);
      out.println(line(mail));
      out.println("attempts: " + mail.progress().attempts());
      mail.progress().sentAt().ifPresent(at -> out.println("sent at: " + at));
      mail.progress().nextAt().ifPresent(at -> out.println("due again at: " + at));
      mail.progress().messageId().ifPresent(known -> out.println("message id: " + known));
      mail.progress().detail().ifPresent(detail -> out.println("detail: " + detail));
      mail.delivery()
          .ifPresent(delivery -> out.println("reported: " + delivery.kind() + " at " + delivery.at()
              + delivery.detail().map(detail -> ", " + detail).orElse("")));
      mail.planned().reason().ifPresent(reason -> out.println("sent again because: " + reason));
    });
  }

  @Command(name = "resend", description = "Send a copy of a mail, whatever became of it.")
  int resend(
      @Parameters(paramLabel = "<mail>", description = "Its id, as list has it.") String id,
      @Option(names = "--reason", required = true, paramLabel = "<text>", description = "Why.")
          String reason) {
    return run((mails, out) ->
        out.println(mails.resend(id, reason).id() + " is sent at once by a running server."));
  }

  @Command(name = "suppressions", description = "List the addresses that are not written to.")
  int suppressions() {
    return run((mails, out) -> pages(
        after -> mails.suppressions(after, PAGE),
        AddressSuppression::id,
        suppressed -> suppressed.id() + "  " + suppressed.address() + "  "
            + suppressed.reason().code() + " since "
            + suppressed.since().truncatedTo(ChronoUnit.SECONDS)
            + suppressed.detail().map(detail -> ": " + detail).orElse(""),
        "No address is suppressed.",
        out));
  }

  @Command(name = "lift", description = "Let a suppressed address be written to again.")
  int lift(
      @Parameters(paramLabel = "<suppression>", description = "Its id, as suppressions has it.")
          String id) {
    return run((mails, out) -> {
      mails.lift(id);
      out.println("It is written to again.");
    });
  }
}
