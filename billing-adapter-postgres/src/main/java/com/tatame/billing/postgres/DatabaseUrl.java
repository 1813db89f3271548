package com.tatame.billing.postgres;

import com.tatame.billing.failure.ValidationFailed;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A database's address for JDBC, with the credentials apart, so that the address can be shown.
 *
 * @param user if the address names one
 * @param password if the address holds one
 * @param preparesStatements false if it says that a pooler stands between
 */
record DatabaseUrl(
    String jdbc, Optional<String> user, Optional<String> password, boolean preparesStatements) {
  private static final String FIELD = "databaseUrl";
  private static final String JDBC = "jdbc:postgresql:";
  private static final Pattern LIBPQ =
      Pattern.compile("postgres(?:ql)?://(?:(?<user>[^:@/?]*)(?::(?<password>[^@/?]*))?@)?"
          + "(?<hosts>[^@/?]*)(?:/(?<database>[^?]*))?(?:\\?(?<query>.*))?");

  private static final Pattern PARAMETER =
      Pattern.compile("(?<name>[^&=]*)(?:=(?<value>[^&]*))?(?:&|$)");

  /** What libpq calls these parameters, and what the driver does. */
  private static final Map<String, String> PARAMETERS = Map.ofEntries(
      Map.entry("sslmode", "sslmode"),
      Map.entry("sslrootcert", "sslrootcert"),
      Map.entry("sslcert", "sslcert"),
      Map.entry("sslkey", "sslkey"),
      Map.entry("channel_binding", "channelBinding"),
      Map.entry("application_name", "ApplicationName"),
      Map.entry("connect_timeout", "connectTimeout"),
      Map.entry("options", "options"));

  private static final Map<String, String> SERVER_TYPES = Map.of(
      "any", "any",
      "read-write", "primary",
      "primary", "primary",
      "prefer-standby", "preferSecondary");

  @Override
  public String toString() {
    return jdbc;
  }

  /**
   * Reads a JDBC address, or one of libpq's ({@code postgres://user:password@host:port/database}),
   * whose parts are percent-encoded.
   *
   * @throws ValidationFailed saying what is wrong, without the address
   */
  static DatabaseUrl parse(String url) {
    return url.startsWith(JDBC) ? ofJdbc(url) : ofLibpq(url);
  }

  // Flyway and the pool show the address in messages: credentials must not stay in it.
  private static DatabaseUrl ofJdbc(String url) {
    int question = url.indexOf('?');
    if (question < 0) {
      return new DatabaseUrl(url, Optional.empty(), Optional.empty(), true);
    }
    Map<String, String> driver = parameters(url.substring(question + 1));
    Optional<String> user = Optional.ofNullable(driver.remove("user"));
    Optional<String> password = Optional.ofNullable(driver.remove("password"));
    return new DatabaseUrl(url.substring(0, question) + query(driver), user, password, true);
  }

  private static DatabaseUrl ofLibpq(String url) {
    Matcher parts = LIBPQ.matcher(url);
    if (!parts.matches()) {
      throw ValidationFailed.of(
          FIELD, "must look like jdbc:postgresql://host/database or postgres://user@host/database");
    }
    Optional<String> hosts = part(parts, "hosts");
    Optional<String> database = part(parts, "database");
    if (hosts.isEmpty() || database.isEmpty()) {
      throw ValidationFailed.of(FIELD, "must name a host and a database");
    }
    Query query = new Query();
    part(parts, "query").ifPresent(query::read);
    return new DatabaseUrl(
        JDBC + "//" + hosts.get() + "/" + encoded(decoded(database.get())) + query.encoded(),
        part(parts, "user").map(DatabaseUrl::decoded).or(() -> query.user),
        part(parts, "password").map(DatabaseUrl::decoded).or(() -> query.password),
        query.preparesStatements);
  }

  private static Optional<String> part(Matcher parts, String name) {
    return Optional.ofNullable(parts.group(name)).filter(part -> !part.isEmpty());
  }

  // Unlike a form's, a plus sign in an address is a plus sign.
  private static String decoded(String part) {
    try {
      return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ValidationFailed.of(FIELD, "has a part that is not percent-encoded as it should be");
    }
  }

  private static String encoded(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new TreeMap<>();
    Matcher each = PARAMETER.matcher(query);
    while (each.find() && each.start() < query.length()) {
      if (each.group("name").isEmpty() || each.group("value") == null) {
        throw ValidationFailed.of(FIELD, "has a parameter without a name or a value");
      }
      parameters.put(decoded(each.group("name")), decoded(each.group("value")));
    }
    return parameters;
  }

  private static String query(Map<String, String> parameters) {
    StringBuilder query = new StringBuilder();
    parameters.forEach((name, value) ->
        query.append(query.isEmpty() ? '?' : '&').append(name).append('=').append(encoded(value)));
    return query.toString();
  }

  private static final class Query {
    private final Map<String, String> driver = new TreeMap<>();
    private Optional<String> user = Optional.empty();
    private Optional<String> password = Optional.empty();
    private boolean preparesStatements = true;

    void read(String query) {
      parameters(query).forEach((name, value) -> read(name, value));
    }

    private void read(String name, String value) {
      switch (name) {
        case "user" -> user = Optional.of(value);
        case "password" -> password = Optional.of(value);
        // As libpq reads it; the driver's own ssl=true would demand a verified certificate.
        case "ssl" -> {
          if (Boolean.parseBoolean(value)) {
            driver.putIfAbsent("sslmode", "require");
          }
        }
        case "pgbouncer" -> preparesStatements = !Boolean.parseBoolean(value);
        case "target_session_attrs" -> {
          String type = SERVER_TYPES.get(value);
          if (type == null) {
            throw ValidationFailed.of(FIELD, "has a target_session_attrs that is not supported");
          }
          driver.put("targetServerType", type);
        }
        default -> {
          String known = PARAMETERS.get(name);
          if (known == null) {
            throw ValidationFailed.of(FIELD, "has a parameter that is not supported: " + name);
          }
          driver.put(known, value);
        }
      }
    }

    String encoded() {
      return query(driver);
    }
  }
}
