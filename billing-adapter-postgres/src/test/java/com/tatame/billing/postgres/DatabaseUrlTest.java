package com.tatame.billing.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.failure.ValidationFailed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseUrlTest {

  @ParameterizedTest
  @CsvSource({
    "postgres://db.example.com/billing,                jdbc:postgresql://db.example.com/billing",
    "postgresql://db.example.com:6543/billing,         jdbc:postgresql://db.example.com:6543/billing",
    "postgres://u:p@[2001:db8::1]:5432/billing,        jdbc:postgresql://[2001:db8::1]:5432/billing",
    "'postgres://u:p@one:5432,two:5433/billing',       'jdbc:postgresql://one:5432,two:5433/billing'",
    "postgres://u:p@db/my%20billing,                   jdbc:postgresql://db/my%20billing",
    "postgres://u:p@db/billing?ssl=true,               jdbc:postgresql://db/billing?sslmode=require",
    "postgres://u:p@db/billing?ssl=false,              jdbc:postgresql://db/billing",
    "postgres://db/billing?ssl=true&sslmode=verify-full, jdbc:postgresql://db/billing?sslmode=verify-full",
    "postgres://db/billing?sslmode=verify-ca&ssl=true, jdbc:postgresql://db/billing?sslmode=verify-ca",
    "postgres://db/billing?channel_binding=require,    jdbc:postgresql://db/billing?channelBinding=require",
    "postgres://db/billing?target_session_attrs=read-write, jdbc:postgresql://db/billing?targetServerType=primary",
    "postgres://db/billing?application_name=my%20app%26,    jdbc:postgresql://db/billing?ApplicationName=my%20app%26",
    "jdbc:postgresql://db/billing?sslmode=require,     jdbc:postgresql://db/billing?sslmode=require",
    "jdbc:postgresql://db/billing?user=ada&password=pw&sslmode=require, jdbc:postgresql://db/billing?sslmode=require",
    "jdbc:postgresql:billing,                          jdbc:postgresql:billing",
  })
  void anAddressIsReadForTheDriver(String url, String jdbc) {
    assertThat(DatabaseUrl.parse(url).jdbc()).isEqualTo(jdbc);
  }

  @Test
  void credentialsArePercentDecodedAndKeptApart() {
    DatabaseUrl url = DatabaseUrl.parse("postgres://ada%40work:p%40ss%3Aw%2Frd+%25@db/billing");

    assertThat(url.user()).contains("ada@work");
    assertThat(url.password()).contains("p@ss:w/rd+%");
    assertThat(url.toString()).isEqualTo("jdbc:postgresql://db/billing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgres://db/billing?user=ada&password=s%20cret",
        "jdbc:postgresql://db/billing?user=ada&password=s%20cret"
      })
  void credentialsMayStandAmongTheParameters(String address) {
    DatabaseUrl url = DatabaseUrl.parse(address);

    assertThat(url.user()).contains("ada");
    assertThat(url.password()).contains("s cret");
    assertThat(url.jdbc()).doesNotContain("cret");
  }

  @Test
  void anAddressWithoutCredentialsHasNone() {
    assertThat(DatabaseUrl.parse("postgres://db/billing").user()).isEmpty();
    assertThat(DatabaseUrl.parse("postgres://ada@db/billing").password()).isEmpty();
    assertThat(DatabaseUrl.parse("postgres://ada@db/billing").user()).contains("ada");
  }

  @Test
  void aPoolerInBetweenForbidsPreparedStatements() {
    assertThat(DatabaseUrl.parse("postgres://db/billing?pgbouncer=true").preparesStatements())
        .isFalse();
    assertThat(DatabaseUrl.parse("postgres://db/billing").preparesStatements()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "mysql://ada:s3cret@db/billing",
        "postgres://ada:s3cret@db",
        "postgres://ada:s3cret@/billing",
        "postgres://ada:s3cret@db/",
        "postgres://ada:s3%cret@db/billing",
        "postgres://ada:s3cret@db/billing?unheard_of=1",
        "postgres://ada:s3cret@db/billing?sslmode",
        "postgres://ada:s3cret@db/billing?target_session_attrs=standby",
        "ada:s3cret@db/billing"
      })
  void whatCannotBeReadIsRefusedWithoutShowingThePassword(String address) {
    assertThatThrownBy(() -> DatabaseUrl.parse(address))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageStartingWith("databaseUrl: ")
        .hasMessageNotContaining("s3");
  }
}
