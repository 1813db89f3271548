package com.tatame.billing.server;

import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.setup.ProviderSetup.Made;
import com.tatame.billing.setup.Setup;
import com.tatame.billing.setup.SetupChange;
import com.tatame.billing.setup.SetupPlan;
import java.io.PrintWriter;
import java.net.URI;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Brings the account at Stripe to what the catalog says. It needs the key and the catalog alone. */
@Command(
    name = "setup",
    description = "Create or update at Stripe what the catalog sells, the customer portal and the"
        + " webhook endpoint. Nothing is deleted; what was not made by this command is left alone.")
final class SetupCommand implements Callable<Integer> {
  private static final int FAILED = 1;

  private final Supplier<Map<String, String>> environment;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  @Option(names = "--dry-run", description = "Print what would be done, and change nothing.")
  private boolean dryRun;

  @Option(names = "--live", description = "Confirm that it is the live account that changes.")
  private boolean live;

  @Option(
      names = "--webhook-url",
      paramLabel = "<url>",
      description = "Where this server is reached by Stripe, such as"
          + " https://billing.example.com/webhooks/stripe. Default: BILLING_PUBLIC_URL and that path;"
          + " without both, endpoints stay as they are.")
  private Optional<String> webhookUrl = Optional.empty();

  SetupCommand(Supplier<Map<String, String>> environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    BillingConfig.Seller seller = BillingConfig.sellerFromEnv(environment.get());
    boolean liveKey = seller.stripe().live();
    if (live && !liveKey) {
      throw new IllegalStateException(
          "--live is given, but STRIPE_SECRET_KEY is a test key. Use the live key, or leave it out.");
    }
    if (liveKey && !live && !dryRun) {
      throw new IllegalStateException("STRIPE_SECRET_KEY is a live key. Look at what would be done"
          + " with --dry-run, then confirm with --live.");
    }
    Optional<URI> hook = webhookUrl
        .map(text -> endpoint(text, liveKey))
        .or(() -> seller.publicUrl().map(PublicUrl::webhooks));
    Setup setup = new Setup(
        seller.catalog().content(),
        BillingServer.stripe(seller.stripe(), new Telemetry(), InstantSource.system())
            .setup());
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        "Stripe, " + (liveKey ? "live" : "test") + " mode; " + seller.catalog().file());
    try {
      return run(setup, setup.plan(hook), out);
    } catch (ValidationFailed e) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("The account can't be set up as the catalog says. Nothing was changed.");
      e.errors().forEach(error -> err.println("  " + error.field() + ": " + error.message()));
      return FAILED;
    } finally {
      out.flush();
    }
  }

  private int run(Setup setup, SetupPlan plan, PrintWriter out) {
    plan.notes().forEach(note -> out.println("! " + note));
    if (dryRun) {
      plan.changes().forEach(change -> out.println(line(change)));
    }
    AtomicInteger made = new AtomicInteger();
    try {
      if (!dryRun) {
        setup.apply(plan, (change, result) -> {
          made.incrementAndGet();
          tell(change, result, out);
        });
      }
    } catch (BillingException e) {
      PrintWriter err = spec.commandLine().getErr();
      err.println(e.getMessage());
      err.println(made + " of " + plan.changes().size()
          + " changes were made. Run it again when this" + " is solved: it goes on from there.");
      return FAILED;
    }
    out.println("= " + plan.unchanged() + " unchanged");
    if (plan.done()) {
      out.println("Nothing to do.");
    } else if (dryRun) {
      out.println("Nothing was changed. Without --dry-run, this is done.");
    }
    return 0;
  }

  // The secret is printed once, to the terminal that ran the command, and into no log.
  private static void tell(SetupChange change, Made made, PrintWriter out) {
    out.println(line(change) + (change.words().contains(made.id()) ? "" : " (" + made.id() + ")"));
    made.secret().ifPresent(secret -> {
      out.println();
      out.println("  " + secret);
      out.println();
      out.println(
          "  This is the endpoint's signing secret. Put it into STRIPE_WEBHOOK_SECRET, after"
              + " a comma if there");
      out.println("  is one already, and start the server anew. It is shown this once; later, only"
          + " Stripe's dashboard");
      out.println("  shows it (Developers, Webhooks).");
      out.println();
    });
    out.flush();
  }

  private static String line(SetupChange change) {
    return change.sign() + " " + change.words();
  }

  private static URI endpoint(String text, boolean liveKey) {
    URI url;
    try {
      url = URI.create(text);
    } catch (IllegalArgumentException e) {
      throw ValidationFailed.of("--webhook-url", "is not an address");
    }
    boolean https = "https".equals(url.getScheme());
    if (url.getHost() == null || !(https || "http".equals(url.getScheme()))) {
      throw ValidationFailed.of(
          "--webhook-url",
          "must be the whole address, such as https://billing.example.com/webhooks/stripe");
    }
    if (liveKey && !https) {
      throw ValidationFailed.of("--webhook-url", "must be https in live mode");
    }
    if (url.getPath().isEmpty() || url.getPath().equals("/")) {
      throw ValidationFailed.of(
          "--webhook-url", "has no path; this server listens at /webhooks/stripe");
    }
    return url;
  }
}
