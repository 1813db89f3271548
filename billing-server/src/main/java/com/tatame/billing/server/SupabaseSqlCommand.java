package com.tatame.billing.server;

import com.tatame.billing.schema.Migrations;
import com.tatame.billing.schema.SupabaseSql;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints or writes the scripts for a Supabase project; needs no configuration. */
@Command(
    name = "supabase-sql",
    description = "Print the SQL that prepares a Supabase project, for its SQL editor.")
final class SupabaseSqlCommand implements Callable<Integer> {
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
