package com.tatame.billing.command;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A parameter of commands: its name, and how its values are stored. Handlers write their parameters
 * by {@link CommandParams} and read them here, so that each has one stored form. Commands of earlier
 * releases are read, too: neither a name nor a form may change.
 *
 * @param <T> type of its values
 */
public final class CommandParam<T> {
  /** The provider's id of the customer whose state a command changes. */
  public static final CommandParam<String> CUSTOMER = text("customer");

  private final String name;
  private final Function<T, String> write;
  private final Function<String, T> read;

  private CommandParam(String name, Function<T, String> write, Function<String, T> read) {
    this.name = name;
    this.write = write;
    this.read = read;
  }

  /** Text, stored as it is. */
  public static CommandParam<String> text(String name) {
    return new CommandParam<>(name, Function.identity(), Function.identity());
  }

  /** A whole number. */
  public static CommandParam<Long> number(String name) {
    return new CommandParam<>(name, String::valueOf, Long::valueOf);
  }

  /** A small whole number. */
  public static CommandParam<Integer> integer(String name) {
    return new CommandParam<>(name, String::valueOf, Integer::valueOf);
  }

  /** An exact number with decimals. */
  public static CommandParam<BigDecimal> decimal(String name) {
    return new CommandParam<>(name, BigDecimal::toPlainString, BigDecimal::new);
  }

  /** {@code true} or {@code false}. */
  public static CommandParam<Boolean> flag(String name) {
    return choice(name, new Boolean[] {true, false}, String::valueOf);
  }

  /** An instant, stored in whole seconds since 1970. */
  public static CommandParam<Instant> second(String name) {
    return new CommandParam<>(name, CommandParam::seconds, CommandParam::instant);
  }

  /** Instants as {@link #second} stores them, with commas between them. */
  public static CommandParam<List<Instant>> seconds(String name) {
    return new CommandParam<>(
        name,
        instants -> instants.stream().map(CommandParam::seconds).collect(Collectors.joining(",")),
        text -> Stream.of(text.split(",", -1)).map(CommandParam::instant).toList());
  }

  /**
   * One of some values.
   *
   * @param code how each is stored
   */
  public static <T> CommandParam<T> choice(String name, T[] values, Function<T, String> code) {
    List<T> choices = List.of(values);
    return new CommandParam<>(
        name,
        code,
        text -> choices.stream()
            .filter(value -> code.apply(value).equals(text))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("not one of " + choices)));
  }

  private static String seconds(Instant instant) {
    return Long.toString(instant.getEpochSecond());
  }

  private static Instant instant(String seconds) {
    return Instant.ofEpochSecond(Long.parseLong(seconds));
  }

  /**
   * What a command says.
   *
   * @throws BadCommandParam if it lacks this, or it can't be read
   */
  public T get(Command command) {
    return find(command).orElseThrow(() -> new BadCommandParam(command.kind(), name));
  }

  /**
   * What a command says; empty if it lacks this.
   *
   * @throws BadCommandParam if it can't be read
   */
  public Optional<T> find(Command command) {
    return Optional.ofNullable(command.params().get(name)).map(stored -> {
      try {
        return read.apply(stored);
      } catch (IllegalArgumentException | DateTimeException e) {
        throw new BadCommandParam(command.kind(), name, e);
      }
    });
  }

  String name() {
    return name;
  }

  String stored(T value) {
    return write.apply(value);
  }
}
