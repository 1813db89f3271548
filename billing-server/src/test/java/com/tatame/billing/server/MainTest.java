package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
  void printsTheScriptsForSupabase() {
    assertThat(run("supabase-sql", "--schema", "plans")).isZero();
    assertThat(out.toString()).contains("create schema if not exists \"plans\"", "commit_units_v1");
  }

  @Test
  void printsTheQueryThatListsWhatIsMissing() {
    assertThat(run("supabase-sql", "--validation")).isZero();
    assertThat(out.toString()).contains("select", "Run supabase-migrations.sql.");
  }

  @Test
  void writesBothScriptsIntoAFolder(@TempDir Path folder) {
    assertThat(run("supabase-sql", "--directory", folder.toString())).isZero();
    assertThat(folder.resolve("supabase-migrations.sql")).isNotEmptyFile();
    assertThat(folder.resolve("supabase-validation.sql")).isNotEmptyFile();
  }

  @Test
  void aSchemaThatIsNoNameIsRefused() {
    assertThat(run("supabase-sql", "--schema", "x\"; drop")).isNotZero();
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains("--schema");
  }

  @Test
  void anUnknownCommandIsRefused() {
    assertThat(run("sevre")).isNotZero();
    assertThat(err.toString()).contains("sevre");
  }

  private int run(String... arguments) {
    CommandLine line = Main.commandLine(System::getenv);
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    return line.execute(arguments);
  }
}
