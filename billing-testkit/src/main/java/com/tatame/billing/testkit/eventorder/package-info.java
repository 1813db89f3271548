/**
 * Order proof: whatever the order in which events arrive, however often and however late, and
 * wherever its programs crash, a webhook handler must end in the provider's own state.
 */
@NullMarked
package com.tatame.billing.testkit.eventorder;

import org.jspecify.annotations.NullMarked;
