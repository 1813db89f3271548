/**
 * Sends events to endpoints of others, signed as the Standard Webhooks specification says. {@link
 * com.tatame.billing.webhook.HttpEventSender} is the one way in; no type of the HTTP client leaves this package.
 */
@NullMarked
package com.tatame.billing.webhook;

import org.jspecify.annotations.NullMarked;
