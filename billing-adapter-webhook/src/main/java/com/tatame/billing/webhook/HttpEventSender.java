package com.tatame.billing.webhook;

import com.tatame.billing.outbox.EventSender;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.Closer;
import org.apache.hc.core5.ssl.SSLContexts;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Sends events by HTTP/1.1 with Apache HttpClient. An answer from 200 to 299 says that the event was
 * received; anything else, redirects included, is a failure. At most {@value #MAX_BODY} bytes of an
 * answer's body are read, and none are kept. Thread-safe.
 */
public final class HttpEventSender implements EventSender {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration TIMEOUT = Duration.ofSeconds(15);
  private static final String USER_AGENT = "tatame-billing/1";
  /** Without a charset, which JSON has not. */
  private static final ContentType JSON = ContentType.create("application/json");

  private static final int MAX_BODY = 4096;
  private static final int MAX_HEADERS = 100;
  private static final int MAX_HEADER_CHARS = 8192;
  /** Twice the deliveries that the core makes to an endpoint at a time: two may be on one host. */
  private static final int MAX_CONNECTIONS_OF_A_HOST = 16;
  /** What 50 endpoints take, the most that there are: hosts that hang never use up the others' share. */
  private static final int MAX_CONNECTIONS = 400;

  private static final Duration IDLE = Duration.ofSeconds(30);
  /** After this a name is resolved anew, so that an endpoint that moved is followed. */
  private static final Duration MAX_AGE = Duration.ofMinutes(5);

  private final EndpointUrls urls;
  private final FailureText failures;
  private final Duration timeout;
  private final CloseableHttpClient client;
  private final ExecutorService threads = Executors.newCachedThreadPool(HttpEventSender::thread);

  HttpEventSender(
      boolean privateAddresses,
      Duration connectTimeout,
      Duration timeout,
      DnsResolver dns,
      SSLContext tls) {
    this.urls = new EndpointUrls(privateAddresses);
    this.failures = new FailureText(connectTimeout, timeout);
    this.timeout = timeout;
    this.client = client(
        connections(connectTimeout, timeout, new PublicAddressResolver(dns, privateAddresses), tls),
        connectTimeout);
  }

  /**
   * A sender that waits 5 seconds for a connection and 15 seconds for a whole answer. It trusts the
   * certificates that Java trusts, and uses no proxy.
   *
   * @param privateAddresses whether it also sends to addresses that are not public, and by http
   */
  public static HttpEventSender create(boolean privateAddresses) {
    return new HttpEventSender(
        privateAddresses,
        CONNECT_TIMEOUT,
        TIMEOUT,
        SystemDefaultDnsResolver.INSTANCE,
        SSLContexts.createDefault());
  }

  private static HttpClientConnectionManager connections(
      Duration connectTimeout, Duration timeout, DnsResolver dns, SSLContext tls) {
    return PoolingHttpClientConnectionManagerBuilder.create()
        .setDnsResolver(dns)
        .setTlsSocketStrategy(
            new DefaultClientTlsStrategy(tls, HostnameVerificationPolicy.BUILTIN, null))
        .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
            .http1Config(Http1Config.custom()
                .setMaxHeaderCount(MAX_HEADERS)
                .setMaxLineLength(MAX_HEADER_CHARS)
                .build())
            .build())
        .setDefaultConnectionConfig(ConnectionConfig.custom()
            .setConnectTimeout(Timeout.of(connectTimeout))
            // Only for a thread that was given up and whose socket was not closed.
            .setSocketTimeout(Timeout.of(timeout.multipliedBy(2)))
            .setTimeToLive(TimeValue.of(MAX_AGE))
            // There is no retry here, so that a connection that the other side has closed must not
            // be used.
            .setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS)
            .build())
        .setMaxConnPerRoute(MAX_CONNECTIONS_OF_A_HOST)
        .setMaxConnTotal(MAX_CONNECTIONS)
        .build();
  }

  private static CloseableHttpClient client(
      HttpClientConnectionManager connections, Duration connectTimeout) {
    return HttpClientBuilder.create()
        .setConnectionManager(connections)
        // A proxy, also one of the system, would resolve the name itself.
        .setRoutePlanner(new DefaultRoutePlanner(DefaultSchemePortResolver.INSTANCE))
        .setUserAgent(USER_AGENT)
        .setDefaultRequestConfig(RequestConfig.custom()
            .setConnectionRequestTimeout(Timeout.of(connectTimeout))
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

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "billing-event-sender");
    thread.setDaemon(true);
    return thread;
  }

  /** What the URL must be and isn't, as a sentence without its subject. */
  @Override
  public Optional<String> refuses(URI url) {
    return urls.refuses(url);
  }

  @Override
  public Answer send(Request request) {
    long begun = System.nanoTime();
    Optional<Integer> status = Optional.empty();
    Optional<String> error;
    try {
      int answered = exchange(post(request));
      status = Optional.of(answered);
      error = FailureText.of(answered);
    } catch (NotSent e) {
      error = Optional.of(e.getMessage());
    }
    return new Answer(status, error, Duration.ofNanos(System.nanoTime() - begun));
  }

  /** There was no answer; the message says why. */
  private static final class NotSent extends Exception {
    private static final long serialVersionUID = 1L;

    NotSent(String why) {
      super(why, null, false, false);
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }

  private HttpPost post(Request request) throws NotSent {
    // The setting may be another one than when the endpoint was added.
    Optional<String> refused = refuses(request.url());
    if (refused.isPresent()) {
      throw new NotSent("the URL " + refused.get());
    }
    byte[] body = request.body().getBytes(StandardCharsets.UTF_8);
    WebhookSignature signature;
    try {
      signature = WebhookSignature.of(request, body);
    } catch (IllegalArgumentException e) {
      throw new NotSent(String.valueOf(e.getMessage()));
    }
    HttpPost post = new HttpPost(request.url());
    post.setEntity(new ByteArrayEntity(body, JSON));
    post.setHeader("webhook-id", signature.id());
    post.setHeader("webhook-timestamp", signature.timestamp());
    post.setHeader("webhook-signature", signature.signatures());
    return post;
  }

  /**
   * The status of the answer. The exchange has a thread of its own: resolving a name can't be
   * interrupted, and the timeouts of sockets begin anew with each byte of a slow answer.
   */
  private int exchange(HttpPost post) throws NotSent {
    Future<Integer> exchange;
    try {
      exchange = threads.submit(() -> status(post));
    } catch (RejectedExecutionException e) {
      throw new NotSent("the sender is closed");
    }
    try {
      return exchange.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      post.cancel();
      throw new NotSent(failures.timedOut());
    } catch (InterruptedException e) {
      post.cancel();
      Thread.currentThread().interrupt();
      throw new NotSent("interrupted");
    } catch (ExecutionException e) {
      throw new NotSent(failures.of(e.getCause() == null ? e : e.getCause()));
    }
  }

  private int status(HttpPost post) throws IOException, HttpException {
    ClassicHttpResponse response =
        client.executeOpen(RoutingSupport.determineHost(post), post, null);
    try {
      if (!isReadWhole(response.getEntity())) {
        // Closing it would read the rest first.
        post.cancel();
      }
    } finally {
      Closer.closeQuietly(response);
    }
    return response.getCode();
  }

  /** A body that was read whole leaves its connection to the next request. */
  private static boolean isReadWhole(HttpEntity body) {
    if (body == null) {
      return true;
    }
    try {
      InputStream content = body.getContent();
      return content == null || content.readNBytes(MAX_BODY).length < MAX_BODY;
    } catch (IOException e) {
      // The status has come, and nothing else of the answer counts.
      return false;
    }
  }

  /** Ends the requests that are under way. */
  @Override
  public void close() {
    client.close(CloseMode.IMMEDIATE);
    threads.shutdownNow();
  }
}
