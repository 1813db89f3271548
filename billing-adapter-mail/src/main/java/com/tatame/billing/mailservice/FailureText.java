package com.tatame.billing.mailservice;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Why a connection failed, in a few words. The words of exceptions stay out: they quote addresses, and
 * what the other side sent.
 */
final class FailureText {
  private static final int MAX_CAUSES = 10;

  private FailureText() {}

  static String of(Throwable failure) {
    @Nullable Throwable cause = failure;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      if (cause instanceof UnknownHostException) {
        return "the host name is not known";
      }
      if (cause instanceof SocketTimeoutException) {
        return "no answer in time";
      }
      if (cause instanceof NoRouteToHostException) {
        return "no route to the host";
      }
      if (cause instanceof ConnectException) {
        return "connection refused";
      }
      if (cause instanceof CertificateException) {
        return "the certificate is not trusted, or for another host";
      }
      if (cause instanceof SSLException && cause.getCause() == null) {
        return "the TLS connection failed";
      }
      cause = cause.getCause();
    }
    return "the connection was closed before an answer";
  }
}
