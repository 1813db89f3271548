package com.tatame.billing.customer;

import java.util.Optional;

/**
 * An address as invoices show it.
 *
 * @param country ISO 3166-1, two letters, upper case
 * @param state as the country divides itself, such as {@code CA}
 */
public record PostalAddress(
    Optional<String> line1,
    Optional<String> line2,
    Optional<String> city,
    Optional<String> state,
    Optional<String> postalCode,
    String country) {}
