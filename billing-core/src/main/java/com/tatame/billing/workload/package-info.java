/** Bulkheads: classes of work, each with a share of what is scarce and a time limit of its own. */
@NullMarked
package com.tatame.billing.workload;

import org.jspecify.annotations.NullMarked;
