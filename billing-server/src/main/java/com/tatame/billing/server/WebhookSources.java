package com.tatame.billing.server;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where webhooks may come from, which their signature proves better: a second lock for those whose
 * rules ask for one.
 *
 * @param listed empty for anywhere
 */
record WebhookSources(Optional<AddressRanges> listed) {
  /** Stands for what Stripe publishes. */
  private static final String STRIPE = "stripe";

  // As published on 2026-05-15. Changes are announced a week ahead.
  private static final List<String> OF_STRIPE = List.of(
      "3.18.12.63",
      "3.69.109.8",
      "3.120.168.93",
      "3.130.192.231",
      "13.235.14.237",
      "13.235.122.149",
      "18.211.135.69",
      "35.154.171.200",
      "35.157.207.129",
      "52.15.183.38",
      "54.88.130.119",
      "54.88.130.237",
      "54.187.174.169",
      "54.187.205.235",
      "54.187.216.72");

  /**
   * Reads one entry of a list.
   *
   * @throws IllegalArgumentException if it is neither {@code stripe} nor an address or a range
   */
  static List<AddressRanges.Range> parse(String text) {
    try {
      return (text.equals(STRIPE) ? OF_STRIPE.stream() : Stream.of(text))
          .map(AddressRanges.Range::parse)
          .toList();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "must list stripe, addresses or ranges such as 10.0.0.0/8: " + text, e);
    }
  }

  static WebhookSources of(List<List<AddressRanges.Range>> entries) {
    return new WebhookSources(
        entries.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new AddressRanges(entries.stream().flatMap(List::stream).toList())));
  }

  boolean admit(String client) {
    return listed.map(ranges -> ranges.contain(client)).orElse(true);
  }

  /** For the report about the configuration. */
  @Override
  public String toString() {
    return listed.map(ranges -> ranges.ranges().size() + " addresses or ranges").orElse("anywhere");
  }
}
