package com.tatame.billing.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The migrations, forward only, in the naming of Flyway. Whatever lies in their folder is one of them. */
public final class Migrations {
  /** Where they lie on the class path. */
  public static final String LOCATION = "com/tatame/billing/schema/migrations";

  /** The placeholder in them that stands for the schema's name. */
  public static final String SCHEMA_PLACEHOLDER = "schema";

  /** The schema unless configured otherwise. */
  public static final String DEFAULT_SCHEMA = "billing";

  /** The table in the schema that lists which of them were run; Flyway writes it under this name. */
  public static final String HISTORY_TABLE = "billing_schema_history";

  /** A class path can't be asked for a folder's files, but for the place of one of them. */
  private static final String FIRST = "V1__accounts.sql";

  private static final Pattern FILE = Pattern.compile("V(\\d+)__(\\w+)\\.sql");

  private static final List<Script> SOURCES = sources();

  private Migrations() {}

  /**
   * One migration.
   *
   * @param name of its file
   * @param sql to be run with the schema first in the search path
   */
  public record Script(String name, String sql) {
    int version() {
      return Integer.parseInt(file().group(1));
    }

    /** What it brings, as its name has it. */
    String description() {
      return file().group(2).replace('_', ' ');
    }

    private Matcher file() {
      Matcher file = FILE.matcher(name);
      if (!file.matches()) {
        throw new IllegalStateException("not named like a migration: " + name);
      }
      return file;
    }
  }

  /** All migrations for a schema of this name, in order. */
  public static List<Script> scripts(String schema) {
    return SOURCES.stream()
        .map(source -> new Script(
            source.name(), source.sql().replace("${" + SCHEMA_PLACEHOLDER + "}", schema)))
        .toList();
  }

  /** All migrations as they lie on the class path, with their placeholders, in order. */
  static List<Script> templates() {
    return SOURCES;
  }

  private static List<Script> sources() {
    URL first = Objects.requireNonNull(
        Migrations.class.getClassLoader().getResource(LOCATION + "/" + FIRST),
        "the migrations are missing");
    try {
      URLConnection connection = first.openConnection();
      List<String> names = connection instanceof JarURLConnection jar
          ? namesInJar(jar)
          : namesInFolder(
              Objects.requireNonNull(Path.of(URI.create(first.toString())).getParent()));
      return names.stream()
          .map(name -> new Script(name, source(name)))
          .sorted(Comparator.comparingInt(Script::version))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> namesInJar(JarURLConnection connection) throws IOException {
    String folder =
        connection.getEntryName().substring(0, connection.getEntryName().length() - FIRST.length());
    return connection.getJarFile().stream()
        .map(entry -> entry.getName())
        .filter(name -> name.startsWith(folder) && name.endsWith(".sql"))
        .map(name -> name.substring(folder.length()))
        .toList();
  }

  private static List<String> namesInFolder(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }

  private static String source(String name) {
    try (InputStream in =
        Migrations.class.getClassLoader().getResourceAsStream(LOCATION + "/" + name)) {
      if (in == null) {
        throw new IllegalStateException("migration " + name + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
