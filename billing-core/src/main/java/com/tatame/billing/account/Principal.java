package com.tatame.billing.account;

import java.util.Optional;

/**
 * A caller whose proof of identity was verified.
 *
 * @param account whose data the caller reads and changes
 * @param issuer who vouches for the caller
 * @param subject the caller at that issuer
 * @param administrator never granted by a role inside an organisation
 * @param organizationRole the role in the organisation whose account it is, {@code ""} if the proof
 *     names none; empty for a personal account, a visitor and an API key
 */
public record Principal(
    AccountId account,
    String issuer,
    String subject,
    Optional<String> email,
    Optional<String> name,
    boolean administrator,
    Optional<String> organizationRole) {
  private static final String API_KEYS = "urn:tatame:billing:api-key";
  private static final String ANONYMOUS = "urn:tatame:billing:anonymous";

  /** A user; if the account is not the subject's own, a member of an organisation without a role. */
  public Principal(
      AccountId account,
      String issuer,
      String subject,
      Optional<String> email,
      Optional<String> name,
      boolean administrator) {
    this(
        account,
        issuer,
        subject,
        email,
        name,
        administrator,
        account.value().equals(subject) ? Optional.empty() : Optional.of(""));
  }

  /**
   * A user who buys for himself: the account is the user's own.
   *
   * @param issuer who vouches for the user, such as the address of the sign-in service
   * @param user the user's id there, and the id of the account
   */
  public static Principal ofUser(String issuer, String user) {
    return new Principal(
        new AccountId(user), issuer, user, Optional.empty(), Optional.empty(), false);
  }

  /**
   * A user who acts for an organisation, whose account it is then. Only its billing roles change what
   * it buys, see {@link BillingRoles}.
   *
   * @param issuer who vouches for the user, such as the address of the sign-in service
   * @param user the user's id there
   * @param organization its id there, and the id of the account
   * @param role of the user in the organisation, such as {@code member} or {@code admin}
   */
  public static Principal ofMember(String issuer, String user, String organization, String role) {
    return new Principal(
        new AccountId(organization),
        issuer,
        user,
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.of(role));
  }

  /** The same caller with this e-mail address, to which the provider sends receipts. */
  public Principal withEmail(String address) {
    return new Principal(
        account, issuer, subject, Optional.of(address), name, administrator, organizationRole);
  }

  /** The same caller with this name, as receipts show it. */
  public Principal withName(String fullName) {
    return new Principal(
        account, issuer, subject, email, Optional.of(fullName), administrator, organizationRole);
  }

  /** A visitor who has not signed in, and whose account is the session alone. */
  public static Principal ofAnonymous(AccountId session) {
    return new Principal(
        session, ANONYMOUS, session.value(), Optional.empty(), Optional.empty(), false);
  }

  /** The holder of an API key, who has neither e-mail address nor name. */
  public static Principal ofApiKey(AccountId account, String keyId, boolean administrator) {
    return new Principal(
        account,
        API_KEYS,
        keyId,
        Optional.empty(),
        Optional.empty(),
        administrator,
        Optional.empty());
  }

  /** Whether it is a visitor who has not signed in. */
  public boolean isAnonymous() {
    return issuer.equals(ANONYMOUS);
  }

  /** Whether what it says of use and money is believed: an API key or an administrator. */
  public boolean isTrusted() {
    return isApiKey() || administrator;
  }

  /** Whether it is a program with an API key, and no user of the account. */
  public boolean isApiKey() {
    return issuer.equals(API_KEYS);
  }
}
