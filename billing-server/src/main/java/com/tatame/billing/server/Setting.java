package com.tatame.billing.server;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One setting of the server. The class of its section declares it, and {@link Settings} lists all. What
 * reads it, {@code .env.example} and {@code docs/configuration.md} are made from this.
 *
 * @param <T> what it is read as; of a list, each of its parts
 */
final class Setting<T> {
  private final String name;
  private final Section section;
  private final String type;
  private final Reader<T> reader;
  private boolean list;
  private Need need = Need.NONE;
  private String defaultValue = "";
  private String defaultOutsideProduction = "";
  private String meaning = "";
  private String remedy = "";
  private String example = "";
  private String wrong = "";
  private Optional<String> initial = Optional.empty();
  private Optional<Pattern> family = Optional.empty();

  Setting(String name, Section section, String type, Reader<T> reader) {
    this.name = name;
    this.section = section;
    this.type = type;
    this.reader = reader;
  }

  /** Reads a value. */
  interface Reader<T> {
    /**
     * Reads one.
     *
     * @throws IllegalArgumentException with what is wrong, to stand behind the setting's name; it never
     *     holds the value of a secret
     */
    T read(String text, Deployment deployment);
  }

  /** The parts of {@code .env.example}. */
  enum Section {
    SERVER("Server"),
    STRIPE("Stripe"),
    SOLD("What is sold"),
    SIGN_IN("Sign-in"),
    DATABASE("Database"),
    MOVE("Moving to another store"),
    WEBHOOKS("Webhooks and stored data"),
    MAIL("Mail"),
    IMPORT("Importing"),
    WEB("Web"),
    REPORTING("Reporting");

    private final String title;

    Section(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  /** When a value must be there. */
  enum Need {
    NONE("no"),
    ALWAYS("yes"),
    IN_PRODUCTION("in production"),
    WITH_POSTGRES("with `BILLING_STORE=postgres`"),
    WITH_SUPABASE("with `BILLING_STORE=supabase`");

    private final String text;

    Need(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  /** Values are several, with commas between. */
  Setting<T> list() {
    list = true;
    return this;
  }

  Setting<T> required(Need value) {
    need = value;
    return this;
  }

  /** What counts where it is missing. */
  Setting<T> byDefault(String value) {
    return byDefault(value, value);
  }

  Setting<T> byDefault(String inProduction, String elsewhere) {
    defaultValue = inProduction;
    defaultOutsideProduction = elsewhere;
    return this;
  }

  /** What it decides, in sentences. */
  Setting<T> means(String text) {
    meaning = text;
    return this;
  }

  /** What to do where it is missing or wrong, as the end of a sentence. */
  Setting<T> remedy(String text) {
    remedy = text;
    return this;
  }

  /** A value that can be used; none for a secret. */
  Setting<T> example(String value) {
    example = value;
    return this;
  }

  /** A value that can't be used, for the test of its check. */
  Setting<T> wrong(String value) {
    wrong = value;
    return this;
  }

  /** What {@code .env.example} sets it to. Default: nothing. */
  Setting<T> initially(String value) {
    initial = Optional.of(value);
    return this;
  }

  /** It stands for all variables of such names. */
  Setting<T> family(Pattern names) {
    family = Optional.of(names);
    return this;
  }

  String name() {
    return name;
  }

  Section section() {
    return section;
  }

  /** What it wants, as a reader of the documents sees it. */
  String type() {
    return list ? "list of " + type : type;
  }

  boolean isList() {
    return list;
  }

  Need need() {
    return need;
  }

  /** What counts where it is missing; empty for nothing. */
  String defaultValue(Deployment deployment) {
    return deployment == Deployment.PRODUCTION ? defaultValue : defaultOutsideProduction;
  }

  String meaning() {
    return meaning;
  }

  String remedy() {
    return remedy;
  }

  String example() {
    return example;
  }

  String wrong() {
    return wrong;
  }

  String initial() {
    return initial.orElse("");
  }

  Optional<Pattern> family() {
    return family;
  }

  T read(String text, Deployment deployment) {
    return reader.read(text, deployment);
  }

  @Override
  public String toString() {
    return name;
  }
}
