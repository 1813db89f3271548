package com.tatame.billing.audit;

import com.tatame.billing.account.Principal;

/**
 * Who made a change, as a kind and an id, such as {@code user:user_alice} or {@code api_key:bk_1}. Ids
 * are pseudonyms: neither names nor e-mail addresses.
 *
 * @param value at most 512 characters; stored, so that a form that is in use must never change
 */
public record AuditActor(String value) {
  /** A program that embeds the library and named no caller, see {@link AuditScope}. */
  public static final AuditActor PROGRAM = new AuditActor("program");

  /** A person at the command line of the server. */
  public static final AuditActor CLI = new AuditActor("cli");

  /** A caller that a route does not ask who it is. */
  public static final AuditActor ANYONE = new AuditActor("anyone");

  private static final int MAX_LENGTH = 512;

  public AuditActor {
    if (value.isBlank() || value.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("an actor has 1 to " + MAX_LENGTH + " characters");
    }
  }

  /** A caller whose proof of identity was verified. */
  public static AuditActor of(Principal caller) {
    if (caller.isApiKey()) {
      return new AuditActor("api_key:" + caller.subject());
    } else if (caller.isAnonymous()) {
      return new AuditActor("visitor:" + caller.account().value());
    }
    boolean member = caller.organizationRole().isPresent();
    // The account of a user tells issuers apart, and so does the organisation of a member.
    String id = member ? caller.subject() : caller.account().value();
    if (caller.administrator()) {
      return new AuditActor("administrator:" + id);
    }
    return new AuditActor((member ? "member:" : "user:") + id);
  }

  /** Work without a caller. */
  public static AuditActor system(String task) {
    return new AuditActor("system:" + task);
  }
}
