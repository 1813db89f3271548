/**
 * Conversations with an assistant: threads of messages, of which each user's message takes a unit of
 * the plan in the commit that stores it.
 */
@NullMarked
package com.tatame.billing.conversation;

import org.jspecify.annotations.NullMarked;
