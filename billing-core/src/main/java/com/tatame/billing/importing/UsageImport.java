package com.tatame.billing.importing;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.entitlement.Entitlements;
import com.tatame.billing.entitlement.RecordedUsage;
import com.tatame.billing.entitlement.UsageReport;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.text.Sha256;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Writes down what accounts have used in the present period, each row once. */
public final class UsageImport {
  private static final String WHAT = "usage";
  private static final int DAY = "2026-01-31".length();
  private final Entitlements entitlements;
  private final InstantSource clock;

  public UsageImport(Entitlements entitlements, InstantSource clock) {
    this.entitlements = entitlements;
    this.clock = clock;
  }

  ImportCounts take(
      List<Map<String, String>> rows, String mapping, UsageColumns columns, boolean dryRun) {
    ImportCounts tally = new ImportCounts();
    for (Map<String, String> row : rows) {
      String name = columns.table() + " " + row.get(columns.key());
      try {
        take(row, name, mapping, columns, dryRun, tally);
      } catch (ValidationFailed | NotFound e) {
        tally.refused(name, String.valueOf(e.getMessage()));
      } catch (Conflict e) {
        tally.refused(name, "was imported before, with another amount");
      }
    }
    return tally;
  }

  private void take(
      Map<String, String> row,
      String name,
      String mapping,
      UsageColumns columns,
      boolean dryRun,
      ImportCounts tally) {
    Optional<AccountId> account = LinkImport.account(row.get(columns.account()));
    if (account.isEmpty()) {
      tally.refused(name, columns.account() + " names no account");
      return;
    }
    long amount = amount(row, columns);
    if (amount == 0 || !isPresent(row, columns)) {
      tally.skipped(WHAT);
      return;
    }
    String feature = feature(row, columns);
    String key = mapping + " " + name + " " + feature + " "
        + columns.from().map(row::get).orElse("");
    UsageReport report = new UsageReport(
        feature, amount, Optional.of("import_" + digest(key)), Optional.empty(), Map.of());
    if (dryRun) {
      // It is asked only whether there is such a feature.
      entitlements.check(account.get(), feature);
      tally.created(WHAT);
      return;
    }
    RecordedUsage recorded = entitlements.record(account.get(), report);
    if (recorded.again()) {
      tally.present(WHAT);
    } else {
      tally.created(WHAT);
    }
  }

  private static String feature(Map<String, String> row, UsageColumns columns) {
    return columns.counts().orElseGet(() -> {
      String said = columns.feature().map(row::get).orElse("");
      return columns.names().getOrDefault(said, said.toLowerCase(Locale.ROOT));
    });
  }

  private static long amount(Map<String, String> row, UsageColumns columns) {
    String text = Optional.ofNullable(row.get(columns.amount())).orElse("0");
    if (!text.matches("\\d{1,15}(\\.0+)?")) {
      throw ValidationFailed.of(columns.amount(), "must be a whole number");
    }
    return Long.parseLong(text.replaceFirst("\\..*", ""));
  }

  private boolean isPresent(Map<String, String> row, UsageColumns columns) {
    Instant now = clock.instant();
    boolean begun =
        columns.from().map(column -> !instant(row, column).isAfter(now)).orElse(true);
    return begun
        && columns.to().map(column -> instant(row, column).isAfter(now)).orElse(true);
  }

  // A time without a zone is meant in UTC, as the quotas' months are.
  private static Instant instant(Map<String, String> row, String column) {
    String text = Optional.ofNullable(row.get(column)).orElse("");
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException withoutZone) {
      return localInstant(text, column);
    }
  }

  private static Instant localInstant(String text, String column) {
    try {
      return text.length() == DAY
          ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
          : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw ValidationFailed.of(column, "must be a time");
    }
  }

  private static String digest(String text) {
    return Sha256.hex(text).substring(0, 40);
  }
}
