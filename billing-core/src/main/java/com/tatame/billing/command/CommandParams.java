package com.tatame.billing.command;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Collects the parameters of a command that is about to be written down. */
public final class CommandParams {
  private final Map<String, String> stored;

  private CommandParams(Map<String, String> stored) {
    this.stored = new TreeMap<>(stored);
  }

  /** Without any yet. */
  public static CommandParams none() {
    return new CommandParams(Map.of());
  }

  /** Those of the customer whose state the command changes, to begin with. */
  public static CommandParams ofCustomer(String customerId) {
    return none().with(CommandParam.CUSTOMER, customerId);
  }

  /** A copy of these, to begin with. */
  public static CommandParams of(Map<String, String> stored) {
    return new CommandParams(stored);
  }

  /** Adds one. */
  public <T> CommandParams with(CommandParam<T> param, T value) {
    stored.put(param.name(), param.stored(value));
    return this;
  }

  /** Adds one if there is a value. */
  public <T> CommandParams with(CommandParam<T> param, Optional<T> value) {
    value.ifPresent(present -> with(param, present));
    return this;
  }

  /** Takes one out. */
  public CommandParams without(CommandParam<?> param) {
    stored.remove(param.name());
    return this;
  }

  /** By name, as they are stored. */
  public Map<String, String> asMap() {
    return new TreeMap<>(stored);
  }
}
