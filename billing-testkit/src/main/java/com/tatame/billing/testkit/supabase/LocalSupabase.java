package com.tatame.billing.testkit.supabase;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A Supabase project's Data API on this machine: a real PostgREST on a PostgreSQL that the caller
 * brings, behind a stand-in for the hosted gateway.
 *
 * <pre>{@code
 * LocalSupabase.createRoles(jdbcUrl);
 * // now create the schema: its grants need the roles
 * try (LocalSupabase project = LocalSupabase.builder(jdbcUrl).withSchema("billing").start()) {
 *   connect(project.url(), project.secretKey());
 *   project.loseEvery(7, Fault.DROPPED_AFTER);
 * }
 * }</pre>
 */
public final class LocalSupabase implements AutoCloseable {
  private static final String SIGNING_SECRET = "a-signing-secret-of-local-projects-only";

  private final DatabaseAddress database;
  private final PostgrestProcess postgrest;
  private final FaultPlan faults = new FaultPlan();
  private final ApiGateway gateway;
  private ApiKeys keys;
  private int generation;

  private LocalSupabase(DatabaseAddress database, PostgrestProcess postgrest) {
    this.database = database;
    this.postgrest = postgrest;
    this.keys = keys(generation);
    this.gateway = new ApiGateway(postgrest.uri(), keys, faults);
  }

  private static ApiKeys keys(int generation) {
    return new ApiKeys(SIGNING_SECRET, InstantSource.system(), generation);
  }

  /**
   * Skips the running test if PostgREST's program is not on this machine; on a build server, where
   * {@code CI} is set, the test fails.
   */
  public static void require() {
    PostgrestBinary.require();
  }

  /**
   * Creates the roles that every project has.
   *
   * @param jdbcUrl of a superuser; its driver is on the class path
   */
  public static void createRoles(String jdbcUrl) {
    new DatabaseAddress(jdbcUrl).createRoles();
  }

  /** A project on this database, with the limits of a hosted one: 1000 rows, 8 seconds. */
  public static Builder builder(String jdbcUrl) {
    return new Builder(new DatabaseAddress(jdbcUrl));
  }

  /** The project's address, without a path. */
  public String url() {
    return gateway.url();
  }

  /** The legacy key of the service role: a token. */
  public String serviceRoleKey() {
    return keys.legacy(ApiKeys.SERVICE_ROLE);
  }

  /** The legacy key for browsers: a token. */
  public String anonKey() {
    return keys.legacy(ApiKeys.ANON);
  }

  /** The newer key of the service role. */
  public String secretKey() {
    return keys.secret();
  }

  /** The newer key for browsers. */
  public String publishableKey() {
    return keys.publishable();
  }

  /** From now on all keys are others; the former ones are refused. */
  public void rotateKeys() {
    keys = keys(++generation);
    gateway.replaceKeys(keys);
  }

  /** The coming requests meet these faults, one each, repetitions included. */
  public void loseNext(GatewayFault... next) {
    faults.next(next);
  }

  /**
   * Every so many requests one meets a fault, of these in turn. A repetition of that request gets
   * through, so that no caller runs out of attempts by chance.
   */
  public void loseEvery(int requests, GatewayFault... inTurn) {
    faults.every(requests, inTurn);
  }

  /** From now on nothing goes wrong on the way. */
  public void loseNothing() {
    faults.none();
  }

  /** All requests since the start or since they were forgotten, in the order of their answers. */
  public List<LoggedRequest> requests() {
    return List.copyOf(gateway.log());
  }

  public void forgetRequests() {
    gateway.log().clear();
  }

  /** Tells PostgREST to look at the schema anew; it does so a little later. */
  public void reloadSchema() {
    database.run("notify pgrst, 'reload schema'");
  }

  /** Waits until PostgREST is connected to its database, for instance after that was restarted. */
  public void awaitReady() {
    postgrest.awaitReady();
  }

  /** Ends gateway and PostgREST; the database stays. */
  @Override
  public void close() {
    gateway.close();
    postgrest.close();
  }

  /** How the project is set up. */
  public static final class Builder {
    private DatabaseAddress database;
    // The one that PostgREST takes for a request that names none.
    private final List<String> schemas = new ArrayList<>(List.of("public"));
    private int maxRows = 1000;
    private int poolSize = 10;
    private Duration poolWait = Duration.ofSeconds(10);
    private Duration statementLimit = Duration.ofSeconds(8);

    private Builder(DatabaseAddress database) {
      this.database = database;
    }

    /**
     * PostgREST reaches the database by its socket, for databases that no network reaches.
     *
     * @param directory that holds the socket
     * @param port by which the socket is named
     */
    public Builder overSocket(Path directory, int port) {
      database = database.overSocket(directory, port);
      return this;
    }

    /** Exposes a schema, which need not exist. */
    public Builder withSchema(String schema) {
      schemas.add(schema);
      return this;
    }

    /** Rows that one answer holds at most. */
    public Builder withMaxRows(int rows) {
      maxRows = rows;
      return this;
    }

    /** Connections, and how long a request waits for one; whole seconds. */
    public Builder withPool(int connections, Duration wait) {
      poolSize = connections;
      poolWait = wait;
      return this;
    }

    /** How long a statement may take. */
    public Builder withStatementLimit(Duration limit) {
      statementLimit = limit;
      return this;
    }

    /**
     * Starts PostgREST, which takes about half a second.
     *
     * @throws IllegalStateException if its program is not on this machine; a test asks {@link
     *     LocalSupabase#require()} before
     */
    public LocalSupabase start() {
      Path binary = PostgrestBinary.located();
      database.createRoles();
      database.limitStatements(statementLimit);
      Map<String, String> settings = Map.of(
          "PGRST_DB_URI", database.ofAuthenticator(),
          "PGRST_DB_SCHEMAS", String.join(",", schemas),
          "PGRST_DB_ANON_ROLE", "anon",
          "PGRST_DB_MAX_ROWS", Integer.toString(maxRows),
          "PGRST_DB_POOL", Integer.toString(poolSize),
          "PGRST_DB_POOL_ACQUISITION_TIMEOUT", Long.toString(poolWait.toSeconds()),
          "PGRST_JWT_SECRET", SIGNING_SECRET);
      return new LocalSupabase(database, new PostgrestProcess(binary, settings));
    }
  }
}
