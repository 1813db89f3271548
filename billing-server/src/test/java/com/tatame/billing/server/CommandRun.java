package com.tatame.billing.server;

import com.tatame.billing.inbox.Webhooks;
import com.tatame.billing.store.BillingStore;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;

/** What a command printed and how it ended, on a store that outlives it. */
record CommandRun(int status, String out, String err) {
  static CommandRun of(
      BillingStore store, Function<BillingStore, Webhooks> webhooks, String... arguments) {
    return of(Main.commandLine(() -> keptOpen(store), webhooks, System::getenv), arguments);
  }

  /** The same for a command that finds the rest of its configuration in the environment. */
  static CommandRun of(BillingStore store, Map<String, String> environment, String... arguments) {
    return of(
        Main.commandLine(
            () -> keptOpen(store),
            opened -> {
              throw new IllegalStateException("no webhooks here");
            },
            () -> environment),
        arguments);
  }

  private static CommandRun of(CommandLine line, String... arguments) {
    StringWriter printed = new StringWriter();
    StringWriter complained = new StringWriter();
    int status = line.setOut(new PrintWriter(printed, true))
        .setErr(new PrintWriter(complained, true))
        .execute(arguments);
    return new CommandRun(status, printed.toString(), complained.toString());
  }

  // Each command closes the store that it opened.
  private static BillingStore keptOpen(BillingStore store) {
    return (BillingStore) Proxy.newProxyInstance(
        BillingStore.class.getClassLoader(),
        new Class<?>[] {BillingStore.class},
        (proxy, method, arguments) ->
            method.getName().equals("close") ? true : method.invoke(store, arguments));
  }
}
