package com.tatame.billing.command;

import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import java.time.Instant;
import java.util.Optional;

/**
 * Role of the provider: what our commands left behind there. Both questions are answered by lists,
 * which are complete, and never by its search, which lags behind.
 */
public interface CommandTraces {
  /**
   * The object that a command made: the one with the command in its metadata.
   *
   * @param owner the customer (of a refund: the payment) whose objects are looked through; empty for
   *     kinds without an account
   * @param since objects created before are not looked at, by the provider's clock
   * @throws IllegalArgumentException for a kind that carries no command, or whose owner is missing
   */
  Optional<ObjectRef> made(
      ObjectKind kind, Optional<String> owner, String commandId, Instant since);

  /**
   * The object of this kind that a request with this idempotency key changed, as the provider's
   * events of the last thirty days tell. A key that the given one is the beginning of, up to a colon,
   * counts as well: some commands take two requests.
   *
   * @param since events before are not looked at, by the provider's clock
   */
  Optional<ObjectRef> changed(ObjectKind kind, String idempotencyKey, Instant since);
}
