package com.tatame.billing.http;

import java.util.Optional;

/**
 * Who may read the metrics.
 *
 * @param open everybody, as in a sandbox
 * @param token callers that send it; without one, and not open, none
 */
record MetricsAccess(boolean open, Optional<String> token) {}
