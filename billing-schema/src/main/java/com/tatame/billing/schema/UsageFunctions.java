package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.entitlement.AccountUsage;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.DebitResult;
import com.tatame.billing.entitlement.PastUsage;
import com.tatame.billing.entitlement.PriceBand;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.entitlement.UsageDebit.Offer;
import com.tatame.billing.entitlement.UsageRow;
import com.tatame.billing.entitlement.UsageStore;
import com.tatame.billing.entitlement.UsageTally;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What accounts use, behind its functions. */
final class UsageFunctions implements UsageStore {
  private static final List<Optional<String>> ONLY_OF_THE_PLAN = List.of(Optional.empty());

  private final Functions functions;

  UsageFunctions(Functions functions) {
    this.functions = functions;
  }

  @Override
  public AccountUsage read(AccountId account, Instant now) {
    Row answer = functions
        .row("account_usage_v1", Row.empty().with("account_id", account).with("now", now))
        .orElseThrow();
    AccountUsage usage = new AccountUsage(
        answer.optionalRow("entitlement").map(EntitlementRows::recorded),
        answer.text("version"),
        answer.rows("open").map(UsageFunctions::usage),
        answer.rows("grants").map(GrantFunctions::grant),
        answer.text("state"));
    return usage.atRevision(answer.number("revision"));
  }

  @Override
  public Map<AccountId, String> states(Set<AccountId> accounts, Instant now) {
    Map<AccountId, String> states = new HashMap<>();
    functions
        .call("account_states_v1", Row.empty().with("accounts", accounts).with("now", now))
        .properties()
        .forEach(
            entry -> states.put(new AccountId(entry.getKey()), entry.getValue().textValue()));
    return states;
  }

  @Override
  public PastUsage past(AccountId account, Instant at) {
    Row answer = functions
        .row("past_usage_v1", Row.empty().with("account_id", account).with("at", at))
        .orElseThrow();
    return new PastUsage(
        answer.optionalRow("known").map(EntitlementRows::recorded),
        answer.optionalRow("hindsight").map(EntitlementRows::recorded),
        answer.rows("open").map(UsageFunctions::usage),
        answer.rows("grants").map(GrantFunctions::grant));
  }

  @Override
  public List<DebitResult> consume(List<UsageDebit> debits) {
    if (debits.isEmpty()) {
      return List.of();
    }
    Map<AccountId, Integer> drawn = new HashMap<>();
    List<List<Row>> waves = new ArrayList<>();
    for (int n = 0; n < debits.size(); n++) {
      int wave = drawn.merge(debits.get(n).account(), 1, Integer::sum);
      if (wave > waves.size()) {
        waves.add(new ArrayList<>());
      }
      waves.get(wave - 1).add(row(debits.get(n)).with("n", n));
    }
    DebitResult[] results = new DebitResult[debits.size()];
    functions.rows("consume_v1", Row.empty().with("waves", waves)).stream().forEach(answer -> {
      int n = answer.integer("n");
      results[n] = result(answer, debits.get(n));
    });
    return List.of(results);
  }

  @Override
  public Optional<Consumption> find(AccountId account, String feature, String consumptionId) {
    return functions
        .row(
            "find_consumption_v1",
            Row.empty()
                .with("account_id", account)
                .with("feature", feature)
                .with("id", consumptionId))
        .map(UsageFunctions::consumption);
  }

  @Override
  public Optional<Consumption> release(
      AccountId account, String feature, String consumptionId, Instant now) {
    return functions
        .row(
            "release_consumption_v1",
            Row.empty()
                .with("account_id", account)
                .with("feature", feature)
                .with("id", consumptionId)
                .with("now", now))
        .map(UsageFunctions::consumption);
  }

  @Override
  public void set(AccountId account, String feature, long value, Instant now) {
    functions.call(
        "set_gauge_v1",
        Row.empty()
            .with("account_id", account)
            .with("feature", feature)
            .with("period_start", Period.LIFETIME.start())
            .with("period_end", Period.LIFETIME.end())
            .with("value", value)
            .with("now", now));
  }

  @Override
  public List<UsageRow> list(
      AccountId account, Optional<String> feature, Optional<UsageRow> after, int limit) {
    Page.check(limit);
    return functions
        .rows(
            "list_usage_v1",
            Row.empty()
                .with("account_id", account)
                .with("feature", feature)
                .with(
                    "after",
                    after.map(row -> Row.empty()
                        .with("period_end", row.period().end())
                        .with("usage_type", row.feature())
                        .with("period_start", row.period().start())))
                .with("limit", limit))
        .map(UsageFunctions::usage);
  }

  @Override
  public int prune(Instant before) {
    return functions
        .call("prune_consumptions_v1", Row.empty().with("before", before))
        .intValue();
  }

  static Row row(UsageDebit debit) {
    List<Optional<String>> free = new ArrayList<>();
    List<Offer> paid = new ArrayList<>();
    for (Offer offer : debit.offers()) {
      if (offer.place() == PriceBand.INCLUDED) {
        free.add(offer.grant());
      } else {
        paid.add(offer);
      }
    }
    return Row.empty()
        .with("id", debit.id())
        .with("account_id", debit.account())
        .with("feature", debit.feature())
        .with("key", debit.key())
        .with("fingerprint", debit.fingerprint())
        .with("version", debit.version())
        .with("tier", debit.tier())
        .with("period_start", debit.period().start())
        .with("period_end", debit.period().end())
        .with("included_limit", includedLimit(debit))
        .with("free", free.equals(ONLY_OF_THE_PLAN) ? Optional.empty() : free)
        .with("paid", paid.isEmpty() ? Optional.empty() : paid)
        .with("amount", debit.amount())
        .with("at", debit.at())
        .with("recorded", debit.recorded())
        .with(
            "metadata",
            debit.metadata().isEmpty() ? Optional.empty() : Optional.of(debit.metadata()));
  }

  private static Optional<Long> includedLimit(UsageDebit debit) {
    return debit.offers().stream()
        .filter(offer -> offer.place() == PriceBand.INCLUDED && offer.grant().isEmpty())
        .findFirst()
        .flatMap(Offer::limit);
  }

  static DebitResult result(Row answer, UsageDebit debit) {
    return switch (answer.text("outcome")) {
      case "granted" -> new DebitResult.Granted(consumption(answer, debit), false);
      case "known" -> {
        Consumption consumption = consumption(answer.optionalRow("consumption").orElseThrow());
        yield new DebitResult.Granted(consumption, !consumption.id().equals(debit.id()));
      }
      case "denied" -> new DebitResult.Denied();
      case "stale" -> new DebitResult.Stale();
      case "key_reused" -> new DebitResult.KeyReused();
      default -> throw new IllegalStateException("consume_v1 answered something unknown");
    };
  }

  // As it was written: what the draw said, and what was decided about it.
  private static Consumption consumption(Row decided, UsageDebit debit) {
    return new Consumption(
        debit.id(),
        debit.feature(),
        debit.period(),
        decided.constant("place", PriceBand.class),
        debit.amount(),
        decided.number("used"),
        includedLimit(debit),
        decided.optionalNumber("discount_percent").map(Long::intValue),
        debit.at().truncatedTo(ChronoUnit.MICROS),
        Optional.empty(),
        ofGrants(decided),
        decided.number("granted_left"));
  }

  private static Consumption consumption(Row row) {
    return new Consumption(
        row.text("id"),
        row.text("usage_type"),
        period(row),
        row.constant("place", PriceBand.class),
        row.number("amount"),
        row.number("used"),
        row.optionalNumber("usage_limit"),
        row.optionalNumber("discount_percent").map(Long::intValue),
        row.instant("at"),
        row.optionalInstant("released_at"),
        ofGrants(row),
        row.number("granted_left"));
  }

  private static Map<String, Long> ofGrants(Row row) {
    Map<String, Long> amounts = new HashMap<>();
    row.rows("granted").stream()
        .forEach(part -> amounts.put(part.text("id"), part.number("amount")));
    return amounts;
  }

  private static UsageRow usage(Row row) {
    long overage = row.number("overage");
    long fullPrice = row.number("full_price");
    long granted = row.number("granted");
    return new UsageRow(
        row.text("usage_type"),
        period(row),
        new UsageTally(
            row.number("amount") - overage - fullPrice - granted, overage, fullPrice, granted));
  }

  private static Period period(Row row) {
    return new Period(row.instant("period_start"), row.instant("period_end"));
  }
}
