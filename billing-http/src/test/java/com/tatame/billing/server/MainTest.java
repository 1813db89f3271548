package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void printsTheDescriptionWithoutAnyConfiguration() {
    assertThat(run("openapi")).isZero();
    assertThat(out.toString()).startsWith("{\"openapi\":\"3.1.0\"");
  }

  @Test
  void showsItsCommands() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("serve", "doctor", "openapi");
  }

  @Test
  void anUnknownCommandIsRefused() {
    assertThat(run("sevre")).isNotZero();
    assertThat(err.toString()).contains("sevre");
  }

  private int run(String... arguments) {
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    return line.execute(arguments);
  }
}
