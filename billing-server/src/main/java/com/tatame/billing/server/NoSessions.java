package com.tatame.billing.server;

import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.SessionHandler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.session.ManagedSession;

/**
 * Makes no servlet sessions: they would be kept in memory, one for each request
 * without a cookie. A servlet context can't be without a session handler.
 */
final class NoSessions extends SessionHandler {
  @Override
  public void newSession(Request request, String requestedId, Consumer<ManagedSession> made) {
    // None is made; the caller gets null.
  }
}
