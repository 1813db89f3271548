package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.schema.SchemaStatus;
import com.tatame.billing.server.Main;
import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.testkit.supabase.LocalSupabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Commands that look change nothing in a database, also in one that another program needs and that was
 * named by mistake; those that need the schema say which command makes it.
 */
final class DoctorChangesNothingTest {
  private static final Duration MAX_WAIT = Duration.ofMinutes(2);
  private static final String REMEDY = "Run 'billing schema migrate'";

  /** Everything that a program could make, also outside of the schema. */
  private static final String OBJECTS = """
      select format('schema %s %s', nspname, nspacl) from pg_namespace
        where nspname !~ '^pg_(toast_)?temp_'
      union all select format('relation %s %s %s', relname, relkind, relnamespace) from pg_class
        where oid >= 16384
      union all select format('function %s %s %s', proname, pronamespace, md5(prosrc)) from pg_proc
        where oid >= 16384
      union all select format('type %s %s', typname, typnamespace) from pg_type
        where oid >= 16384
      union all select format('trigger %s %s', tgname, tgrelid) from pg_trigger
      union all select format('extension %s', extname) from pg_extension
      union all select format('setting %s %s %s', setdatabase, setrole, setconfig) from pg_db_role_setting
      union all select format('role %s %s', rolname, rolcanlogin) from pg_roles
      order by 1""";

  @TempDir
  private Path directory;

  private final StripeSimulator stripe = StripeSimulator.builder().start();

  @AfterEach
  void stop() {
    stripe.close();
  }

  private record Run(int status, String output) {}

  private Run run(Map<String, String> store, String... arguments) {
    try (ChildProcess program =
        ChildProcess.java(Main.class, LocalServer.environment(stripe.url(), store), arguments)) {
      int status = program.awaitExit(MAX_WAIT);
      return new Run(status, String.join("\n", program.output()));
    }
  }

  static Stream<String> lookingCommands() {
    return Stream.of(
        "doctor",
        "schema status",
        "keys list",
        "keys create --name backend --scope account",
        "replay --dead",
        "import stripe",
        "migrate plan --to files:moved",
        "migrate copy --to files:moved",
        "migrate status --to files:moved");
  }

  @ParameterizedTest
  @MethodSource("lookingCommands")
  void databaseThatIsEmptyStaysEmpty(String command) {
    Database database = new Database(PostgresServer.shared());
    List<String> before = database.query(OBJECTS);

    Run run = run(
        Map.of("DATABASE_URL", database.url()),
        command.replace("files:moved", "files:" + directory.resolve("moved")).split(" "));

    assertThat(run.status()).as(run.output()).isEqualTo(1);
    assertThat(run.output())
        .contains("The database has no schema billing yet.", REMEDY)
        .doesNotContain("\tat ", "Exception");
    assertThat(database.query(OBJECTS)).isEqualTo(before);
    assertThat(database.query("select nspname from pg_namespace where nspname = 'billing'"))
        .isEmpty();
  }

  @Test
  void doctorLeavesBothSidesOfAMoveAsTheyAre() {
    Database source = new Database(PostgresServer.shared());
    Database target = new Database(PostgresServer.shared());
    List<String> before = target.query(OBJECTS);
    Map<String, String> store = Map.of(
        "DATABASE_URL", source.url(),
        "BILLING_MOVE_TO", "postgres",
        "BILLING_MOVE_DATABASE_URL", target.url());

    assertThat(run(store, "doctor").output()).contains("FAILED  move: The store to move from");
    assertThat(source.query(OBJECTS)).hasSameSizeAs(before);

    Run migrated = run(store, "schema", "migrate");
    assertThat(migrated.status()).as(migrated.output()).isZero();
    assertThat(migrated.output()).contains("The store to move to (postgres): ");
    assertThat(run(store, "doctor").output()).contains("ok      move: ", "No move was begun");
  }

  @Test
  void schemaIsMadeByTheCommandThatDoctorNames() {
    Database database = new Database(PostgresServer.shared());
    Map<String, String> store = Map.of("DATABASE_URL", database.url());

    Run made = run(store, "schema", "migrate");
    assertThat(made.status()).as(made.output()).isZero();
    assertThat(made.output()).contains("migrations were run.", "up to date.");
    List<String> objects = database.query(OBJECTS);

    assertThat(run(store, "doctor").output())
        .contains("ok      database: answers. The schema billing is at version ");
    assertThat(run(store, "schema", "status").status()).isZero();
    assertThat(run(store, "schema", "migrate").output()).contains("0 migrations were run.");
    assertThat(database.query(OBJECTS)).isEqualTo(objects);
  }

  @Test
  void schemaThatIsOlderIsReportedAndLeftOld() {
    Database database = new Database(PostgresServer.shared());
    Map<String, String> store = Map.of("DATABASE_URL", database.url());
    run(store, "schema", "migrate");
    int latest = SchemaStatus.latest();
    database.run("delete from billing_schema_history where version = '" + latest + "'");

    Run doctor = run(store, "doctor");

    assertThat(doctor.status()).isEqualTo(1);
    assertThat(doctor.output())
        .contains("FAILED  database: The schema billing is at version " + (latest - 1)
            + " and lacks V" + latest + "__")
        .contains(REMEDY);
    assertThat(
            database.query("select 1 from billing_schema_history where version = '" + latest + "'"))
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("lookingCommands")
  void projectThatIsNotSetUpStaysAsItIs(String command) {
    Run run = runOnProjectThatIsNotSetUp(
        command.replace("files:moved", "files:" + directory.resolve("moved")).split(" "));

    assertThat(run.status()).as(run.output()).isEqualTo(1);
    assertThat(run.output()).contains("migrations").doesNotContain("\tat ", "Exception");
  }

  @Test
  void projectIsSetUpByNoCommandOfOurs() {
    assertThat(runOnProjectThatIsNotSetUp("schema", "migrate").output())
        .contains("'billing supabase-sql'");
  }

  private Run runOnProjectThatIsNotSetUp(String... command) {
    LocalSupabase.require();
    PostgresServer server = PostgresServer.offline();
    Database database = new Database(server);
    LocalSupabase.createRoles(database.jdbcUrl());
    database.run("create schema billing; grant usage on schema billing to service_role");
    try (LocalSupabase project = LocalSupabase.builder(database.jdbcUrl())
        .overSocket(server.sockets(), server.port())
        .withSchema("billing")
        .start()) {
      List<String> before = database.query(OBJECTS);
      Map<String, String> store = Map.of(
          "BILLING_STORE", "supabase",
          "SUPABASE_URL", project.url(),
          "SUPABASE_SERVICE_ROLE_KEY", project.secretKey());

      Run run = run(store, command);

      assertThat(database.query(OBJECTS)).isEqualTo(before);
      return run;
    }
  }
}
