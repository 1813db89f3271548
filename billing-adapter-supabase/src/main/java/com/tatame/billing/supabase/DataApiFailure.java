package com.tatame.billing.supabase;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.schema.SqlFunctionFailed;
import com.tatame.billing.workload.CircuitBreaker;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A call that failed. Codes and constraints are taken from what the API says, and never its words:
 * {@code details} hold the values of rows.
 *
 * @param kind what it says about the project
 * @param reason for the caller, after the last attempt
 */
record DataApiFailure(Kind kind, RuntimeException reason) {
  /** What a failure says about the project. */
  enum Kind {
    /** Nothing takes connections, here or behind the API: no other call can succeed either. */
    OUTAGE,
    /** The same request can succeed in a moment. */
    PASSING,
    /** It can't. */
    LASTING,
    /** It can't until the settings of the project, or of this program, are changed. */
    SETUP
  }

  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern SQL_STATE = Pattern.compile("[0-9A-Z]{5}");
  private static final Pattern CONSTRAINT = Pattern.compile("constraint \"([^\"]+)\"");
  private static final String INTEGRITY = "23";
  private static final String NOT_GRANTED = "42501";

  /** A function, a table. */
  private static final Set<String> MISSING = Set.of("42883", "42P01");

  /** Rolled back: a deadlock, a lock that is not free, a statement that took too long. */
  private static final Set<String> ROLLED_BACK = Set.of("40P01", "55P03", "57014");

  /** Connection, resources, shutdown, system: what comes and goes with the database. */
  private static final Set<String> PASSING_CLASSES = Set.of("08", "53", "58");

  private static final String SHUTDOWN = "57P";

  /**
   * What PostgREST quotes of a connection that it did not get although the database is there: it has as
   * many as it takes, or it is slow. In the details, which name the host and no rows.
   */
  private static final Pattern BUSY = Pattern.compile(
      "too many (clients|connections)|remaining connection slots|max(imum)? client|timeout expired");

  /** PostgREST begins each transaction that may write as one that may, which a replica refuses. */
  private static final String FEATURE_NOT_SUPPORTED = "0A000";

  private static final String ON_A_REPLICA = "during recovery";
  private static final String READ_ONLY = "25006";

  private static final int UNAUTHORIZED = 401;
  private static final int RESTRICTED = 402;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int FIRST_CLIENT_FAULT = 400;
  private static final int TOO_SLOW = 408;
  private static final int TOO_MANY = 429;
  private static final int SERVER_FAULT = 500;
  private static final int PAUSED = 540;

  /** Cloudflare's, in front of a hosted project that refused its connection, or to which no way leads. */
  private static final Set<Integer> ORIGIN_DOWN = Set.of(521, 523);

  private static DataApiFailure passing(String message) {
    return new DataApiFailure(Kind.PASSING, new StoreUnavailable(message));
  }

  private static DataApiFailure outage(String message) {
    return new DataApiFailure(Kind.OUTAGE, new StoreUnavailable(message));
  }

  private static DataApiFailure setup(String message) {
    return new DataApiFailure(Kind.SETUP, new StoreUnavailable(message, new NotSetUp(message)));
  }

  /** Whether the same request can succeed in a moment. */
  boolean passing() {
    return kind == Kind.PASSING || outage();
  }

  /** Whether nothing takes connections. Slowness, or a pool that is in use, is none. */
  boolean outage() {
    return kind == Kind.OUTAGE;
  }

  /** No answer came. */
  static DataApiFailure of(IOException e) {
    String message = e instanceof HttpTimeoutException
        ? "The project did not answer in time."
        : "The project can't be reached.";
    Kind kind = CircuitBreaker.isRefusal(e) ? Kind.OUTAGE : Kind.PASSING;
    return new DataApiFailure(kind, new StoreUnavailable(message, e));
  }

  /** Something answered that is not the API: a proxy's page, for instance. */
  static DataApiFailure notJson(int status) {
    return passing("Something other than the Data API answered (HTTP " + status + ").");
  }

  /**
   * An answer that is no success.
   *
   * @param body as PostgREST or the gateway before it sent it
   */
  static DataApiFailure of(int status, String body, String function, String schema) {
    JsonNode error = json(body);
    String code = error.path("code").asText("");
    if (code.startsWith("PGRST")) {
      return ofPostgrest(status, error, function, schema);
    }
    if (code.isEmpty() && error.has("code")) {
      // PostgREST's words for a connection that broke under a call, with status 400.
      return passing("The Data API lost its connection to the database.");
    }
    return SQL_STATE.matcher(code).matches()
        ? ofDatabase(code, error.path("message").asText(""), schema)
        : ofGateway(status, function);
  }

  private static JsonNode json(String body) {
    if (!body.startsWith("{")) {
      return MissingNode.getInstance();
    }
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  private static DataApiFailure ofPostgrest(
      int status, JsonNode error, String function, String schema) {
    String code = error.path("code").asText();
    String noConnection = "The Data API has no connection to its database (" + code + ").";
    return switch (code) {
      case "PGRST000" ->
        BUSY.matcher(error.path("details").asText("")).find()
            ? passing(noConnection)
            : outage(noConnection);
      // One connection broke under a call. If there is no other, the next call is told so.
      case "PGRST001" -> passing(noConnection);
      // It could not read the schema yet, and says so to every call.
      case "PGRST002" -> outage(noConnection);
      case "PGRST003" ->
        passing("The Data API's connections are all in use (PGRST003): give it a larger pool, or"
            + " send less at once.");
      case "PGRST106" ->
        setup("The schema " + schema + " is not exposed (PGRST106): add it to the exposed schemas"
            + " in the project's Data API settings. A pgrst.db_schemas that is set for the role"
            + " authenticator wins over them.");
      case "PGRST202" -> missing("the function " + function, schema, code);
      case "PGRST301", "PGRST302", "PGRST303" -> keyRefused(code);
      default ->
        new DataApiFailure(
            Kind.LASTING,
            new IllegalStateException(function + " failed: " + code + ", HTTP " + status));
    };
  }

  private static DataApiFailure ofDatabase(String sqlState, String message, String schema) {
    if (sqlState.equals(FEATURE_NOT_SUPPORTED) && message.contains(ON_A_REPLICA)) {
      return new DataApiFailure(
          Kind.LASTING, new SqlFunctionFailed(Optional.of(READ_ONLY), Optional.empty(), null));
    }
    if (sqlState.equals(NOT_GRANTED)) {
      return setup("The key's role may not use the schema " + schema + " or something in it"
          + " (42501): grant it usage of the schema, and all on the tables, sequences and functions"
          + " in it, as the migrations do for service_role.");
    }
    if (MISSING.contains(sqlState)) {
      return missing("a function or a table", schema, sqlState);
    }
    Matcher constraint = CONSTRAINT.matcher(sqlState.startsWith(INTEGRITY) ? message : "");
    Optional<String> name = constraint.find() ? Optional.of(constraint.group(1)) : Optional.empty();
    boolean passing = ROLLED_BACK.contains(sqlState)
        || sqlState.startsWith(SHUTDOWN)
        || PASSING_CLASSES.contains(sqlState.substring(0, 2));
    return new DataApiFailure(
        passing ? Kind.PASSING : Kind.LASTING,
        new SqlFunctionFailed(Optional.of(sqlState), name, null));
  }

  private static DataApiFailure ofGateway(int status, String function) {
    if (status == UNAUTHORIZED || status == FORBIDDEN) {
      return keyRefused("HTTP " + status);
    }
    if (status == RESTRICTED || status == PAUSED) {
      return new DataApiFailure(
          Kind.LASTING,
          new StoreUnavailable("The project is paused or restricted (HTTP " + status
              + "): its dashboard says why, and resumes it."));
    }
    if (ORIGIN_DOWN.contains(status)) {
      return outage("The project can't be reached (HTTP " + status + ").");
    }
    if (status == TOO_SLOW || status == TOO_MANY || status >= SERVER_FAULT) {
      return passing("The project could not answer (HTTP " + status + ").");
    }
    if (status == NOT_FOUND || status < FIRST_CLIENT_FAULT) {
      return setup("There is no Data API at this address (HTTP " + status
          + "): set SUPABASE_URL to the project's, such as https://ref.supabase.co");
    }
    return new DataApiFailure(
        Kind.LASTING, new IllegalStateException(function + " failed: HTTP " + status));
  }

  private static DataApiFailure missing(String what, String schema, String code) {
    return setup("The Data API doesn't know " + what + " in the schema " + schema + " (" + code
        + "): run the migrations (supabase-migrations.sql) in the project's SQL editor. If they were"
        + " run, tell the API with: notify pgrst, 'reload schema'");
  }

  private static DataApiFailure keyRefused(String code) {
    return setup("The project refused the key (" + code + "): set SUPABASE_SERVICE_ROLE_KEY to"
        + " the project's current secret key (sb_secret_) or to its service_role key.");
  }
}
