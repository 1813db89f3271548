package com.tatame.billing.supabase;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.schema.SqlFunctionFailed;
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
 * @param passing whether the same request can succeed in a moment
 * @param reason for the caller, once nobody asks again
 */
record DataApiFailure(boolean passing, RuntimeException reason) {
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

  private static final int UNAUTHORIZED = 401;
  private static final int RESTRICTED = 402;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int FIRST_CLIENT_FAULT = 400;
  private static final int TOO_SLOW = 408;
  private static final int TOO_MANY = 429;
  private static final int SERVER_FAULT = 500;
  private static final int PAUSED = 540;

  private static DataApiFailure passing(String message) {
    return new DataApiFailure(true, new StoreUnavailable(message));
  }

  private static DataApiFailure lasting(String message) {
    return new DataApiFailure(false, new StoreUnavailable(message));
  }

  /** No answer came. */
  static DataApiFailure of(IOException e) {
    String message = e instanceof HttpTimeoutException
        ? "The project did not answer in time."
        : "The project can't be reached.";
    return new DataApiFailure(true, new StoreUnavailable(message, e));
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
      return ofPostgrest(status, code, function, schema);
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
      int status, String code, String function, String schema) {
    return switch (code) {
      case "PGRST000", "PGRST001", "PGRST002" ->
        passing("The Data API has no connection to its database (" + code + ").");
      case "PGRST003" ->
        passing("The Data API's connections are all in use (PGRST003): give it a larger pool, or"
            + " send less at once.");
      case "PGRST106" ->
        lasting("The schema " + schema + " is not exposed (PGRST106): add it to the exposed schemas"
            + " in the project's Data API settings. A pgrst.db_schemas that is set for the role"
            + " authenticator wins over them.");
      case "PGRST202" -> missing("the function " + function, schema, code);
      case "PGRST301", "PGRST302", "PGRST303" -> keyRefused(code);
      default ->
        new DataApiFailure(
            false, new IllegalStateException(function + " failed: " + code + ", HTTP " + status));
    };
  }

  private static DataApiFailure ofDatabase(String sqlState, String message, String schema) {
    if (sqlState.equals(NOT_GRANTED)) {
      return lasting("The key's role may not use the schema " + schema + " or something in it"
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
    return new DataApiFailure(passing, new SqlFunctionFailed(Optional.of(sqlState), name, null));
  }

  private static DataApiFailure ofGateway(int status, String function) {
    if (status == UNAUTHORIZED || status == FORBIDDEN) {
      return keyRefused("HTTP " + status);
    }
    if (status == RESTRICTED || status == PAUSED) {
      return lasting("The project is paused or restricted (HTTP " + status
          + "): its dashboard says why, and resumes it.");
    }
    if (status == TOO_SLOW || status == TOO_MANY || status >= SERVER_FAULT) {
      return passing("The project could not answer (HTTP " + status + ").");
    }
    if (status == NOT_FOUND || status < FIRST_CLIENT_FAULT) {
      return lasting("There is no Data API at this address (HTTP " + status
          + "): set SUPABASE_URL to the project's, such as https://ref.supabase.co");
    }
    return new DataApiFailure(
        false, new IllegalStateException(function + " failed: HTTP " + status));
  }

  private static DataApiFailure missing(String what, String schema, String code) {
    return lasting("The Data API doesn't know " + what + " in the schema " + schema + " (" + code
        + "): run the migrations (supabase-migrations.sql) in the project's SQL editor. If they were"
        + " run, tell the API with: notify pgrst, 'reload schema'");
  }

  private static DataApiFailure keyRefused(String code) {
    return lasting("The project refused the key (" + code + "): set SUPABASE_SERVICE_ROLE_KEY to"
        + " the project's current secret key (sb_secret_) or to its service_role key.");
  }
}
