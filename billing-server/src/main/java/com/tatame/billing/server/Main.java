package com.tatame.billing.server;

import com.tatame.billing.audit.AuditActor;
import com.tatame.billing.audit.AuditScope;
import com.tatame.billing.configuration.InvalidConfiguration;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.http.BillingRoutes;
import com.tatame.billing.inbox.Webhooks;
import com.tatame.billing.schema.SchemaNotReady;
import com.tatame.billing.store.BillingStore;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line. */
@Command(
    name = "billing",
    description = "Subscription billing on Stripe. It is configured by the environment.",
    // Each subcommand has --help and --version, too.
    scope = ScopeType.INHERIT,
    mixinStandardHelpOptions = true,
    versionProvider = Main.VersionText.class)
public final class Main {
  private static final int FAILED = 1;
  private static final int MISCONFIGURED = 2;
  private static final int WIDTH = 100;
  private static final String[] EXPLANATION = {
    "",
    "'billing help <command>' says more about one of them. Only serve and schema migrate change the"
        + " schema of a database.",
    "They end with 0 if all went well, 1 if something failed, 2 if they were called or configured"
        + " wrongly."
  };

  private Main() {}

  public static void main(String[] args) {
    LogLevel.of(System.getenv()).apply();
    // The core logs to the platform's own logger.
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    System.exit(commandLine(System::getenv).execute(args));
  }

  /** The command line in an environment. */
  static CommandLine commandLine(Supplier<Map<String, String>> environment) {
    return commandLine(
        () -> BillingServer.openStore(BillingConfig.fromEnv(environment.get())),
        opened -> BillingServer.webhooks(BillingConfig.fromEnv(environment.get()), opened),
        environment);
  }

  /** The command line over other parts than the configured ones. */
  static CommandLine commandLine(
      Supplier<BillingStore> store,
      Function<BillingStore, Webhooks> webhooks,
      Supplier<Map<String, String>> environment) {
    CommandLine line = new CommandLine(new Main())
        .addSubcommand(new ServeCommand(environment))
        .addSubcommand(new DoctorCommand(environment))
        .addSubcommand(new SetupCommand(environment))
        .addSubcommand(new CatalogCommand(store, environment, InstantSource.system()))
        .addSubcommand(new SchemaCommand(environment))
        .addSubcommand(new SupabaseSqlCommand())
        .addSubcommand(new HealthCommand(environment))
        .addSubcommand(new KeysCommand(store, InstantSource.system()))
        .addSubcommand(new ReplayCommand(store, webhooks))
        .addSubcommand(new AuditCommand(store))
        .addSubcommand(new EventsCommand(
            store, () -> BillingConfig.fromEnv(environment.get()), InstantSource.system()))
        .addSubcommand(new EmailsCommand(store, InstantSource.system()))
        .addSubcommand(new ImportCommand(store, environment))
        .addSubcommand(new StoreMoveCommand(environment))
        .addSubcommand(new OpenApiCommand())
        .addSubcommand(new VersionCommand())
        .addSubcommand(new HelpCommand())
        .setExecutionStrategy(parsed -> AuditScope.within(
            AuditActor.CLI, Optional.empty(), () -> new CommandLine.RunLast().execute(parsed)))
        .setExecutionExceptionHandler((failure, failed, parsed) -> explain(failure, failed));
    // Of its own alone: what an annotation says here would be inherited.
    line.getCommandSpec().usageMessage().footer(EXPLANATION);
    line.setUsageHelpWidth(WIDTH);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    return line;
  }

  private static int explain(Exception failure, CommandLine failed) throws Exception {
    PrintWriter err = failed.getErr();
    if (failure instanceof InvalidConfiguration invalid) {
      err.println("The configuration can't be used:");
      invalid.problems().forEach(problem -> err.println("  " + problem));
      err.println("All settings are described in docs/configuration.md.");
      return MISCONFIGURED;
    }
    if (failure instanceof SchemaNotReady schema) {
      err.println(SchemaCommand.remedy(schema.status()));
      return FAILED;
    }
    if (failure instanceof BillingException || failure instanceof IllegalStateException) {
      err.println(failure.getMessage());
      return FAILED;
    }
    throw failure;
  }

  static final class VersionText implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"billing " + Version.current()};
    }
  }

  /** Prints the version; needs no configuration. */
  @Command(name = "version", description = "Print the version.")
  static final class VersionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      spec.root().commandLine().printVersionHelp(spec.commandLine().getOut());
      return 0;
    }
  }

  /** Prints the API's description; needs no configuration. */
  @Command(
      name = "openapi",
      description = "Print the OpenAPI description of the server. Needs no configuration.")
  static final class OpenApiCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      spec.commandLine().getOut().println(BillingRoutes.describe(Version.current()));
      return 0;
    }
  }
}
