package com.tatame.billing.server;

import com.stripe.Stripe;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Price;
import com.tatame.billing.configuration.PriceName;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.mail.MailTransport;
import com.tatame.billing.mailservice.MailServices;
import com.tatame.billing.money.Money;
import com.tatame.billing.move.MoveListener;
import com.tatame.billing.move.MoveStatus;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.postgres.PostgresBillingStore;
import com.tatame.billing.schema.FunctionBackedStore;
import com.tatame.billing.schema.SchemaNotReady;
import com.tatame.billing.setup.ProviderSetup;
import com.tatame.billing.stripe.StripeGateway;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks at each thing that the server depends on, and says what to do about what is wrong. It changes
 * nothing: who runs it may have named the wrong database.
 */
final class Doctor {
  private final BillingConfig config;
  private final PrintWriter out;
  private boolean healthy = true;

  Doctor(BillingConfig config, PrintWriter out) {
    this.config = config;
    this.out = out;
  }

  private interface Check {
    /** What was found to be well; throws what is wrong. */
    String look();
  }

  /** Runs all checks; returns whether everything is well. */
  boolean run() {
    StripeGateway gateway = BillingServer.stripe(config, new Telemetry(), InstantSource.system());
    check("configuration", "", () -> "complete for " + config.deployment());
    config.warnings().forEach(warning -> out.println("warning configuration: " + warning));
    check(
        "database",
        config.store() instanceof BillingConfig.Store.Postgres
            ? "Check DATABASE_URL, and that this machine may reach the database."
            : "Check SUPABASE_URL and SUPABASE_SERVICE_ROLE_KEY. Run what 'billing supabase-sql' prints in the"
                + " project's SQL editor and expose the schema; 'billing supabase-sql --validation' lists"
                + " what is missing.",
        this::database);
    if (config.moveTo().isPresent()) {
      check("move", "Check BILLING_MOVE_TO and what belongs to it.", this::move);
    }
    check("payment provider", "Check STRIPE_SECRET_KEY and the way to api.stripe.com.", () -> {
      gateway.ping();
      return "answers, " + (config.stripe().live() ? "live" : "test") + " mode, API version "
          + Stripe.API_VERSION;
    });
    check(
        "webhook endpoint",
        "Run 'billing setup', which makes or updates it, with BILLING_PUBLIC_URL or --webhook-url.",
        () -> endpoint(gateway));
    check("webhook secrets", "", () -> config.stripe().webhookSecrets().size() + " configured");
    check("webhook sources", "", this::webhookSources);
    check(
        "identity provider",
        "Check CLERK_PUBLISHABLE_KEY and the way to the provider, or set CLERK_JWT_KEY.",
        this::identity);
    check("catalog in force", "", this::catalogInForce);
    check("mail", "Mend or remove the file in BILLING_MAIL_TEMPLATES.", this::mail);
    if (config.mail().service().sends()
        && !config.mail().settings().off().contains(MailTemplate.RECEIPT)) {
      out.println("warning mail: receipts are sent. Switch off Stripe's own under Settings, Emails,"
          + " or list receipt in BILLING_MAIL_OFF, so that none comes twice.");
    }
    prices(gateway);
    out.println(healthy ? "All is well." : "Something needs your attention.");
    out.flush();
    return healthy;
  }

  private String database() {
    try (FunctionBackedStore store =
        StoreOpener.AS_IT_IS.open(config.store(), new Telemetry(), "configured")) {
      store.ping();
      return config.store() instanceof BillingConfig.Store.Postgres postgres
          ? "answers. " + PostgresBillingStore.schemaStatus(postgres.config()).describe()
          : "answers. Everything that this release needs is there.";
    }
  }

  private String catalogInForce() {
    try (FunctionBackedStore store =
        StoreOpener.AS_IT_IS.open(config.store(), new Telemetry(), "configured")) {
      return CatalogCommand.describe(store.catalogs().newerThan(0), config.catalog());
    }
  }

  private String move() {
    BillingConfig.Stores stores = new BillingConfig.Stores(config.store(), config.moveTo());
    try (MoveEndpoints ends = MoveEndpoints.open(
        stores, Optional.empty(), Optional.empty(), MoveEndpoints.Effort.DEFAULT)) {
      MoveStatus status = ends.move(MoveListener.SILENT).status();
      MovePhaseText words = MovePhaseText.of(status.phase(), ends.from(), ends.to());
      return MovePhaseText.modes(status, ends.from(), ends.to()) + ". " + words.meaning()
          + words.next().map(next -> " Next: " + next + ".").orElse("");
    }
  }

  private String endpoint(StripeGateway gateway) {
    ProviderSetup setup = gateway.setup();
    return new EndpointCheck(config.publicUrl(), setup.events(), gateway.accountApiVersion())
        .compare(setup.endpoints());
  }

  private String webhookSources() {
    BillingConfig.Web web = config.web();
    boolean direct = web.trustedProxies().ranges().ranges().isEmpty();
    return web.webhookSources()
        + (web.webhookSources().listed().isPresent() && direct
            ? "; no proxy is trusted, so webhooks must reach this server directly"
            : "");
  }

  private String mail() {
    MailConfig mail = config.mail();
    List<String> problems =
        MailServices.templates(mail.branding(), mail.templates()).problems();
    if (!problems.isEmpty()) {
      throw new IllegalStateException(String.join("\n        ", problems));
    }
    return MailPlugin.of(mail, InstantSource.system())
        .map(by -> {
          try (MailTransport transport = by.transport()) {
            return "by " + transport.name() + ", templates can be used";
          }
        })
        .orElse("none are sent");
  }

  private String identity() {
    if (!BillingServer.clerk(config, InstantSource.system()).ready()) {
      throw new IllegalStateException("The keys of the issuer can't be fetched.");
    }
    return "keys known for " + config.identity().clerk().issuer();
  }

  private void prices(StripeGateway gateway) {
    Catalog catalog = config.catalog().content();
    List<Price> offered = new ArrayList<>();
    boolean read = check("catalog", "Check the key's permissions.", () -> {
      for (Observation observation : gateway.products().prices()) {
        observation
            .state()
            .filter(Price.class::isInstance)
            .map(Price.class::cast)
            .ifPresent(offered::add);
      }
      return catalog.plans().size() + " tiers, the provider has " + offered.size() + " prices";
    });
    if (read) {
      catalog
          .plans()
          .forEach(plan -> plan.prices()
              .forEach((interval, price) -> check(
                  "price " + plan.tier() + " " + interval.code(),
                  "Run 'billing setup', which makes it, or name another price by "
                      + PriceName.of(plan.tier(), interval).variable() + ".",
                  () -> match(
                      offered, price.priceId(), price.lookupKey(), price.price(), interval))));
    }
  }

  private static String match(
      List<Price> offered,
      Optional<String> priceId,
      String lookupKey,
      Money amount,
      BillingInterval interval) {
    Price found = offered.stream()
        .filter(Price::active)
        .filter(price -> priceId
            .map(price.id()::equals)
            .orElseGet(() -> price.lookupKey().filter(lookupKey::equals).isPresent()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(
            "There is no active price " + priceId.orElse("with lookup key " + lookupKey) + "."));
    if (!found.currency().equals(amount.currency())
        || found.unitAmount().filter(unit -> unit != amount.amount()).isPresent()) {
      throw new IllegalStateException("The price " + found.id() + " is "
          + found.unitAmount().map(String::valueOf).orElse("?") + " " + found.currency()
          + ", the catalog says " + amount.amount() + " " + amount.currency() + " "
          + interval.code()
          + ".");
    }
    return found.id();
  }

  private boolean check(String name, String advice, Check check) {
    try {
      out.println("ok      " + name + ": " + check.look());
      return true;
    } catch (SchemaNotReady e) {
      healthy = false;
      out.println("FAILED  " + name + ": " + SchemaCommand.remedy(e.status()));
      return false;
    } catch (BillingException | IllegalStateException e) {
      healthy = false;
      out.println("FAILED  " + name + ": " + e.getMessage());
      if (!advice.isEmpty()) {
        out.println("        " + advice);
      }
      return false;
    }
  }
}
