/**
 * A second subscription of one plan family: found, and dealt with as the catalog says.
 */
@NullMarked
package com.tatame.billing.duplicate;

import org.jspecify.annotations.NullMarked;
