package com.tatame.billing.server;

import com.tatame.billing.command.Pause;
import com.tatame.billing.configuration.InvalidConfiguration;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.move.Move;
import com.tatame.billing.move.MoveEnd;
import com.tatame.billing.move.MoveLimits;
import com.tatame.billing.move.MoveListener;
import com.tatame.billing.move.Pace;
import com.tatame.billing.postgres.PostgresConfig;
import com.tatame.billing.schema.FunctionBackedStore;
import com.tatame.billing.schema.SchemaNotReady;
import com.tatame.billing.server.BillingConfig.Store;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** The two sides of a move, opened; to be closed. */
final class MoveEndpoints implements AutoCloseable {
  /** What a hosted project takes beside its own work. */
  private static final double REQUESTS_OVER_REST = 20;

  /** No limit worth speaking of: a database is held up by its own work. */
  private static final double REQUESTS_OF_A_DATABASE = 1_000;

  private static final String FILES = "files:";

  /** Beside those of the lanes: following, and asking how things stand. */
  private static final int MORE_CONNECTIONS = 2;

  private final Opened source;
  private final Opened target;
  private final MoveLimits limits;

  /** One side as it is named: a configured store, or a directory. */
  private record Named(Optional<Store> store, Optional<Path> directory) {
    Optional<String> kind() {
      return store.map(Store::kind);
    }

    static Named of(Store store) {
      return new Named(Optional.of(store), Optional.empty());
    }

    static Named of(String option, String text) {
      if (!text.startsWith(FILES) || text.length() == FILES.length()) {
        throw new InvalidConfiguration(
            List.of(option + " must be files: and a directory, such as files:backup"));
      }
      try {
        return new Named(Optional.empty(), Optional.of(Path.of(text.substring(FILES.length()))));
      } catch (InvalidPathException e) {
        throw new InvalidConfiguration(List.of(option + " names no directory: " + e.getReason()));
      }
    }
  }

  private record Opened(MoveEnd end, Runnable close) {}

  /**
   * How hard to work.
   *
   * @param requests to each side a second at most; empty for what its kind is used to
   */
  record Effort(Optional<Double> requests, MoveLimits limits) {
    static final Effort DEFAULT = new Effort(Optional.empty(), MoveLimits.DEFAULT);

    /** A move shares the database with those who are at work. */
    PostgresConfig within(PostgresConfig config) {
      return config.withMaxPoolSize(
          Math.min(config.maxPoolSize(), limits.lanes() + MORE_CONNECTIONS));
    }
  }

  private MoveEndpoints(Opened source, Opened target, MoveLimits limits) {
    this.source = source;
    this.target = target;
    this.limits = limits;
  }

  /**
   * Opens what is configured, or what is named instead.
   *
   * @param from {@code files:} and a directory, instead of the configured store
   * @param to the same, instead of the store that is configured as the target
   * @throws InvalidConfiguration if there is no target
   * @throws StoreUnavailable if one of them can't be reached, saying which
   * @throws IllegalStateException if the schema of one is missing or too old, saying which
   */
  static MoveEndpoints open(
      BillingConfig.Stores stores, Optional<String> from, Optional<String> to, Effort effort) {
    Named source =
        from.map(text -> Named.of("--from", text)).orElseGet(() -> Named.of(stores.configured()));
    // Out of files the configured store is filled, unless everything goes elsewhere anyway.
    Optional<Store> store = stores
        .moveTo()
        .or(() -> from.isPresent() ? Optional.of(stores.configured()) : Optional.empty());
    Named target = to.map(text -> Named.of("--to", text))
        .or(() -> store.map(Named::of))
        .orElseThrow(() -> new InvalidConfiguration(List.of(
            "BILLING_MOVE_TO is missing; set it to postgres or supabase, or name a directory"
                + " with --to files:DIR")));
    boolean alike = source.kind().isPresent() && source.kind().equals(target.kind());
    Opened opened = open(source, "to move from", alike ? "the old " : "", effort);
    try {
      return new MoveEndpoints(
          opened, open(target, "to move to", alike ? "the new " : "", effort), effort.limits());
    } catch (RuntimeException e) {
      opened.close().run();
      throw e;
    }
  }

  private static Opened open(Named named, String role, String which, Effort effort) {
    if (named.directory().isPresent()) {
      return new Opened(MoveEnd.files(named.directory().get()), () -> {});
    }
    Store configured = named.store().orElseThrow();
    FunctionBackedStore store;
    try {
      store = StoreOpener.AS_IT_IS.open(
          configured instanceof Store.Postgres postgres
              ? new Store.Postgres(effort.within(postgres.config()))
              : configured,
          new Telemetry(),
          role);
    } catch (StoreUnavailable e) {
      throw new StoreUnavailable(
          "The store " + role + " (" + configured.kind() + "): " + e.getMessage(), e);
    } catch (SchemaNotReady e) {
      throw new IllegalStateException(
          "The store " + role + " (" + configured.kind() + "): " + SchemaCommand.remedy(e.status()),
          e);
    } catch (IllegalStateException e) {
      throw new IllegalStateException(
          "The store " + role + " (" + configured.kind() + "): " + e.getMessage(), e);
    }
    double pace = effort
        .requests()
        .orElse(configured instanceof Store.Supabase ? REQUESTS_OVER_REST : REQUESTS_OF_A_DATABASE);
    return new Opened(
        MoveEnd.store(
            which + configured.kind(),
            store.transport(),
            new Pace(pace, InstantSource.system(), Pause.blocking())),
        store::close);
  }

  /** The move between the two. */
  Move move(MoveListener listener) {
    return new Move(source.end(), target.end(), limits, InstantSource.system(), listener);
  }

  /** What to call the side that everything comes from. */
  String from() {
    return source.end().label();
  }

  /** What to call the side that everything goes to. */
  String to() {
    return target.end().label();
  }

  @Override
  public void close() {
    try {
      source.close().run();
    } finally {
      target.close().run();
    }
  }
}
