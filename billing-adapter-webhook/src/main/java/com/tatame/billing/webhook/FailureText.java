package com.tatame.billing.webhook;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;

/**
 * What went wrong, in a few words for those who look after the endpoint. The words of exceptions
 * stay out: they quote addresses and what the other side sent.
 */
final class FailureText {
  private static final int MAX_CAUSES = 10;

  private final Duration connectTimeout;
  private final Duration timeout;

  FailureText(Duration connectTimeout, Duration timeout) {
    this.connectTimeout = connectTimeout;
    this.timeout = timeout;
  }

  /** Of an answer; empty for those that say that the request was received. */
  static Optional<String> of(int status) {
    if (status >= 200 && status < 300) {
      return Optional.empty();
    }
    return Optional.of("answered " + status
        + (status >= 300 && status < 400 ? ": redirects are not followed" : ""));
  }

  String timedOut() {
    return "no answer within " + text(timeout);
  }

  // From the special to the general: most of these are kinds of those below them.
  String of(Throwable failure) {
    if (failure instanceof PublicAddressResolver.NotPublic refused) {
      return String.valueOf(refused.getMessage());
    }
    if (failure instanceof UnknownHostException) {
      return "the host name is not known";
    }
    if (failure instanceof ConnectionRequestTimeoutException) {
      return "too many requests to this host at a time";
    }
    if (failure instanceof ConnectTimeoutException) {
      return "no connection within " + text(connectTimeout);
    }
    if (failure instanceof SocketTimeoutException) {
      return timedOut();
    }
    if (failure instanceof NoRouteToHostException) {
      return "no route to the host";
    }
    if (failure instanceof ConnectException) {
      return "connection refused";
    }
    if (failure instanceof SSLException) {
      return ofTls(failure);
    }
    if (failure instanceof NoHttpResponseException
        || failure instanceof ConnectionClosedException
        || failure instanceof SocketException) {
      return "the connection was closed before an answer";
    }
    if (failure instanceof ClientProtocolException
        || failure instanceof MessageConstraintException) {
      return "the answer is not HTTP, or its headers are too long";
    }
    return "the request failed: " + failure.getClass().getSimpleName();
  }

  private static String ofTls(Throwable failure) {
    boolean certificate = false;
    boolean path = false;
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      if (cause instanceof CertificateExpiredException) {
        return "the certificate has expired";
      }
      if (cause instanceof CertificateNotYetValidException) {
        return "the certificate is not valid yet";
      }
      path |=
          cause instanceof CertPathBuilderException || cause instanceof CertPathValidatorException;
      certificate |= cause instanceof CertificateException;
      cause = cause.getCause();
    }
    if (path) {
      return "the certificate is not trusted";
    }
    // What remains when a certificate is trusted is its name.
    return certificate ? "the certificate is for another host" : "the TLS handshake failed";
  }

  private static String text(Duration duration) {
    return duration.toMillisPart() == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
  }
}
