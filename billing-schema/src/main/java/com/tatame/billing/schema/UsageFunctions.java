package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.entitlement.AccountUsage;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.Draw;
import com.tatame.billing.entitlement.Draw.Offer;
import com.tatame.billing.entitlement.DrawResult;
import com.tatame.billing.entitlement.PastUsage;
import com.tatame.billing.entitlement.Place;
import com.tatame.billing.entitlement.Tally;
import com.tatame.billing.entitlement.UsageRow;
import com.tatame.billing.entitlement.UsageStore;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What accounts use, behind its functions. */
final class UsageFunctions implements UsageStore {
  private static final Window ALWAYS = new Window(Window.Kind.LIFETIME, ZoneOffset.UTC);

  private static final List<Optional<String>> ONLY_OF_THE_PLAN = List.of(Optional.empty());

  private final Functions functions;

  UsageFunctions(Functions functions) {
    this.functions = functions;
  }

  @Override
  public AccountUsage read(AccountId account, Instant now) {
    Row answer = functions
        .row("account_usage_v3", Row.empty().with("account_id", account).with("now", now))
        .orElseThrow();
    return new AccountUsage(
        answer.optionalRow("entitlement").map(EntitlementRows::recorded),
        answer.text("version"),
        answer.rows("open").map(UsageFunctions::usage),
        answer.rows("grants").map(GrantFunctions::grant),
        answer.text("state"));
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
  public List<DrawResult> consume(List<Draw> draws) {
    if (draws.isEmpty()) {
      return List.of();
    }
    Map<AccountId, Integer> drawn = new HashMap<>();
    List<List<Row>> waves = new ArrayList<>();
    for (int n = 0; n < draws.size(); n++) {
      int wave = drawn.merge(draws.get(n).account(), 1, Integer::sum);
      if (wave > waves.size()) {
        waves.add(new ArrayList<>());
      }
      waves.get(wave - 1).add(row(draws.get(n)).with("n", n));
    }
    DrawResult[] results = new DrawResult[draws.size()];
    functions.rows("consume_v4", Row.empty().with("waves", waves)).stream().forEach(answer -> {
      int n = answer.integer("n");
      results[n] = result(answer, draws.get(n));
    });
    return List.of(results);
  }

  @Override
  public Optional<Consumption> release(
      AccountId account, String feature, String consumptionId, Instant now) {
    return functions
        .row(
            "release_consumption_v2",
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
        "set_gauge_v3",
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
  public void publish(Catalog catalog) {
    functions.call(
        "publish_catalog_v3",
        Row.empty()
            .with(
                "tiers",
                catalog.plans().stream()
                    .map(plan -> Row.empty()
                        .with("tier", plan.tier())
                        .with("name", plan.name())
                        .with("rank", plan.rank())
                        .with("is_default", plan.tier().equals(catalog.defaultTier())))
                    .toList())
            .with(
                "features",
                catalog.plans().stream()
                    .flatMap(plan -> new TreeMap<>(plan.features())
                        .entrySet().stream()
                            .map(entry -> feature(entry.getValue())
                                .with("tier", plan.tier())
                                .with("feature", entry.getKey())))
                    .toList()));
  }

  private static Row feature(Feature feature) {
    Row row = Row.empty().with("kind", feature.kind()).with("meter", feature.meter());
    if (feature instanceof Feature.Counter counter) {
      return window(row, counter.window())
          .with("included", true)
          .with("usage_limit", counter.limit());
    } else if (feature instanceof Feature.Unlimited unlimited) {
      return window(row, unlimited.window()).with("included", true);
    } else if (feature instanceof Feature.Gauge gauge) {
      return window(row, ALWAYS).with("included", true).with("usage_limit", gauge.limit());
    }
    return window(row, ALWAYS)
        .with("included", feature instanceof Feature.Flag flag && flag.included());
  }

  private static Row window(Row row, Window window) {
    String zone = window.zone().equals(ZoneOffset.UTC) ? "UTC" : window.zone().getId();
    return row.with("window_kind", window.kind()).with("zone", zone);
  }

  @Override
  public int prune(Instant before) {
    return functions
        .call("prune_consumptions_v2", Row.empty().with("before", before))
        .intValue();
  }

  static Row row(Draw draw) {
    List<Optional<String>> free = new ArrayList<>();
    List<Offer> paid = new ArrayList<>();
    for (Offer offer : draw.offers()) {
      if (offer.place() == Place.INCLUDED) {
        free.add(offer.grant());
      } else {
        paid.add(offer);
      }
    }
    return Row.empty()
        .with("id", draw.id())
        .with("account_id", draw.account())
        .with("feature", draw.feature())
        .with("key", draw.key())
        .with("fingerprint", draw.fingerprint())
        .with("version", draw.version())
        .with("tier", draw.tier())
        .with("period_start", draw.period().start())
        .with("period_end", draw.period().end())
        .with("included_limit", includedLimit(draw))
        .with("free", free.equals(ONLY_OF_THE_PLAN) ? Optional.empty() : free)
        .with("paid", paid.isEmpty() ? Optional.empty() : paid)
        .with("amount", draw.amount())
        .with("at", draw.at())
        .with("recorded", draw.recorded())
        .with(
            "metadata",
            draw.metadata().isEmpty() ? Optional.empty() : Optional.of(draw.metadata()));
  }

  private static Optional<Long> includedLimit(Draw draw) {
    return draw.offers().stream()
        .filter(offer -> offer.place() == Place.INCLUDED && offer.grant().isEmpty())
        .findFirst()
        .flatMap(Offer::limit);
  }

  static DrawResult result(Row answer, Draw draw) {
    return switch (answer.text("outcome")) {
      case "granted" -> new DrawResult.Granted(consumption(answer, draw), false);
      case "known" -> {
        Consumption consumption = consumption(answer.optionalRow("consumption").orElseThrow());
        yield new DrawResult.Granted(consumption, !consumption.id().equals(draw.id()));
      }
      case "denied" -> new DrawResult.Denied();
      case "stale" -> new DrawResult.Stale();
      case "key_reused" -> new DrawResult.KeyReused();
      default -> throw new IllegalStateException("consume_v4 answered something unknown");
    };
  }

  // As it was written: what the draw said, and what was decided about it.
  private static Consumption consumption(Row decided, Draw draw) {
    return new Consumption(
        draw.id(),
        draw.feature(),
        draw.period(),
        decided.constant("place", Place.class),
        draw.amount(),
        decided.number("used"),
        includedLimit(draw),
        decided.optionalNumber("discount_percent").map(Long::intValue),
        draw.at().truncatedTo(ChronoUnit.MICROS),
        Optional.empty(),
        ofGrants(decided),
        decided.number("granted_left"));
  }

  private static Consumption consumption(Row row) {
    return new Consumption(
        row.text("id"),
        row.text("usage_type"),
        period(row),
        row.constant("place", Place.class),
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
        new Tally(
            row.number("amount") - overage - fullPrice - granted, overage, fullPrice, granted));
  }

  private static Period period(Row row) {
    return new Period(row.instant("period_start"), row.instant("period_end"));
  }
}
