package com.tatame.billing.move;

import com.tatame.billing.postgres.PostgresBillingStore;
import com.tatame.billing.postgres.PostgresConfig;
import com.tatame.billing.schema.FunctionBackedStore;
import com.tatame.billing.schema.SqlFunctions;
import com.tatame.billing.schema.SupabaseSql;
import com.tatame.billing.supabase.SupabaseBillingStore;
import com.tatame.billing.supabase.SupabaseConfig;
import com.tatame.billing.testkit.supabase.GatewayFault;
import com.tatame.billing.testkit.supabase.LocalSupabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Databases to move between, all in one PostgreSQL. */
final class Stores {
  private static final EmbeddedPostgres SERVER = start();
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private Stores() {}

  private static EmbeddedPostgres start() {
    try {
      return EmbeddedPostgres.builder()
          .setServerConfig("max_connections", "100")
          .setServerConfig("fsync", "off")
          .setServerConfig("full_page_writes", "off")
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A database of its own, and how the product reaches it. */
  record Store(String jdbcUrl, FunctionBackedStore billing, MoveEnd end, Runnable closing)
      implements AutoCloseable {
    SqlFunctions functions() {
      return billing.transport();
    }

    Connection connect() throws SQLException {
      Connection connection = DriverManager.getConnection(jdbcUrl);
      connection.setSchema("billing");
      return connection;
    }

    void run(String... statements) {
      try (Connection connection = connect();
          Statement statement = connection.createStatement()) {
        for (String sql : statements) {
          statement.execute(sql);
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    List<String> query(String sql) {
      try (Connection connection = connect();
          Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery(sql)) {
        List<String> values = new ArrayList<>();
        while (rows.next()) {
          values.add(rows.getString(1));
        }
        return values;
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      billing.close();
      closing.run();
    }
  }

  static Pace unhurried() {
    return new Pace(1_000_000, InstantSource.system(), duration -> Thread.onSpinWait());
  }

  static Store postgres() {
    String url = database(Templates.POSTGRES);
    PostgresBillingStore store = PostgresBillingStore.open(PostgresConfig.of(url));
    return new Store(
        url, store, MoveEnd.store("postgres", store.transport(), unhurried()), () -> {});
  }

  /** Over Supabase's API, where a page has 20 rows and every seventh answer is lost. */
  static Store supabase() {
    LocalSupabase.require();
    String url = database(Templates.SUPABASE);
    LocalSupabase project =
        LocalSupabase.builder(url).withSchema("billing").withMaxRows(20).start();
    project.loseEvery(7, GatewayFault.values());
    SupabaseBillingStore store =
        SupabaseBillingStore.open(SupabaseConfig.of(project.url(), project.secretKey()));
    return new Store(
        url, store, MoveEnd.store("supabase", store.transport(), unhurried()), project::close);
  }

  /** Migrated once and copied for each test. */
  private static final class Templates {
    static final String POSTGRES = template("postgres_template", url -> {
      PostgresBillingStore.migrate(PostgresConfig.of(url));
    });

    static final String SUPABASE = template("supabase_template", url -> {
      LocalSupabase.createRoles(url);
      run(url, SupabaseSql.migrations("billing"));
    });

    private static String template(String name, Consumer<String> migrate) {
      run(SERVER.getJdbcUrl("postgres", "postgres"), "create database " + name);
      migrate.accept(SERVER.getJdbcUrl("postgres", name));
      return name;
    }
  }

  private static String database(String template) {
    String name = "store_" + DATABASES.incrementAndGet();
    run(
        SERVER.getJdbcUrl("postgres", "postgres"),
        "create database " + name + " template " + template);
    return SERVER.getJdbcUrl("postgres", name);
  }

  private static void run(String url, String sql) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
