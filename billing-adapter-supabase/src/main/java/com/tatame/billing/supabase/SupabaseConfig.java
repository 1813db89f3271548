package com.tatame.billing.supabase;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.failure.ValidationFailed.FieldError;
import com.tatame.billing.schema.Migrations;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where the project is and how it is used. Its text form does not show the key.
 *
 * @param url of the project, without a path: {@code https://ref.supabase.co}
 * @param serviceKey a secret key ({@code sb_secret_…}), or the legacy token of the service role
 * @param schema that the migrations created and that the Data API exposes; lower case
 * @param connectTimeout for a new connection
 * @param callTimeout for one request; longer than the API's wait for a connection and its limit for
 *     statements together, or an answer that would have come is given up
 * @param retryTime after which a call that keeps failing is not asked again
 */
public record SupabaseConfig(
    String url,
    String serviceKey,
    String schema,
    Duration connectTimeout,
    Duration callTimeout,
    Duration retryTime) {
  private static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(3);
  // The API waits 10 s for a connection, and a statement may take 8 s.
  private static final Duration DEFAULT_CALL_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration DEFAULT_RETRY_TIME = Duration.ofSeconds(30);

  private static final Pattern SCHEMA = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

  /** Loopback, or a name that only a network of one's own knows. */
  private static final Pattern NEARBY =
      Pattern.compile("127(\\.\\d{1,3}){3}|\\[::1\\]|[A-Za-z0-9_-]+");

  /**
   * Checks all values.
   *
   * @throws ValidationFailed naming every value that can't be used, never the key itself
   */
  public SupabaseConfig {
    List<FieldError> errors = new ArrayList<>();
    problem(url).ifPresent(problem -> errors.add(new FieldError("supabaseUrl", problem)));
    new ServiceKey(serviceKey)
        .problem()
        .ifPresent(problem -> errors.add(new FieldError("supabaseServiceRoleKey", problem)));
    if (!SCHEMA.matcher(schema).matches() || schema.startsWith("pg_")) {
      errors.add(new FieldError(
          "schema", "must be lower-case letters, digits and underscores, and not start with pg_"));
    }
    if (connectTimeout.isNegative() || connectTimeout.isZero()) {
      errors.add(new FieldError("connectTimeout", "must be positive"));
    }
    if (callTimeout.isNegative() || callTimeout.isZero()) {
      errors.add(new FieldError("callTimeout", "must be positive"));
    }
    if (retryTime.isNegative()) {
      errors.add(new FieldError("retryTime", "must not be negative"));
    }
    if (!errors.isEmpty()) {
      throw new ValidationFailed(errors);
    }
  }

  /** All defaults: schema {@code billing}, 20 s for a request, 30 s of retries. */
  public static SupabaseConfig of(String url, String serviceKey) {
    return new SupabaseConfig(
        url,
        serviceKey,
        Migrations.DEFAULT_SCHEMA,
        DEFAULT_CONNECT_TIMEOUT,
        DEFAULT_CALL_TIMEOUT,
        DEFAULT_RETRY_TIME);
  }

  public SupabaseConfig withSchema(String newSchema) {
    return new SupabaseConfig(url, serviceKey, newSchema, connectTimeout, callTimeout, retryTime);
  }

  public SupabaseConfig withConnectTimeout(Duration newTimeout) {
    return new SupabaseConfig(url, serviceKey, schema, newTimeout, callTimeout, retryTime);
  }

  public SupabaseConfig withCallTimeout(Duration newTimeout) {
    return new SupabaseConfig(url, serviceKey, schema, connectTimeout, newTimeout, retryTime);
  }

  public SupabaseConfig withRetryTime(Duration newRetryTime) {
    return new SupabaseConfig(url, serviceKey, schema, connectTimeout, callTimeout, newRetryTime);
  }

  private static Optional<String> problem(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      return Optional.of("must look like https://ref.supabase.co");
    }
    boolean https = "https".equalsIgnoreCase(uri.getScheme());
    if (uri.getHost() == null || !(https || "http".equalsIgnoreCase(uri.getScheme()))) {
      return Optional.of("must look like https://ref.supabase.co");
    }
    String path = Optional.ofNullable(uri.getRawPath()).orElse("");
    if (!(path.isEmpty() || path.equals("/"))
        || uri.getRawUserInfo() != null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      return Optional.of(
          "must be the project's address alone, such as https://ref.supabase.co, without a path");
    }
    if (!https && !NEARBY.matcher(uri.getHost()).matches()) {
      return Optional.of("must begin with https://, or the key would travel in the clear");
    }
    return Optional.empty();
  }

  /** Where a function of the schema is called. */
  URI functionUri(String function) {
    String root = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    return URI.create(root + "/rest/v1/rpc/" + function);
  }

  @Override
  public String toString() {
    return "SupabaseConfig[url=" + url + ", schema=" + schema + "]";
  }
}
