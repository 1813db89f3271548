/**
 * Where what is stored differs from what the provider holds, and how it is put right.
 */
@NullMarked
package com.tatame.billing.drift;

import org.jspecify.annotations.NullMarked;
