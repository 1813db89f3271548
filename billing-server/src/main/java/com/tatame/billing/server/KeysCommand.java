package com.tatame.billing.server;

import com.tatame.billing.apikey.ApiKey;
import com.tatame.billing.apikey.ApiKeys;
import com.tatame.billing.apikey.ApiKeys.Created;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.store.BillingStore;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAmount;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Manages API keys in the configured store, also while no server runs. */
@Command(
    name = "keys",
    description = "Manage the API keys of other programs. The schema must be there.")
final class KeysCommand {
  private static final int PAGE = 100;

  private final Supplier<BillingStore> open;
  private final InstantSource wallClock;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  /**
   * Wires the command.
   *
   * @param open opens the store, which is closed after the command
   */
  KeysCommand(Supplier<BillingStore> open, InstantSource wallClock) {
    this.open = open;
    this.wallClock = wallClock;
  }

  private interface Work {
    void on(ApiKeys keys, PrintWriter out);
  }

  private int run(Work work) {
    PrintWriter out = spec.commandLine().getOut();
    try (BillingStore store = open.get()) {
      work.on(new ApiKeys(store.apiKeys(), wallClock, new SecureRandom()), out);
    }
    out.flush();
    return 0;
  }

  @Command(name = "create", description = "Make a key, and print it this once.")
  int create(
      @Option(names = "--name", required = true, description = "What it is for.") String name,
      @Option(
              names = "--scope",
              required = true,
              split = ",",
              description = "What it may do; repeat it for more. One of: ${COMPLETION-CANDIDATES}",
              completionCandidates = ScopeCodes.class)
          List<String> scopes,
      @Option(
              names = "--expires",
              description = "How long it is good for, such as P90D or PT12H. Default: for ever.")
          Optional<String> expires) {
    return run((keys, out) -> {
      Created created = keys.create(
          name, scopes(scopes), expires.map(length -> end(wallClock.instant(), length)));
      out.println("Made " + line(created.key()));
      out.println();
      out.println("  " + created.secret());
      out.println();
      out.println(
          "Keep it now: it can't be shown again. It is sent as Authorization: Bearer <key>.");
    });
  }

  @Command(name = "list", description = "List all keys, newest first.")
  int list() {
    return run((keys, out) -> {
      Optional<String> after = Optional.empty();
      List<ApiKey> page;
      do {
        page = keys.list(after, PAGE);
        for (ApiKey key : page) {
          out.println(line(key));
          after = Optional.of(key.id());
        }
      } while (page.size() == PAGE);
      if (after.isEmpty()) {
        out.println("There are no keys. Make one with: keys create --name … --scope …");
      }
    });
  }

  @Command(name = "revoke", description = "Revoke a key for good.")
  int revoke(
      @Parameters(paramLabel = "<id>", description = "Its first 19 characters, as listed.")
          String id) {
    return run((keys, out) -> {
      out.println("Revoked " + line(keys.revoke(id)));
      out.println("Running servers refuse it within 5 seconds.");
    });
  }

  private static String line(ApiKey key) {
    return key.id()
        + "  " + key.scopes().stream().sorted().map(Scope::code).collect(Collectors.joining(","))
        + "  \"" + key.name() + "\""
        + "  made " + seconds(key.createdAt())
        + key.expiresAt().map(at -> ", expires " + seconds(at)).orElse("")
        + key.revokedAt().map(at -> ", revoked " + seconds(at)).orElse("")
        + key.lastUsedAt().map(at -> ", last used " + seconds(at)).orElse(", never used");
  }

  private static String seconds(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static Set<Scope> scopes(List<String> codes) {
    return codes.stream()
        .map(code -> Scope.of(code)
            .orElseThrow(() -> ValidationFailed.of(
                "--scope",
                "'" + code + "' is not a scope; there are " + String.join(", ", Scope.codes()))))
        .collect(Collectors.toSet());
  }

  private static Instant end(Instant now, String length) {
    try {
      TemporalAmount amount = length.contains("T") ? Duration.parse(length) : Period.parse(length);
      return now.atOffset(ZoneOffset.UTC).plus(amount).toInstant();
    } catch (DateTimeParseException e) {
      throw ValidationFailed.of("--expires", "must be a length of time such as P90D or PT12H");
    }
  }

  /** For the help. */
  static final class ScopeCodes implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Scope.codes().iterator();
    }
  }
}
