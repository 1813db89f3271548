package com.tatame.billing.tax;

import java.util.Optional;

/**
 * Where a buyer is taxed.
 *
 * @param country ISO 3166, two letters, upper case
 * @param state as the country divides itself, such as {@code CA}; needed in some countries
 */
public record TaxAddress(
    String country,
    Optional<String> state,
    Optional<String> city,
    Optional<String> postalCode,
    Optional<String> line1) {}
