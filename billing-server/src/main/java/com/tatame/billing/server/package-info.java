/**
 * The program: configuration from the environment, the catalog file, the composition root and the
 * command line.
 */
@NullMarked
package com.tatame.billing.server;

import org.jspecify.annotations.NullMarked;
