package com.tatame.billing.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.failure.ValidationFailed;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PostgresConfigTest {

  @Test
  void allThatIsWrongIsSaidAtOnce() {
    assertThatThrownBy(() -> new PostgresConfig(
            "mysql://db/billing",
            Optional.empty(),
            Optional.empty(),
            0,
            "Billing\"; drop table users; --",
            true,
            Duration.ZERO,
            Duration.ZERO))
        .isInstanceOfSatisfying(
            ValidationFailed.class,
            e -> assertThat(e.errors())
                .extracting(ValidationFailed.FieldError::field)
                .containsExactly(
                    "databaseUrl", "maxPoolSize", "schema", "connectionWait", "statementLimit"));
  }

  @Test
  void itsTextFormShowsNoCredentials() {
    PostgresConfig config =
        PostgresConfig.of("postgres://ada:s3cret@db/billing").withCredentials("ada", "s3cret");

    assertThat(config.toString()).doesNotContain("s3cret").doesNotContain("ada");
  }

  @Test
  void givenCredentialsWinOverThoseInTheAddress() {
    PostgresConfig config = PostgresConfig.of("postgres://ada:old@db/billing");

    assertThat(Connections.password(config)).contains("old");
    assertThat(Connections.password(config.withCredentials("ada", "new"))).contains("new");
  }

  @Test
  void statementsArePreparedUnlessAPoolerIsInBetween() {
    PostgresConfig direct = PostgresConfig.of("postgres://db/billing");
    PostgresConfig pooled = PostgresConfig.of("postgres://db/billing?pgbouncer=true");

    assertThat(Connections.driver(direct)).doesNotContainKey("prepareThreshold");
    assertThat(Connections.driver(pooled)).containsEntry("prepareThreshold", "0");
    assertThat(Connections.driver(direct.withPrepareStatements(false)))
        .containsEntry("prepareThreshold", "0");
  }

  @Test
  void itsAddressIsShownWithoutCredentials() {
    assertThat(
            PostgresConfig.of("postgres://ada:s3cret@db.example.com:5432/billing?sslmode=require")
                .address())
        .isEqualTo("db.example.com:5432/billing");
    assertThat(PostgresConfig.of("jdbc:postgresql://db/billing?user=ada&password=s3cret")
            .address())
        .isEqualTo("db/billing");
  }
}
