package com.tatame.billing.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlStateMeaningTest {

  @ParameterizedTest
  @CsvSource({
    "08001, UNAVAILABLE", // no connection
    "08006, UNAVAILABLE", // connection lost
    "53300, UNAVAILABLE", // too many connections
    "53100, UNAVAILABLE", // disk full
    "57014, UNAVAILABLE", // statement timeout
    "57P01, UNAVAILABLE", // shutdown
    "57P03, UNAVAILABLE", // starting up
    "55P03, UNAVAILABLE", // lock not available
    "40P01, UNAVAILABLE", // deadlock
    "25006, UNAVAILABLE", // read-only: a standby after a failover
    "28P01, UNAVAILABLE", // wrong password
    "3D000, UNAVAILABLE", // no such database
    "58030, UNAVAILABLE", // i/o error
    "XX000, UNAVAILABLE", // internal error
    "54000, UNAVAILABLE", // program limit
    "PT503, PAUSED", // the store is being moved
    "PT404, DEFECT",
    "23505, REFUSED", // unique
    "23514, REFUSED", // check
    "23502, REFUSED", // not null
    "22P05, REFUSED", // NUL in a text
    "22003, REFUSED", // number out of range
    "21000, REFUSED", // one row written twice by one statement
    "42883, DEFECT", // no such function
    "42501, DEFECT", // permission denied
    "0A000, DEFECT",
    "P0001, DEFECT"
  })
  void aStateSaysWhetherARepetitionHelps(String state, SqlStateMeaning meaning) {
    assertThat(SqlStateMeaning.of(Optional.of(state))).isEqualTo(meaning);
  }

  @Test
  void noStateMeansThatNobodyAnswered() {
    assertThat(SqlStateMeaning.of(Optional.empty())).isEqualTo(SqlStateMeaning.UNAVAILABLE);
    assertThat(SqlStateMeaning.of(Optional.of(""))).isEqualTo(SqlStateMeaning.UNAVAILABLE);
  }

  @Test
  void theReasonNamesStateAndConstraintAndKeepsNoValues() {
    SqlFunctionFailed failed = new SqlFunctionFailed(
        Optional.of("23505"),
        Optional.of("users_pkey"),
        new SQLException("Key (email)=(ada@example.com) already exists."));

    assertThat(failed).hasMessage("SQLSTATE 23505, constraint users_pkey").hasNoCause();
  }

  @Test
  void aLostConnectionKeepsItsCause() {
    SQLException cause = new SQLException("Connection refused", "08001");

    assertThat(new SqlFunctionFailed(Optional.of("08001"), Optional.empty(), cause))
        .hasMessage("SQLSTATE 08001")
        .hasCause(cause);
  }
}
