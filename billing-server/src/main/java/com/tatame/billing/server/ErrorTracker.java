package com.tatame.billing.server;

import io.sentry.ISentryClient;
import io.sentry.SentryClient;
import io.sentry.SentryEvent;
import io.sentry.SentryOptions;
import io.sentry.protocol.SentryException;
import java.util.List;
import java.util.Locale;

/**
 * Reports unexpected failures to a tracker that speaks Sentry's protocol: which failure, where in
 * the code, in which request and release. Messages stay here, since they may quote what people sent.
 */
final class ErrorTracker implements AutoCloseable {
  private final ISentryClient client;

  ErrorTracker(Secret dsn, Deployment deployment) {
    SentryOptions options = new SentryOptions();
    options.setDsn(dsn.value());
    options.setEnvironment(deployment.name().toLowerCase(Locale.ROOT));
    options.setRelease("tatame-billing@" + Version.current());
    options.addInAppInclude("com.tatame.billing");
    options.setAttachServerName(false);
    options.setSendClientReports(false);
    options.setBeforeSend((event, hint) -> withoutMessages(event));
    client = new SentryClient(options);
  }

  private static SentryEvent withoutMessages(SentryEvent event) {
    List<SentryException> exceptions = event.getExceptions();
    if (exceptions != null) {
      exceptions.forEach(exception -> exception.setValue(null));
    }
    return event;
  }

  /**
   * Reports a request that failed, in the background.
   *
   * @param route the method and the path's template
   */
  void request(Exception failure, String route, String requestId) {
    SentryEvent event = new SentryEvent(failure);
    event.setTransaction(route);
    event.setTag("request_id", requestId);
    client.captureEvent(event);
  }

  /** Reports a worker that failed, in the background. */
  void worker(RuntimeException failure) {
    SentryEvent event = new SentryEvent(failure);
    event.setTransaction("worker");
    client.captureEvent(event);
  }

  /** Sends what waits, for two seconds at most. */
  @Override
  public void close() {
    client.close();
  }
}
