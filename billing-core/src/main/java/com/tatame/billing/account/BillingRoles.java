package com.tatame.billing.account;

import com.tatame.billing.failure.Forbidden;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The roles inside an organisation that may change what it buys and see how it pays.
 *
 * @param names without the prefix {@code org:}
 */
public record BillingRoles(Set<String> names) {
  /** {@code admin}, {@code owner} and {@code billing}. */
  public static final BillingRoles DEFAULT = new BillingRoles(Set.of("admin", "owner", "billing"));

  private static final String PREFIX = "org:";

  /** Takes names with or without the prefix. */
  public BillingRoles {
    names = Set.copyOf(names.stream().map(BillingRoles::withoutPrefix).toList());
  }

  /**
   * Whether the caller decides about the account's money: everybody about a personal account, a
   * member of an organisation by the role in it, and API keys and administrators always.
   */
  public boolean include(Principal caller) {
    return caller.isApiKey()
        || caller.administrator()
        || caller
            .organizationRole()
            .map(role -> names.contains(withoutPrefix(role)))
            .orElse(true);
  }

  /**
   * Refuses who doesn't decide about the account's money.
   *
   * @throws Forbidden naming the roles that do
   */
  public void require(Principal caller) {
    if (!include(caller)) {
      throw new Forbidden(
          "Only a member with a billing role may do this for the organisation: ask one of its "
              + names.stream().sorted().collect(Collectors.joining(", ")) + ".");
    }
  }

  private static String withoutPrefix(String role) {
    return role.startsWith(PREFIX) ? role.substring(PREFIX.length()) : role;
  }
}
