package com.tatame.billing.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class FailureTextTest {
  private static final String QUOTED = "10.0.0.7 said <secret>";

  @ParameterizedTest
  @MethodSource
  void failureHasAShortTextWithoutWhatTheOtherSideSaid(Throwable failure, String text) {
    assertThat(new FailureText(Duration.ofSeconds(5), Duration.ofSeconds(15)).of(failure))
        .isEqualTo(text);
  }

  static Stream<Arguments> failureHasAShortTextWithoutWhatTheOtherSideSaid() {
    return Stream.of(
        arguments(new UnknownHostException(QUOTED), "the host name is not known"),
        arguments(new ConnectTimeoutException(QUOTED), "no connection within 5 s"),
        arguments(new SocketTimeoutException(QUOTED), "no answer within 15 s"),
        arguments(
            new ConnectionRequestTimeoutException(QUOTED),
            "too many requests to this host at a time"),
        arguments(new NoRouteToHostException(QUOTED), "no route to the host"),
        arguments(new ConnectException(QUOTED), "connection refused"),
        arguments(new SocketException(QUOTED), "the connection was closed before an answer"),
        arguments(
            new NoHttpResponseException(QUOTED), "the connection was closed before an answer"),
        arguments(
            new ClientProtocolException(QUOTED),
            "the answer is not HTTP, or its headers are too long"),
        arguments(tls(new CertPathBuilderException(QUOTED)), "the certificate is not trusted"),
        arguments(
            tls(new CertificateNotYetValidException(QUOTED)), "the certificate is not valid yet"),
        arguments(tls(new CertificateException(QUOTED)), "the certificate is for another host"),
        arguments(new SSLException(QUOTED), "the TLS handshake failed"),
        arguments(new IllegalStateException(QUOTED), "the request failed: IllegalStateException"));
  }

  @ParameterizedTest
  @CsvSource({
    "200,",
    "202,",
    "204,",
    "299,",
    "300, answered 300: redirects are not followed",
    "308, answered 308: redirects are not followed",
    "400, answered 400",
    "410, answered 410",
    "429, answered 429",
    "503, answered 503"
  })
  void onlyStatusFrom200To299IsReceived(int status, String error) {
    assertThat(FailureText.of(status).orElse(null)).isEqualTo(error);
  }

  private static Throwable tls(Throwable cause) {
    return new SSLHandshakeException(QUOTED).initCause(cause);
  }
}
