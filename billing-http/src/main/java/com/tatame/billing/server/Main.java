package com.tatame.billing.server;

import com.tatame.billing.failure.BillingException;
import com.tatame.billing.http.BillingRoutes;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command line. */
@Command(
    name = "billing",
    description = "Subscription billing on Stripe. It is configured by the environment.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.VersionText.class,
    subcommands = {Main.Serve.class, Main.DoctorCommand.class, Main.OpenApiCommand.class})
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
    return new CommandLine(new Main())
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
      BillingServer server = BillingServer.start(BillingConfig.fromEnv(System.getenv()));
      CountDownLatch stopped = new CountDownLatch(1);
      Runtime.getRuntime()
          .addShutdownHook(new Thread(
              () -> {
                server.close();
                stopped.countDown();
              },
              "shutdown"));
      stopped.await();
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
}
