package com.tatame.billing.command;

import com.tatame.billing.account.AccountId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An outgoing mutation. Its parameters are frozen when it is written down, so that every sending
 * has the same bytes.
 *
 * @param target what it is about: of one account, kind and target at most one command is open
 * @param generation rises only with proof that the one before was not executed
 * @param firstSentAt wall time; the provider deletes idempotency keys a day later
 * @param result id of the object that it made or changed
 * @param error why it was rejected or needs an operator, safe to show
 * @param request the request that it was made for, if that carried an idempotency key
 * @param resolutions what persons decided about it, oldest first
 */
public record Command(
    CommandId id,
    AccountId account,
    CommandKind kind,
    String target,
    SortedMap<String, String> params,
    CommandState state,
    int generation,
    Instant createdAt,
    Optional<Instant> firstSentAt,
    Optional<String> result,
    Optional<String> error,
    Optional<RequestKey> request,
    List<Resolution> resolutions) {
  private static final Duration CLOCKS_APART = Duration.ofDays(1);
  private static final String KEY_PREFIX = "cmd_";

  public Command {
    resolutions = List.copyOf(resolutions);
    params = Collections.unmodifiableSortedMap(new TreeMap<>(params));
  }

  /** A command that is about to be written down, for the request that the thread works for. */
  public static Command planned(
      CommandId id,
      AccountId account,
      CommandKind kind,
      String target,
      Map<String, String> params,
      Instant createdAt) {
    return new Command(
        id,
        account,
        kind,
        target,
        new TreeMap<>(params),
        CommandState.PLANNED,
        1,
        createdAt,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        RequestScope.current(),
        List.of());
  }

  /** This command, made for a request. */
  public Command madeFor(RequestKey key) {
    return new Command(
        id,
        account,
        kind,
        target,
        params,
        state,
        generation,
        createdAt,
        firstSentAt,
        result,
        error,
        Optional.of(key),
        resolutions);
  }

  /** Whether this is the planned command itself, or one that the same request made before. */
  public boolean answers(Command planned) {
    return id.equals(planned.id) || (request.isPresent() && request.equals(planned.request));
  }

  /** The parameters without personal data, for operators. */
  public SortedMap<String, String> shownParams() {
    SortedMap<String, String> shown = new TreeMap<>(params);
    shown.keySet().removeIf(param -> !kind.shows(param));
    return shown;
  }

  /**
   * Nothing that it did at the provider is older, by the provider's clock: that one may differ from
   * ours.
   */
  Instant tracesSince() {
    return firstSentAt.orElse(createdAt).minus(CLOCKS_APART);
  }

  /** The provider executes what is sent under one key at most once. */
  public String idempotencyKey() {
    return KEY_PREFIX + id.value() + ":" + generation;
  }

  /** The command to which an idempotency key belongs; empty for a key of another program. */
  public static Optional<String> idOfKey(String idempotencyKey) {
    int end = idempotencyKey.lastIndexOf(':');
    return idempotencyKey.startsWith(KEY_PREFIX) && end > KEY_PREFIX.length()
        ? Optional.of(idempotencyKey.substring(KEY_PREFIX.length(), end))
        : Optional.empty();
  }
}
