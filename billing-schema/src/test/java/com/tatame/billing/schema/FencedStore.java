package com.tatame.billing.schema;

import com.tatame.billing.failure.StoreUnavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A store with a fence and a log of what it executed. Every function but {@code read_v1} writes. */
final class FencedStore implements SqlFunctions {
  static final String READ = "read_v1";

  private final String name;
  private final List<String> executed = new ArrayList<>();
  private String mode;
  private Optional<String> move = Optional.of("move_1");
  private Optional<RuntimeException> failure = Optional.empty();
  private Optional<String> modeAnswer = Optional.empty();
  private boolean takesTexts = true;
  private int looks;
  private int closed;

  FencedStore(String name, String mode) {
    this.name = name;
    this.mode = mode;
  }

  synchronized void become(String newMode) {
    mode = newMode;
  }

  synchronized void partOf(Optional<String> newMove) {
    move = newMove;
  }

  /** Fails every call from now on, questions for its mode included. */
  synchronized void fail(RuntimeException with) {
    failure = Optional.of(with);
  }

  synchronized void answerModeWith(String text) {
    modeAnswer = Optional.of(text);
  }

  synchronized void takeDocumentsAlone() {
    takesTexts = false;
  }

  synchronized List<String> executed() {
    return List.copyOf(executed);
  }

  synchronized int looks() {
    return looks;
  }

  synchronized int closed() {
    return closed;
  }

  @Override
  public synchronized String call(String function, String argument) {
    if (function.equals("store_mode_v1")) {
      looks++;
    }
    failure.ifPresent(with -> {
      throw with;
    });
    if (function.equals("store_mode_v1")) {
      return modeAnswer.orElseGet(() -> "{\"mode\":\"" + mode + "\",\"recording\":true,\"move\":"
          + move.map(id -> "\"" + id + "\"").orElse("null") + "}");
    }
    if (!function.equals(READ) && !mode.equals("open")) {
      throw new SqlFunctionFailed(Optional.of("PT503"), Optional.empty(), null);
    }
    executed.add(argument);
    return "\"" + name + "\"";
  }

  @Override
  public synchronized Optional<String> call(String function, String argument, List<String> texts) {
    return takesTexts ? Optional.of(call(function, argument + texts)) : Optional.empty();
  }

  @Override
  public synchronized void close() {
    closed++;
    fail(new StoreUnavailable("closed"));
  }
}
