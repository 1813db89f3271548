package com.tatame.billing.server;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Looks at everything that the server depends on. */
@Command(
    name = "doctor",
    description = {
      "Check the configuration and everything that the server depends on.",
      "Changes nothing, neither in the database nor at Stripe. Ends with 0 if all is well."
    })
final class DoctorCommand implements Callable<Integer> {
  private static final int UNWELL = 1;

  private final Supplier<Map<String, String>> environment;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  DoctorCommand(Supplier<Map<String, String>> environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    BillingConfig config = BillingConfig.fromEnv(environment.get());
    return new Doctor(config, spec.commandLine().getOut()).run() ? 0 : UNWELL;
  }
}
