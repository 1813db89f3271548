package com.tatame.billing.stripe;

import com.stripe.exception.ApiConnectionException;
import com.stripe.net.HttpHeaders;
import com.stripe.net.StripeRequest;
import com.stripe.net.StripeResponse;
import com.tatame.billing.workload.WorkContext;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends a request exactly once. The library's own transport silently sends a POST or DELETE again
 * when a connection breaks, after which a conflict or a "not found" would no longer prove that
 * nothing was done.
 */
final class JdkHttp extends com.stripe.net.HttpClient {
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(2);

  private final HttpClient client;
  private final Duration wholeAnswer;

  JdkHttp(Duration connectTimeout, Duration readTimeout) {
    this.client = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(connectTimeout)
        .build();
    this.wholeAnswer = connectTimeout.plus(readTimeout);
  }

  @Override
  public StripeResponse request(StripeRequest request) throws ApiConnectionException {
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(translated(request), HttpResponse.BodyHandlers.ofString());
    try {
      // The client's own timeout ends with the headers; a body that stalls would block for ever.
      HttpResponse<String> response = answer.get(maxWait().toMillis(), TimeUnit.MILLISECONDS);
      return new StripeResponse(
          response.statusCode(), HttpHeaders.of(response.headers().map()), response.body());
    } catch (ExecutionException e) {
      throw unanswered(Optional.ofNullable(e.getCause()).orElse(e));
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw unanswered(new HttpTimeoutException("no whole answer in time"));
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw unanswered(new InterruptedIOException("interrupted while waiting for the answer"));
    }
  }

  private Duration maxWait() {
    return WorkContext.current()
        .map(WorkContext::remaining)
        .filter(left -> left.compareTo(wholeAnswer) < 0)
        .map(left -> left.isNegative() ? Duration.ZERO : left)
        .orElse(wholeAnswer);
  }

  /** Whether anything answers at an address. */
  boolean answers(URI address) {
    HttpRequest request = HttpRequest.newBuilder(address)
        .method("HEAD", HttpRequest.BodyPublishers.noBody())
        .timeout(PROBE_TIMEOUT)
        .build();
    try {
      client.send(request, HttpResponse.BodyHandlers.discarding());
      return true;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static ApiConnectionException unanswered(Throwable cause) {
    return new ApiConnectionException("Stripe did not answer", cause);
  }

  /** Without the library's telemetry, which it adds unless it is switched off for the whole JVM. */
  private static HttpRequest translated(StripeRequest request) {
    HttpRequest.Builder translated = HttpRequest.newBuilder(
            URI.create(request.url().toString()))
        .header("User-Agent", buildUserAgentString(request));
    request.headers().map().forEach((name, values) -> {
      if (!name.equalsIgnoreCase("X-Stripe-Client-Telemetry")) {
        values.forEach(value -> translated.setHeader(name, value));
      }
    });
    HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.noBody();
    if (request.content() != null) {
      translated.setHeader("Content-Type", request.content().contentType());
      body = HttpRequest.BodyPublishers.ofByteArray(request.content().byteArrayContent());
    }
    return translated.method(request.method().name(), body).build();
  }
}
