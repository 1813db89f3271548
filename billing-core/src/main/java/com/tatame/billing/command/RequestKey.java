package com.tatame.billing.command;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

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
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update((scope.length() + "\n" + scope).getBytes(StandardCharsets.UTF_8));
      return new RequestKey(
          HexFormat.of().formatHex(digest.digest(idempotencyKey.getBytes(StandardCharsets.UTF_8))));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
