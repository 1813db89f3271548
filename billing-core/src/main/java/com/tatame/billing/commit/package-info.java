/** Commits that several callers share. */
@NullMarked
package com.tatame.billing.commit;

import org.jspecify.annotations.NullMarked;
