package com.tatame.billing.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Asks the server on this machine whether it takes requests: the health check of a container. */
@Command(
    name = "health",
    description = {
      "Ask the server on this machine whether it takes requests.",
      "Ends with 0 if it does and with 1 if not. Reads PORT alone."
    })
final class HealthCommand implements Callable<Integer> {
  private static final int NOT_READY = 1;
  private static final int MAX_WAIT_MILLIS = 4_000;
  private static final int MAX_SHOWN_BYTES = 500;

  private final Supplier<Map<String, String>> environment;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  HealthCommand(Supplier<Map<String, String>> environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    int port = BillingConfig.portFromEnv(environment.get());
    // The address and not its name: a container may have no file of hosts.
    URI ready = URI.create("http://127.0.0.1:" + port + "/health/ready");
    try {
      return ask(ready);
    } catch (ConnectException e) {
      return notReady("nothing listens on port " + port + "; it has not started, or PORT differs");
    } catch (SocketTimeoutException e) {
      return notReady("no answer within " + MAX_WAIT_MILLIS / 1000 + " s");
    } catch (IOException e) {
      return notReady("no HTTP answer from port " + port + ": " + e.getMessage());
    }
  }

  // The older client, since a check that is made every few seconds should load little.
  private int ask(URI ready) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) ready.toURL().openConnection(Proxy.NO_PROXY);
    connection.setConnectTimeout(MAX_WAIT_MILLIS);
    connection.setReadTimeout(MAX_WAIT_MILLIS);
    connection.setInstanceFollowRedirects(false);
    try {
      int status = connection.getResponseCode();
      if (status != HttpURLConnection.HTTP_OK) {
        return notReady("it answered " + status + " " + text(connection));
      }
      PrintWriter out = spec.commandLine().getOut();
      out.println("ready");
      out.flush();
      return 0;
    } finally {
      connection.disconnect();
    }
  }

  private static String text(HttpURLConnection connection) throws IOException {
    try (InputStream body = connection.getErrorStream()) {
      return body == null
          ? ""
          : new String(body.readNBytes(MAX_SHOWN_BYTES), StandardCharsets.UTF_8).strip();
    }
  }

  private int notReady(String why) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("not ready: " + why);
    err.flush();
    return NOT_READY;
  }
}
