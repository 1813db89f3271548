package com.tatame.billing.supabase;

import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.schema.ReadOnlyCache;
import com.tatame.billing.schema.SqlFunctionFailed;
import com.tatame.billing.schema.SqlFunctions;
import com.tatame.billing.workload.Bulkhead;
import com.tatame.billing.workload.CircuitBreaker;
import com.tatame.billing.workload.WorkContext;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Calls the schema's functions over the Data API, each call one request and one transaction. While the
 * project refuses connections, calls fail at once.
 */
final class RestFunctions implements SqlFunctions {
  private static final String USER_AGENT = "tatame-billing/1";
  private static final String JSON = "application/json";
  private static final int SUCCESS = 200;

  /** Under way at a time: the API behind has a pool of connections, too. */
  private static final int MAX_REQUESTS = 20;

  private static final Duration PROBE_LIMIT = Duration.ofSeconds(5);

  /**
   * A write that finds no row to change. PostgREST chooses by itself whether a transaction may write, so
   * that what a database is set to says less than what becomes of a write.
   */
  private static final String WRITES_NOTHING = "release_key_v1";

  private static final String NO_KEY = "{\"account_id\":\"\",\"key\":\"\",\"lease\":\"\"}";

  /**
   * Refused connections in a row after which the project counts as down. All other failures that pass
   * are tried until the retry time is over: a project that loads its schema again needs some seconds.
   */
  private static final int MAX_REFUSED_CONNECTIONS = 5;

  private final SupabaseConfig config;
  private final ServiceKey key;
  private final RandomGenerator random;
  private final Backoff backoff;
  private final Pause pause;
  private final InstantSource clock;
  private final HttpClient client;
  private final Bulkhead requests = Bulkhead.ofConnections(MAX_REQUESTS);
  private final CircuitBreaker breaker;
  private final ReadOnlyCache readOnly;
  private volatile boolean closed;

  /** Lets time pass. */
  interface Pause {
    void take(Duration duration) throws InterruptedException;
  }

  /**
   * Calls nothing yet.
   *
   * @param pause how a caller waits before the next attempt
   * @param probePause how the prober waits while the project is down
   */
  RestFunctions(
      SupabaseConfig config,
      RandomGenerator random,
      Pause pause,
      Consumer<Duration> probePause,
      InstantSource clock,
      ReadOnlyCache readOnly) {
    this.config = config;
    this.breaker = new CircuitBreaker("the project", this::answers, probePause);
    this.readOnly = readOnly;
    this.key = new ServiceKey(config.serviceKey());
    this.random = random;
    this.backoff = new Backoff(random);
    this.pause = pause;
    this.clock = clock;
    this.client = HttpClient.newBuilder()
        // A connection that the gateway gives up then takes one call with it, not all.
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(config.connectTimeout())
        .build();
  }

  @Override
  public String call(String function, String argument) {
    return RetrySafety.of(function) == RetrySafety.DEDUPLICATED
        ? ask(RetrySafety.ONCE, once(function, argument))
        : ask(function, argument);
  }

  private String once(String function, String argument) {
    UUID request = new UUID(random.nextLong(), random.nextLong());
    return "{\"request\":\"" + request + "\",\"function\":\"" + function + "\",\"argument\":"
        + argument + "}";
  }

  private String ask(String function, String argument) {
    refuseWhileDown();
    Bulkhead.Permit permit = requests
        .enter(inTime(config.callTimeout()))
        .orElseThrow(() -> new StoreUnavailable(
            "The project is busy: as many calls as such work may make are under way."));
    try (permit) {
      return askUntilAnswered(function, argument);
    }
  }

  private void refuseWhileDown() {
    if (breaker.open()) {
      throw new StoreUnavailable("The project is down: it refuses connections.");
    }
  }

  /** The time, or what the calling thread has left if that is less. */
  private static Duration inTime(Duration most) {
    return WorkContext.current()
        .map(WorkContext::remaining)
        .filter(left -> left.compareTo(most) < 0)
        .orElse(most);
  }

  private String askUntilAnswered(String function, String argument) {
    Duration callTime = inTime(config.callTimeout());
    if (callTime.toMillis() <= 0) {
      throw new StoreUnavailable("The project is busy: no time is left for the call.");
    }
    HttpRequest request = request(function, argument, callTime);
    Instant end = clock.instant().plus(inTime(config.retryTime()));
    for (int failures = 1; ; failures++) {
      refuseWhileDown();
      DataApiFailure failure;
      try {
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        if (isAnswer(response)) {
          return response.body();
        }
        failure = failure(function, response);
      } catch (IOException e) {
        failure = DataApiFailure.of(e);
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
      boolean givenUp = failure.outage() && failures == MAX_REFUSED_CONNECTIONS;
      if (!failure.passing() || givenUp || !waited(failures, end)) {
        throw noted(failure);
      }
    }
  }

  /** What is remembered of a failure for other calls: that none can succeed, or none that writes. */
  private RuntimeException noted(DataApiFailure failure) {
    if (failure.outage()) {
      breaker.trip();
    }
    if (failure.reason() instanceof SqlFunctionFailed refused
        && ReadOnlyCache.isReadOnly(refused.sqlState())) {
      readOnly.note();
    }
    return failure.reason();
  }

  /** Whether the project takes connections again; what it refuses for good, it answers, too. */
  private boolean answers() {
    try {
      HttpResponse<String> response =
          client.send(request("ping_v1", "{}", PROBE_LIMIT), BodyHandlers.ofString());
      return isAnswer(response) || !failure("ping_v1", response).passing();
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private HttpRequest request(String function, String argument, Duration callTime) {
    if (closed) {
      throw new StoreUnavailable("The store is closed.");
    }
    HttpRequest.Builder request = HttpRequest.newBuilder(config.functionUri(function))
        .timeout(callTime)
        .header("apikey", key.apiKey())
        .header("Content-Profile", config.schema())
        .header("Content-Type", JSON)
        .header("Accept", JSON)
        .header("User-Agent", USER_AGENT)
        .POST(BodyPublishers.ofString("{\"p\":" + argument + "}"));
    key.bearer().ifPresent(bearer -> request.header("Authorization", bearer));
    return request.build();
  }

  private static boolean isAnswer(HttpResponse<String> response) {
    return response.statusCode() == SUCCESS && isJson(response);
  }

  private static boolean isJson(HttpResponse<String> response) {
    return response.headers().firstValue("Content-Type").orElse("").startsWith(JSON);
  }

  private DataApiFailure failure(String function, HttpResponse<String> response) {
    int status = response.statusCode();
    return status == SUCCESS
        ? DataApiFailure.notJson(status)
        : DataApiFailure.of(status, response.body(), function, config.schema());
  }

  private boolean waited(int failures, Instant end) {
    Duration wait = backoff.after(failures);
    if (clock.instant().plus(wait).isAfter(end)) {
      return false;
    }
    try {
      pause.take(wait);
      return true;
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static StoreUnavailable interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new StoreUnavailable("The call was interrupted.", e);
  }

  @Override
  public boolean readOnly() {
    if (readOnly.fresh()) {
      return true;
    }
    try {
      ask(WRITES_NOTHING, NO_KEY);
      return false;
    } catch (SqlFunctionFailed e) {
      if (ReadOnlyCache.isReadOnly(e.sqlState())) {
        return true;
      }
      throw e;
    }
  }

  @Override
  public boolean down() {
    return breaker.open();
  }

  @Override
  public void close() {
    closed = true;
    breaker.end();
  }
}
