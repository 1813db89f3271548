package com.tatame.billing.mailservice;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.Closer;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Requests to the API of a mail service by HTTP/1.1: each is sent once, and an error says whether the
 * service may have it.
 */
final class ServiceClient implements AutoCloseable {
  private static final Duration MAX_CONNECT = Duration.ofSeconds(5);
  private static final Duration MAX_AGE = Duration.ofMinutes(5);
  private static final Duration IDLE = Duration.ofSeconds(30);
  private static final String USER_AGENT = "tatame-billing/1";
  private static final ContentType JSON = ContentType.create("application/json");
  private static final int MAX_BODY = 65_536;
  private static final int MAX_CONNECTIONS = 32;

  private final InstantSource clock;
  private final TimeLimit limit;
  private final CloseableHttpClient client;

  ServiceClient(Duration timeout, InstantSource clock) {
    this.clock = clock;
    this.limit = new TimeLimit(timeout);
    Duration connect = timeout.compareTo(MAX_CONNECT) < 0 ? timeout : MAX_CONNECT;
    this.client = HttpClientBuilder.create()
        .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
            .setDefaultConnectionConfig(ConnectionConfig.custom()
                .setConnectTimeout(Timeout.of(connect))
                .setSocketTimeout(Timeout.of(timeout))
                .setTimeToLive(TimeValue.of(MAX_AGE))
                // There is no retry here, so that a connection that the other side has closed must
                // not be used.
                .setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS)
                .build())
            .setMaxConnPerRoute(MAX_CONNECTIONS)
            .setMaxConnTotal(MAX_CONNECTIONS)
            .build())
        .setUserAgent(USER_AGENT)
        .setDefaultRequestConfig(RequestConfig.custom()
            .setConnectionRequestTimeout(Timeout.of(timeout))
            .setProtocolUpgradeEnabled(false)
            .build())
        .disableRedirectHandling()
        .disableAutomaticRetries()
        .disableCookieManagement()
        .disableAuthCaching()
        .disableContentCompression()
        .evictIdleConnections(TimeValue.of(IDLE))
        .build();
  }

  /** What the service answered; names of headers are in lower case. */
  record Answer(int status, Map<String, String> headers, String body) {
    Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)))
          .map(String::strip)
          .filter(value -> !value.isEmpty());
    }

    boolean isSuccess() {
      return status >= 200 && status < 300;
    }

    /**
     * Whether the service may have done what was asked for. Gateways answer so, too, when they lose
     * what stands behind them.
     */
    boolean isUncertain() {
      return status != 503 && (status >= 500 || status < 200);
    }
  }

  /** There was no answer; the message says why. */
  static final class NoAnswer extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean sent;

    NoAnswer(String why, boolean sent) {
      super(why, null, false, false);
      this.sent = sent;
    }

    /** Whether the service may have got the request. */
    boolean mayBeSent() {
      return sent;
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }

  Answer post(URI url, Map<String, String> headers, byte[] json) throws NoAnswer {
    Handover handover = new Handover();
    HttpPost post = new HttpPost(url);
    post.setEntity(new HttpEntityWrapper(new ByteArrayEntity(json, JSON)) {
      @Override
      public void writeTo(OutputStream out) throws IOException {
        if (!handover.begin()) {
          throw new IOException("given up");
        }
        super.writeTo(out);
      }
    });
    return exchange(post, headers, handover);
  }

  Answer get(URI url, Map<String, String> headers) throws NoAnswer {
    return exchange(new HttpGet(url), headers, new Handover());
  }

  private Answer exchange(
      HttpUriRequestBase request, Map<String, String> headers, Handover handover) throws NoAnswer {
    headers.forEach(request::setHeader);
    request.setHeader("Accept", "application/json");
    try {
      return limit.call(() -> answer(request), request::cancel);
    } catch (TimeLimit.Exceeded e) {
      throw new NoAnswer(e.getMessage(), !handover.giveUp());
    } catch (ExecutionException e) {
      throw new NoAnswer(
          FailureText.of(e.getCause() == null ? e : e.getCause()), !handover.giveUp());
    }
  }

  private Answer answer(HttpUriRequestBase request) throws IOException, HttpException {
    ClassicHttpResponse response = client.executeOpen(null, request, null);
    try {
      Map<String, String> headers = new TreeMap<>();
      for (Header header : response.getHeaders()) {
        headers.put(header.getName().toLowerCase(Locale.ROOT), String.valueOf(header.getValue()));
      }
      return new Answer(response.getCode(), headers, body(request, response.getEntity()));
    } finally {
      Closer.closeQuietly(response);
    }
  }

  private static String body(HttpUriRequestBase request, HttpEntity entity) {
    if (entity == null) {
      return "";
    }
    try {
      InputStream content = entity.getContent();
      byte[] read = content == null ? new byte[0] : content.readNBytes(MAX_BODY);
      if (read.length == MAX_BODY) {
        // Closing the answer would read the rest first.
        request.cancel();
      }
      return new String(read, StandardCharsets.UTF_8);
    } catch (IOException e) {
      // The status has come, which says whether the service has the mail.
      return "";
    }
  }

  /** When it may be tried again, as the answer says: seconds from now, or a second of the clock. */
  Optional<Instant> retryAfter(Answer answer, String resetHeader) {
    Instant now = clock.instant();
    Optional<Instant> after =
        answer.header("Retry-After").flatMap(ServiceClient::number).map(now::plusSeconds);
    return after
        .or(() ->
            answer.header(resetHeader).flatMap(ServiceClient::number).map(Instant::ofEpochSecond))
        .filter(instant -> instant.isAfter(now));
  }

  private static Optional<Long> number(String text) {
    return text.matches("\\d{1,10}") ? Optional.of(Long.parseLong(text)) : Optional.empty();
  }

  @Override
  public void close() {
    client.close(CloseMode.IMMEDIATE);
    limit.close();
  }
}
