package com.tatame.billing.metering;

import java.time.Instant;

/** Role of the provider: meters, which add up what customers use until it is billed. */
public interface UsageMeters {
  /**
   * Units that were used together.
   *
   * @param id under which the provider counts them once, for a day at least
   * @param meter the name of its events
   * @param units less than 0 takes back what was counted before
   * @param at when they were used: within the last 35 days, whole seconds
   */
  record MeterEvent(String id, String meter, String customerId, long units, Instant at) {}

  /**
   * Counts units. An event of the same id that was counted before is not counted again, and that is
   * no error.
   *
   * @throws com.tatame.billing.failure.ProviderRejected if the provider will never count them
   * @throws com.tatame.billing.failure.ProviderUnavailable telling whether they may be counted
   */
  void send(MeterEvent event);

  /**
   * What a meter counted for a customer. The provider takes a while until what it was sent is in it.
   *
   * @param from inclusive, whole minutes
   * @param until exclusive, whole minutes
   * @throws com.tatame.billing.failure.ProviderRejected if there is no such meter
   */
  long counted(String meter, String customerId, Instant from, Instant until);
}
