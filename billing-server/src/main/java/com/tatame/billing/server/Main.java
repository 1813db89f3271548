package com.tatame.billing.server;

import com.tatame.billing.failure.BillingException;
import com.tatame.billing.http.BillingRoutes;
import com.tatame.billing.inbox.Webhooks;
import com.tatame.billing.schema.Migrations;
import com.tatame.billing.schema.SupabaseSql;
import com.tatame.billing.store.BillingStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command line. */
@Command(
    name = "billing",
    description = "Subscription billing on Stripe. It is configured by the environment.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.VersionText.class,
    subcommands = {
      Main.Serve.class,
      Main.DoctorCommand.class,
      Main.OpenApiCommand.class,
      Main.SupabaseSqlCommand.class
    })
public final class Main {
  private static final int FAILED = 1;
  private static final int MISCONFIGURED = 2;

  private Main() {}

  public static void main(String[] args) {
    // The core logs to the platform's own logger.
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return commandLine(
        () -> BillingServer.openStore(configured(), new Telemetry()),
        opened -> BillingServer.webhooks(configured(), opened));
  }

  private static BillingConfig configured() {
    return BillingConfig.fromEnv(System.getenv());
  }

  /** The command line over other parts than the configured ones. */
  static CommandLine commandLine(
      Supplier<BillingStore> store, Function<BillingStore, Webhooks> webhooks) {
    return commandLine(store, webhooks, System::getenv);
  }

  /** The command line in another environment, too. */
  static CommandLine commandLine(
      Supplier<BillingStore> store,
      Function<BillingStore, Webhooks> webhooks,
      Supplier<Map<String, String>> environment) {
    return new CommandLine(new Main())
        .addSubcommand(new HealthCommand(environment))
        .addSubcommand(new KeysCommand(store, InstantSource.system()))
        .addSubcommand(new ReplayCommand(store, webhooks))
        .addSubcommand(new SetupCommand(environment))
        .addSubcommand(new ImportCommand(store, environment))
        .addSubcommand(new MigrateCommand(environment))
        .setExecutionExceptionHandler((failure, line, parsed) -> explain(failure, line.getErr()));
  }

  private static int explain(Exception failure, PrintWriter err) throws Exception {
    if (failure instanceof InvalidConfiguration invalid) {
      err.println("The configuration can't be used:");
      invalid.problems().forEach(problem -> err.println("  " + problem));
      err.println("All variables are described in .env.example.");
      return MISCONFIGURED;
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

  /** Serves until the process is told to end. */
  @Command(name = "serve", description = "Run the server until it is told to stop.")
  static final class Serve implements Callable<Integer> {
    @Override
    public Integer call() throws InterruptedException {
      CountDownLatch stopped = new CountDownLatch(1);
      AtomicReference<@Nullable RuntimeException> mistake = new AtomicReference<>();
      BillingServer server = BillingServer.builder(BillingConfig.fromEnv(System.getenv()))
          .storeMistake(failure -> {
            mistake.set(failure);
            stopped.countDown();
          })
          .start();
      Runtime.getRuntime()
          .addShutdownHook(new Thread(
              () -> {
                SecondSignal.endsTheProcess();
                server.close();
                stopped.countDown();
              },
              "shutdown"));
      stopped.await();
      RuntimeException failure = mistake.get();
      if (failure != null) {
        server.closeNow();
        throw failure;
      }
      return 0;
    }
  }

  /** Looks at everything that the server depends on. */
  @Command(
      name = "doctor",
      description = "Check the configuration and everything that the server depends on.")
  static final class DoctorCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      return new Doctor(
                  BillingConfig.fromEnv(System.getenv()), spec.commandLine().getOut())
              .run()
          ? 0
          : FAILED;
    }
  }

  /** Prints the API's description; needs no configuration. */
  @Command(name = "openapi", description = "Print the OpenAPI description of the server.")
  static final class OpenApiCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      spec.commandLine().getOut().println(BillingRoutes.describe(Version.current()));
      return 0;
    }
  }

  /** Prints or writes the scripts for a Supabase project; needs no configuration. */
  @Command(
      name = "supabase-sql",
      description = "Print the SQL that prepares a Supabase project, for its SQL editor.")
  static final class SupabaseSqlCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--validation", description = "Print the query that lists what is missing.")
    private boolean validation;

    @Option(
        names = "--directory",
        description = "Write supabase-migrations.sql and supabase-validation.sql there instead.")
    private Optional<Path> directory = Optional.empty();

    @Option(
        names = "--schema",
        defaultValue = Migrations.DEFAULT_SCHEMA,
        description = "The schema to prepare. Default: ${DEFAULT-VALUE}.")
    private String schema = Migrations.DEFAULT_SCHEMA;

    @Override
    public Integer call() throws IOException {
      if (!schema.matches("[a-z_][a-z0-9_]{0,62}")) {
        throw new IllegalStateException(
            "--schema must be lower-case letters, digits and underscores.");
      }
      PrintWriter out = spec.commandLine().getOut();
      if (directory.isPresent()) {
        Files.createDirectories(directory.get());
        Path migrations = directory.get().resolve("supabase-migrations.sql");
        Path checks = directory.get().resolve("supabase-validation.sql");
        Files.writeString(migrations, SupabaseSql.migrations(schema));
        Files.writeString(checks, SupabaseSql.validation(schema));
        out.println("Run " + migrations + " in the SQL editor, then " + checks
            + ", which lists what is missing.");
      } else {
        out.print(validation ? SupabaseSql.validation(schema) : SupabaseSql.migrations(schema));
      }
      out.flush();
      return 0;
    }
  }
}
