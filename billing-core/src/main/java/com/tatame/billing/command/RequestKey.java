package com.tatame.billing.command;

import com.tatame.billing.text.Sha256;

/**
 * One request of one caller, however often it is sent: what is kept of an idempotency key beside the
 * commands that the request made. A hash, so that it has one length and shows nothing of the caller.
 */
public record RequestKey(String value) {
  /**
   * The key of a request.
   *
   * @param scope within which the caller chooses its keys, such as its account
   * @param idempotencyKey as the caller sent it
   */
  public static RequestKey of(String scope, String idempotencyKey) {
    return new RequestKey(Sha256.hex(scope.length() + "\n" + scope + idempotencyKey));
  }
}
