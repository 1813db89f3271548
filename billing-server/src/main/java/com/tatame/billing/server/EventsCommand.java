package com.tatame.billing.server;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.outbox.ParkedAccount;
import com.tatame.billing.outbox.SubscriberStatus;
import com.tatame.billing.outbox.Subscribers;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.webhook.HttpEventSender;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks after the deliveries of events out, also while no server runs. */
@Command(
    name = "events",
    description = "See who receives events, and decide about those that were not received.")
final class EventsCommand {
  private static final int PAGE = 100;

  private final Supplier<BillingStore> open;
  private final Supplier<BillingConfig> config;
  private final InstantSource wallClock;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  /**
   * Wires the command.
   *
   * @param open opens the store, which is closed after the command
   * @param config with the keys under which secrets are sealed
   */
  EventsCommand(
      Supplier<BillingStore> open, Supplier<BillingConfig> config, InstantSource wallClock) {
    this.open = open;
    this.config = config;
    this.wallClock = wallClock;
  }

  private interface Work {
    void on(Subscribers subscribers, PrintWriter out);
  }

  private int run(Work work) {
    PrintWriter out = spec.commandLine().getOut();
    try (BillingStore store = open.get()) {
      work.on(new Subscribers(store.subscribers(), () -> {}, wallClock), out);
    }
    out.flush();
    return 0;
  }

  @Command(name = "status", description = "List who receives events, and how far each has come.")
  int status() {
    return run((subscribers, out) -> {
      List<SubscriberStatus> all = subscribers.list();
      if (all.isEmpty()) {
        out.println("Nobody receives events. A program subscribes by billing.events().subscribe(…),"
            + " an endpoint is added by POST /api/v1/event-endpoints.");
      }
      all.forEach(subscriber -> out.println(line(subscriber)));
    });
  }

  private static String line(SubscriberStatus subscriber) {
    return subscriber.name()
        + "  " + subscriber.waiting() + " accounts wait"
        + ", " + subscriber.retrying() + " retried"
        + ", " + subscriber.blocked() + " blocked"
        + subscriber
            .oldest()
            .map(at -> ", the oldest since " + at.truncatedTo(ChronoUnit.SECONDS))
            .orElse("")
        + subscriber
            .failingSince()
            .map(at -> ", failing since " + at.truncatedTo(ChronoUnit.SECONDS) + " ("
                + subscriber.failures() + " times in a row)")
            .orElse("");
  }

  @Command(name = "parked", description = "List the accounts whose next entry has failed.")
  int parked(
      @Parameters(paramLabel = "<subscriber>", description = "As status lists it.") String name) {
    return run((subscribers, out) -> {
      Optional<AccountId> after = Optional.empty();
      List<ParkedAccount> page;
      do {
        page = subscribers.parked(name, after, PAGE);
        for (ParkedAccount parked : page) {
          out.println(line(parked));
          after = Optional.of(parked.account());
        }
      } while (page.size() == PAGE);
      if (after.isEmpty()) {
        out.println("Nothing has failed.");
      }
    });
  }

  private static String line(ParkedAccount parked) {
    return parked.account().value()
        + "  entry " + parked.sequence() + " (" + parked.eventId() + ")"
        + "  failed " + parked.attempts() + " times: " + parked.error().orElse("unknown")
        + (parked.blocked()
            ? "; it is blocked"
            : "; tried again at " + parked.dueAt().truncatedTo(ChronoUnit.SECONDS));
  }

  @Command(name = "retry", description = "Try an account's failed entry at once.")
  int retry(
      @Parameters(paramLabel = "<subscriber>", description = "As status lists it.") String name,
      @Parameters(paramLabel = "<account>", description = "As parked lists it.") String account) {
    return run((subscribers, out) -> {
      subscribers.retry(name, new AccountId(account));
      out.println("It is tried at once by a running server.");
    });
  }

  @Command(
      name = "skip",
      description = "Leave an account's failed entry out: it is never received.")
  int skip(
      @Parameters(paramLabel = "<subscriber>", description = "As status lists it.") String name,
      @Parameters(paramLabel = "<account>", description = "As parked lists it.") String account,
      @Parameters(paramLabel = "<entry>", description = "Its number, as parked lists it.")
          long sequence) {
    return run((subscribers, out) -> {
      subscribers.skip(name, new AccountId(account), sequence);
      out.println("It is left out; the account's next entry is tried by a running server.");
    });
  }

  @Command(
      name = "reseal",
      description = "Seal the secrets of all endpoints under the first key of BILLING_SECRETS_KEY.")
  int reseal() {
    PrintWriter out = spec.commandLine().getOut();
    try (BillingStore store = open.get();
        HttpEventSender sender = HttpEventSender.create(false)) {
      int resealed = BillingServer.eventEndpoints(config.get(), store, sender).reseal();
      out.println("Sealed the secrets of " + resealed + " endpoints anew. Keys behind the first one"
          + " can be taken away.");
    }
    out.flush();
    return 0;
  }
}
