package com.tatame.billing.account;

import java.util.Optional;

/**
 * Whose a private thing is, such as a conversation. In an organisation's account it is one member's,
 * and no other member sees it.
 *
 * @param member the subject of the organisation's member; empty for a personal account, a visitor and
 *     an API key
 */
public record Owner(AccountId account, Optional<String> member) {
  /** Of an account that one person has. */
  public static Owner of(AccountId account) {
    return new Owner(account, Optional.empty());
  }

  /** What the caller writes is the caller's own. */
  public static Owner of(Principal caller) {
    return new Owner(caller.account(), caller.organizationRole().map(role -> caller.subject()));
  }
}
