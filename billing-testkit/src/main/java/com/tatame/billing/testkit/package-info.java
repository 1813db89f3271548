/**
 * What an adapter is tested with and what an application is tested against: contracts as executable
 * specifications, in-memory adapters that keep them, and a test identity issuer.
 */
@NullMarked
package com.tatame.billing.testkit;

import org.jspecify.annotations.NullMarked;
