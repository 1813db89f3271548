/**
 * Caches in front of the store, each bounded. Entries have a time to live or carry the version that a
 * commit verifies, and are evicted when this process commits a change of what they hold.
 */
@NullMarked
package com.tatame.billing.cache;

import org.jspecify.annotations.NullMarked;
