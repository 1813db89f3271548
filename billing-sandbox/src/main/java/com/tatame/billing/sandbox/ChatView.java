package com.tatame.billing.sandbox;

import com.tatame.billing.conversation.Message;
import java.util.List;
import java.util.Optional;

/**
 * What the chat shows.
 *
 * @param sold whether the catalog says anything about conversations
 * @param name who is signed in
 * @param messages the last ones, in their order
 * @param standing how many messages are used, in words; empty before the first of a visitor
 */
public record ChatView(
    boolean sold, Optional<String> name, List<Message> messages, Optional<String> standing) {}
