package com.tatame.billing.supabase;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.schema.SqlFunctionFailed;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What PostgREST 12 to 16, and the gateway before it, are known to say. */
class DataApiFailureTest {

  private static DataApiFailure of(int status, String body) {
    return DataApiFailure.of(status, body, "commit_units_v1", "billing");
  }

  private static String postgrest(String code, String message) {
    return "{\"code\":\"" + code + "\",\"details\":null,\"hint\":null,\"message\":\"" + message
        + "\"}";
  }

  @ParameterizedTest
  @CsvSource({
    "503, PGRST000, Database connection error. Retrying the connection., no connection",
    "503, PGRST001, Database client error. Retrying the connection., no connection",
    "503, PGRST002, Could not query the database for the schema cache. Retrying., no connection",
    "504, PGRST003, Timed out acquiring connection from connection pool., larger pool"
  })
  void theApiWithoutAConnectionIsAskedAgain(
      int status, String code, String message, String advice) {
    DataApiFailure failure = of(status, postgrest(code, message));

    assertThat(failure.passing()).isTrue();
    assertThat(failure.reason())
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining(code)
        .hasMessageContaining(advice);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PGRST000 | connection to server at 10.0.0.1, port 5432 failed: Connection refused",
        "PGRST000 | could not translate host name db to address: Name or service not known",
        "PGRST000 | FATAL:  the database system is starting up",
        "PGRST000 | FATAL:  the database system is shutting down",
        "PGRST002 | ''"
      })
  void anApiWhoseDatabaseRefusesConnectionsIsAnOutage(String code, String details) {
    assertThat(of(503, unconnected(code, details)).outage()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PGRST000 | FATAL:  sorry, too many clients already",
        "PGRST000 | FATAL:  remaining connection slots are reserved for superusers",
        "PGRST000 | FATAL:  max client connections reached",
        "PGRST000 | connection to server at 10.0.0.1, port 5432 failed: timeout expired",
        "PGRST001 | no connection to the server",
        "PGRST003 | ''"
      })
  void anApiThatIsShortOfConnectionsIsBusyAndNoOutage(String code, String details) {
    assertThat(of(503, unconnected(code, details)).outage()).isFalse();
    assertThat(of(503, unconnected(code, details)).passing()).isTrue();
  }

  private static String unconnected(String code, String details) {
    return "{\"code\":\"" + code + "\",\"details\":\"" + details
        + "\",\"hint\":null,\"message\":\"Retrying the connection.\"}";
  }

  @Test
  void aReplicaThatRefusesATransactionWhichMayWriteIsReadOnly() {
    DataApiFailure failure =
        of(400, postgrest("0A000", "cannot set transaction read-write mode during recovery"));

    assertThat(failure.passing()).isFalse();
    assertThat(failure.reason())
        .isInstanceOfSatisfying(
            SqlFunctionFailed.class, e -> assertThat(e.sqlState()).contains("25006"));
    assertThat(of(400, postgrest("0A000", "not supported")).reason())
        .isInstanceOfSatisfying(
            SqlFunctionFailed.class, e -> assertThat(e.sqlState()).contains("0A000"));
  }

  @ParameterizedTest
  @CsvSource({"521, true", "523, true", "502, false", "503, false", "522, false", "530, false"})
  void aGatewayThatIsRefusedByTheProjectReportsAnOutage(int status, boolean outage) {
    assertThat(of(status, "<html></html>").outage()).isEqualTo(outage);
    assertThat(of(status, "<html></html>").passing()).isTrue();
  }

  @Test
  void aConnectionThatBrokeUnderACallIsAskedAgain() {
    DataApiFailure failure =
        of(400, "{\"code\":\"\",\"details\":null,\"hint\":null,\"message\":\"\"}");

    assertThat(failure.passing()).isTrue();
    assertThat(failure.reason())
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("lost its connection");
  }

  @Test
  void aStoreThatTakesNoWritesIsNoApiThatComesAndGoes() {
    DataApiFailure failure = of(503, postgrest("PT503", "this store is frozen"));

    assertThat(failure.passing()).isFalse();
    assertThat(failure.reason())
        .isInstanceOfSatisfying(
            SqlFunctionFailed.class, e -> assertThat(e.sqlState()).contains("PT503"));
  }

  @ParameterizedTest
  @CsvSource({
    "500, 57014, canceling statement due to statement timeout",
    "500, 40P01, deadlock detected",
    "500, 55P03, could not obtain lock on row in relation \"subjects\"",
    "503, 53300, 'sorry, too many clients already'",
    "500, 53300, 'sorry, too many clients already'",
    "500, 57P01, terminating connection due to administrator command",
    "503, 08006, connection to server was lost"
  })
  void whatTheDatabaseRolledBackIsAskedAgain(int status, String sqlState, String message) {
    DataApiFailure failure = of(status, postgrest(sqlState, message.replace("\"", "\\\"")));

    assertThat(failure.passing()).isTrue();
    assertThat(failure.reason())
        .isInstanceOfSatisfying(
            SqlFunctionFailed.class, e -> assertThat(e.sqlState()).contains(sqlState));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "409 | 23505 | duplicate key value violates unique constraint \\\"users_pkey\\\" | users_pkey",
        "400 | 23514 | new row for relation \\\"claims\\\" violates check constraint \\\"claims_check\\\" |"
            + " claims_check",
        "409 | 23503 | insert or update on table \\\"a\\\" violates foreign key constraint \\\"a_fkey\\\" |"
            + " a_fkey"
      })
  void whatAConstraintRefusesIsNamedAndNotAskedAgain(
      int status, String sqlState, String message, String constraint) {
    DataApiFailure failure = of(status, postgrest(sqlState, message));

    assertThat(failure.passing()).isFalse();
    assertThat(failure.reason()).isInstanceOfSatisfying(SqlFunctionFailed.class, e -> {
      assertThat(e.sqlState()).contains(sqlState);
      assertThat(e.constraint()).contains(constraint);
    });
  }

  @ParameterizedTest
  @CsvSource({"400, 22P05", "400, 22003", "400, 23502", "400, 21000", "500, P0001", "500, XX000"})
  void whatTheDatabaseRefusesIsNotAskedAgain(int status, String sqlState) {
    DataApiFailure failure = of(status, postgrest(sqlState, "no"));

    assertThat(failure.passing()).isFalse();
    assertThat(failure.reason())
        .isInstanceOf(SqlFunctionFailed.class)
        .hasMessage("SQLSTATE " + sqlState);
  }

  @Test
  void detailsAndWordsOfTheDatabaseAreNotRepeated() {
    DataApiFailure failure = of(
        409,
        "{\"code\":\"23505\",\"details\":\"Key (email)=(ada@example.com) already exists.\","
            + "\"hint\":\"ada\",\"message\":\"duplicate key value ada@example.com violates unique"
            + " constraint \\\"users_email_key\\\"\"}");

    assertThat(failure.reason()).hasMessage("SQLSTATE 23505, constraint users_email_key");
    assertThat(failure.reason()).hasNoCause();
    assertThat(of(400, postgrest("22P02", "constraint \\\"ada\\\"")).reason())
        .hasMessage("SQLSTATE 22P02");
  }

  @Test
  void errorsMayComeWithoutDetailsAndHint() {
    assertThat(
            of(500, "{\"code\":\"57014\",\"message\":\"canceling statement\"}").passing())
        .isTrue();
    assertThat(of(500, "{\"code\":\"57014\"}").passing()).isTrue();
  }

  @Test
  void aSchemaThatIsNotExposedIsNamed() {
    String before = "{\"code\":\"PGRST106\",\"details\":null,\"hint\":null,"
        + "\"message\":\"The schema must be one of the following: public\"}";
    String since =
        "{\"code\":\"PGRST106\",\"details\":null,\"hint\":\"Only the following schemas are"
            + " exposed: public\",\"message\":\"Invalid schema: billing\"}";
    for (String body : new String[] {before, since}) {
      assertThat(of(406, body).passing()).isFalse();
      assertThat(of(406, body).reason())
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("schema billing is not exposed")
          .hasMessageContaining("exposed schemas");
    }
  }

  @Test
  void aFunctionThatTheApiDoesNotKnowIsNamedWithWhatToDo() {
    DataApiFailure failure = of(
        404,
        "{\"code\":\"PGRST202\",\"details\":\"Searched for the function billing.commit_units_v1 with"
            + " parameter p or with a single unnamed json/jsonb parameter, but no matches were found in"
            + " the schema cache.\",\"hint\":null,\"message\":\"Could not find the function"
            + " billing.commit_units_v1(p) in the schema cache\"}");

    assertThat(failure.passing()).isFalse();
    assertThat(failure.reason())
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("commit_units_v1")
        .hasMessageContaining("run the migrations")
        .hasMessageContaining("reload schema");
  }

  @ParameterizedTest
  @ValueSource(strings = {"42883", "42P01"})
  void whatTheDatabaseDoesNotKnowIsAMissingMigration(String sqlState) {
    assertThat(of(404, postgrest(sqlState, "no")).passing()).isFalse();
    assertThat(of(404, postgrest(sqlState, "no")).reason())
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining(sqlState)
        .hasMessageContaining("run the migrations");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401 | {\"code\":\"PGRST301\",\"details\":null,\"hint\":null,\"message\":\"JWT expired\"}",
        "401 | {\"code\":\"PGRST303\",\"details\":null,\"hint\":null,\"message\":\"JWT expired\"}",
        "401 | {\"code\":\"PGRST301\",\"message\":\"Expected 3 parts in JWT; got 1\"}",
        "401 | {\"code\":\"PGRST302\",\"message\":\"Anonymous access is disabled\"}",
        "401 | {\"message\":\"Invalid API key\",\"hint\":\"Double check your API key.\"}",
        "401 | {\"message\":\"No API key found in request\"}",
        "403 | <html>forbidden</html>"
      })
  void aRefusedKeySaysWhichVariableToSet(int status, String body) {
    assertThat(of(status, body).passing()).isFalse();
    assertThat(of(status, body).reason())
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("SUPABASE_SERVICE_ROLE_KEY");
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void aMissingGrantSaysWhatToGrant(int status) {
    DataApiFailure failure = of(status, postgrest("42501", "permission denied for schema billing"));

    assertThat(failure.passing()).isFalse();
    assertThat(failure.reason())
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("grant it usage of the schema");
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503, 504, 520, 522, 524, 544})
  void anAnswerOfTheWayInBetweenIsAskedAgain(int status) {
    for (String body : new String[] {"", "<html>Bad Gateway</html>", "{\"message\":\"x\"}", "{"}) {
      assertThat(of(status, body).passing()).isTrue();
      assertThat(of(status, body).reason())
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("HTTP " + status);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {402, 540})
  void aPausedProjectIsSaidToBePaused(int status) {
    assertThat(of(status, "").passing()).isFalse();
    assertThat(of(status, "").reason())
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("dashboard");
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 307, 404})
  void anAddressWithoutADataApiSaysWhichVariableToSet(int status) {
    assertThat(of(status, "<html></html>").passing()).isFalse();
    assertThat(of(status, "<html></html>").reason())
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("SUPABASE_URL");
  }

  @Test
  void whatNoRepetitionHelpsIsADefect() {
    assertThat(of(400, postgrest("PGRST102", "Empty or invalid json")).passing())
        .isFalse();
    assertThat(of(400, postgrest("PGRST102", "Empty or invalid json")).reason())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("commit_units_v1 failed: PGRST102, HTTP 400");
    assertThat(of(413, "").reason())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("commit_units_v1 failed: HTTP 413");
  }

  @Test
  void noAnswerIsAskedForAgain() {
    IOException refused = new ConnectException();
    DataApiFailure unreachable = DataApiFailure.of(refused);
    DataApiFailure slow = DataApiFailure.of(new HttpTimeoutException("request timed out"));

    assertThat(unreachable.outage()).isTrue();
    assertThat(slow.outage()).isFalse();
    assertThat(unreachable.passing()).isTrue();
    assertThat(unreachable.reason())
        .isInstanceOf(StoreUnavailable.class)
        .hasMessage("The project can't be reached.")
        .hasCause(refused);
    assertThat(slow.passing()).isTrue();
    assertThat(slow.reason()).hasMessage("The project did not answer in time.");
  }
}
