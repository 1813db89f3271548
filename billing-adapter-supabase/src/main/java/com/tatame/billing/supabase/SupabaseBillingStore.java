package com.tatame.billing.supabase;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.tatame.billing.command.Pause;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.schema.FunctionBackedStore;
import com.tatame.billing.schema.ReadOnlyCache;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * The billing store on a Supabase project, over its Data API. Thread-safe; one for each program and
 * project. Any number of programs may share a project.
 *
 * <p>An answer that was lost is asked for again, and what was executed is never executed twice. Each
 * call throws {@link StoreUnavailable} if the project can't be reached or is not set up as needed;
 * the message then says what to do, and never holds the key or a row's values.
 */
public final class SupabaseBillingStore extends FunctionBackedStore {
  private static final JsonMapper JSON = new JsonMapper();

  SupabaseBillingStore(RestFunctions functions) {
    super(functions);
  }

  /**
   * Opens the store and checks that the project is set up: the schema exposed, all migrations run,
   * everything granted. It can't run the migrations itself; that takes a database connection.
   *
   * @throws StoreUnavailable if the project can't be reached
   * @throws IllegalStateException saying what the project lacks
   */
  public static SupabaseBillingStore open(SupabaseConfig config) {
    RestFunctions functions = new RestFunctions(
        config,
        new SecureRandom(),
        duration -> Thread.sleep(duration.toMillis()),
        Pause.blocking()::pause,
        InstantSource.system(),
        new ReadOnlyCache(System::nanoTime));
    return open(config, functions);
  }

  static SupabaseBillingStore open(SupabaseConfig config, RestFunctions functions) {
    try {
      check(config, functions);
      return new SupabaseBillingStore(functions);
    } catch (StoreUnavailable e) {
      functions.close();
      throw e.getCause() instanceof NotSetUp ? new IllegalStateException(e.getMessage(), e) : e;
    } catch (RuntimeException e) {
      functions.close();
      throw e;
    }
  }

  static void check(SupabaseConfig config, RestFunctions functions) {
    try {
      JsonNode missing = JSON.readTree(functions.call(
          "missing_v1", JSON.writeValueAsString(Map.of("functions", RetrySafety.functions()))));
      if (!missing.isEmpty()) {
        String names = StreamSupport.stream(missing.spliterator(), false)
            .map(JsonNode::asText)
            .collect(Collectors.joining(", "));
        throw new IllegalStateException("In the schema " + config.schema()
            + " the key's role can't use: "
            + names
            + ". Run the migrations (supabase-migrations.sql) in the project's SQL editor, and grant"
            + " what they grant to service_role.");
      }
    } catch (JsonProcessingException e) {
      e.clearLocation();
      throw new IllegalStateException("the project's answer is no list", e);
    }
  }
}
