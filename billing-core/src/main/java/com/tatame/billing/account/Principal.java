package com.tatame.billing.account;

import java.util.Optional;

/**
 * A caller whose proof of identity was verified.
 *
 * @param account whose data the caller reads and changes
 * @param issuer who vouches for the caller
 * @param subject the caller at that issuer
 * @param administrator never granted by a role inside an organisation
 */
public record Principal(
    AccountId account,
    String issuer,
    String subject,
    Optional<String> email,
    Optional<String> name,
    boolean administrator) {}
