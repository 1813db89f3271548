/**
 * What happened, for the record.
 */
@NullMarked
package com.tatame.billing.audit;

import org.jspecify.annotations.NullMarked;
