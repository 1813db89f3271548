package com.tatame.billing.customer;

import com.tatame.billing.observation.Observation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Role of the provider: all of its customers. */
public interface CustomerList {
  /** Most customers on one page. */
  int MAX_PAGE = 100;

  /**
   * Where a page ended.
   *
   * @param createdAt when the provider created the customer, if that could be read
   */
  record Cursor(String customerId, Optional<Instant> createdAt) {}

  /**
   * One page of the customers that are not deleted, newest first.
   *
   * @param after only those behind this cursor, also if its customer was deleted since; then some
   *     that came before it may be listed again
   * @param limit 1 to {@link #MAX_PAGE}
   * @return reads; none once there are no more
   * @throws com.tatame.billing.failure.ProviderUnavailable if it could not be read
   */
  List<Observation> page(Optional<Cursor> after, int limit);
}
