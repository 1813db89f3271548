package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.idempotency.IdempotencyStore;
import java.time.Duration;
import java.time.Instant;

/** Answers to requests that carry a key, behind their functions. */
final class IdempotencyFunctions implements IdempotencyStore {
  private final Functions functions;

  IdempotencyFunctions(Functions functions) {
    this.functions = functions;
  }

  private static Row of(AccountId account, String key, String lease) {
    return Row.empty().with("account_id", account.value()).with("key", key).with("lease", lease);
  }

  @Override
  public Reservation reserve(
      AccountId account,
      String key,
      String fingerprint,
      String lease,
      Instant now,
      Duration leaseTime) {
    Row answer = new Row(functions.call(
        "reserve_key_v1",
        of(account, key, lease)
            .with("fingerprint", fingerprint)
            .with("now", now)
            .with("lease_until", now.plus(leaseTime))));
    String outcome = answer.text("outcome");
    return switch (outcome) {
      case "fresh" -> new Fresh();
      case "replay" -> new Replay(answer.integer("status"), answer.text("body"));
      case "reused" -> new Reused();
      case "running" -> new Running();
      default -> throw new IllegalStateException("unknown reservation " + outcome);
    };
  }

  @Override
  public boolean extend(
      AccountId account, String key, String lease, Instant now, Duration leaseTime) {
    return functions
        .call("extend_key_v1", of(account, key, lease).with("lease_until", now.plus(leaseTime)))
        .booleanValue();
  }

  @Override
  public boolean complete(
      AccountId account, String key, String lease, int status, String body, Instant now) {
    return functions
        .call("complete_key_v1", of(account, key, lease).with("status", status).with("body", body))
        .booleanValue();
  }

  @Override
  public void release(AccountId account, String key, String lease) {
    functions.call("release_key_v1", of(account, key, lease));
  }

  @Override
  public int prune(Instant before) {
    return functions.call("prune_keys_v1", Row.empty().with("before", before)).intValue();
  }
}
