package com.tatame.billing.configuration;

import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.CheckoutPages;
import com.tatame.billing.catalog.DuplicatePolicy;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Item;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.PlanPrice;
import com.tatame.billing.catalog.Policies;
import com.tatame.billing.catalog.RepeatedTrials;
import com.tatame.billing.catalog.SelfServicePause;
import com.tatame.billing.configuration.YamlTree.Mapping;
import com.tatame.billing.failure.Suggestion;
import com.tatame.billing.failure.ValidationFailed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads a catalog from YAML, in the format of {@code docs/catalog.md}. Every problem is reported, with
 * its file, line and field.
 *
 * <pre>{@code
 * Catalog catalog = CatalogFile.read(Path.of("catalog.yaml"));
 * }</pre>
 */
public final class CatalogFile {
  private final CatalogFields fields;
  private final Map<PriceName, String> priceIds;
  private final Set<PriceName> usedPriceIds = new HashSet<>();

  private CatalogFile(String file, Map<PriceName, String> priceIds) {
    this.fields = new CatalogFields(file);
    this.priceIds = priceIds;
  }

  /**
   * Reads a file, with the provider's ids of prices as far as it names them.
   *
   * @throws InvalidConfiguration with everything that is wrong with it
   */
  public static Catalog read(Path file) {
    return read(file, Map.of());
  }

  /**
   * Reads a file.
   *
   * @param priceIds the provider's ids that win over those of the file
   * @throws InvalidConfiguration with everything that is wrong with it
   */
  public static Catalog read(Path file, Map<PriceName, String> priceIds) {
    try {
      return new CatalogFile(file.toString(), priceIds).parse(Files.readString(file));
    } catch (IOException e) {
      throw unreadable(file.toString(), e);
    }
  }

  /**
   * Reads a catalog that is not a file by itself, such as a resource in a jar. The stream stays the
   * caller's to close.
   *
   * @param yaml in UTF-8
   * @param name what problems call it, such as {@code catalog.yaml}
   * @throws InvalidConfiguration with everything that is wrong with it
   */
  public static Catalog read(InputStream yaml, String name) {
    try {
      String text = new String(yaml.readAllBytes(), StandardCharsets.UTF_8);
      return new CatalogFile(name, Map.of()).parse(text);
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private static InvalidConfiguration unreadable(String file, IOException e) {
    String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return new InvalidConfiguration(List.of(file + ": can't be read as YAML: " + reason));
  }

  private Catalog parse(String yaml) throws IOException {
    YamlTree tree = YamlTree.parse(yaml);
    Mapping root = fields.mapping("", tree);
    fields.allowOnly(
        "",
        root,
        Set.of(
            "currency",
            "defaultTier",
            "grace",
            "zone",
            "tiers",
            "items",
            "coupons",
            "duplicates",
            "trials",
            "checkout"));
    AmountFields amounts = new AmountFields(fields, AmountFields.currency(fields, root));
    String defaultTier = fields.required("", root, "defaultTier");
    Duration grace =
        fields.text("", root, "grace").map(text -> days(root, text)).orElse(Catalog.DEFAULT_GRACE);
    FeatureFields features =
        new FeatureFields(fields, amounts, FeatureFields.zone(fields, "", root, ZoneOffset.UTC));
    List<Plan> plans = plans(root, amounts, features);
    List<Item> items = items(root, amounts);
    List<String> coupons = fields.texts("", root, "coupons");
    Policies policies = policies(root);
    Optional<CheckoutPages> checkout = checkoutPages(root);
    refuseUnusedPriceIds();
    fields.throwIfAny();
    try {
      return new Catalog(plans, items, defaultTier, grace, coupons, policies, checkout);
    } catch (ValidationFailed e) {
      e.errors()
          .forEach(error -> fields.problem(error.field(), root.at(error.field()), error.message()));
      fields.throwIfAny();
      throw e;
    }
  }

  private Policies policies(Mapping root) {
    Mapping trials = fields.child("", root, "trials");
    fields.allowOnly("trials", trials, Set.of("repeated"));
    return new Policies(
        fields
            .choice("", root, "duplicates", DuplicatePolicy.values(), DuplicatePolicy::code)
            .orElse(Policies.DEFAULT.duplicates()),
        fields
            .choice("trials", trials, "repeated", RepeatedTrials.values(), RepeatedTrials::code)
            .orElse(Policies.DEFAULT.repeatedTrials()));
  }

  private Optional<CheckoutPages> checkoutPages(Mapping root) {
    YamlTree tree = root.entries().get("checkout");
    if (tree == null) {
      return Optional.empty();
    }
    Mapping pages = fields.mapping("checkout", tree);
    fields.allowOnly("checkout", pages, Set.of("successUrl", "cancelUrl"));
    String successUrl = fields.required("checkout", pages, "successUrl");
    String cancelUrl = fields.required("checkout", pages, "cancelUrl");
    if (successUrl.isEmpty() || cancelUrl.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new CheckoutPages(successUrl, cancelUrl));
    } catch (ValidationFailed e) {
      e.errors().forEach(error -> fields.problem(error.field(), pages, error.message()));
      return Optional.empty();
    }
  }

  private Duration days(Mapping root, String text) {
    if (text.matches("P\\d{1,4}D")) {
      return Duration.parse(text);
    }
    fields.problem("grace", root, "must be a number of days, such as P7D");
    return Catalog.DEFAULT_GRACE;
  }

  private List<Plan> plans(Mapping root, AmountFields amounts, FeatureFields features) {
    List<Plan> plans = new ArrayList<>();
    Mapping tiers = fields.child("", root, "tiers");
    if (tiers.entries().isEmpty()) {
      fields.problem("tiers", root, "must define at least one tier");
    }
    tiers.entries().forEach((tier, tree) -> {
      String path = "tiers." + tier;
      Mapping plan = fields.mapping(path, tree);
      if (!tier.matches("[a-z][a-z0-9_-]{0,62}")) {
        fields.problem(path, plan, "must be named in lower case, with letters, digits, _ and -");
      }
      plans.add(plan(path, tier, plan, plans.size(), amounts, features));
    });
    return plans;
  }

  private List<Item> items(Mapping root, AmountFields amounts) {
    List<Item> items = new ArrayList<>();
    fields.child("", root, "items").entries().forEach((id, tree) -> {
      String path = "items." + id;
      Mapping item = fields.mapping(path, tree);
      fields.allowOnly(path, item, allowed(Set.of("name", "kind", "repeatable")));
      if (!id.matches("[a-z0-9][a-z0-9_-]{0,62}")) {
        fields.problem(path, item, "must be named in lower case, with letters, digits, _ and -");
      }
      items.add(new Item(
          id,
          fields.required(path, item, "name"),
          fields.required(path, item, "kind"),
          amounts.read(path, item),
          fields.flag(path, item, "repeatable").orElse(false)));
    });
    return items;
  }

  private static Set<String> allowed(Set<String> besideAmounts) {
    Set<String> names = new HashSet<>(besideAmounts);
    names.addAll(AmountFields.NAMES);
    return names;
  }

  private Plan plan(
      String path,
      String tier,
      Mapping plan,
      int position,
      AmountFields amounts,
      FeatureFields features) {
    fields.allowOnly(
        path,
        plan,
        Set.of(
            "name",
            "description",
            "family",
            "rank",
            "selfService",
            "trialDays",
            "selfServicePause",
            "prices",
            "features"));
    Map<String, Feature> given = features.read(path, plan);
    return new Plan(
        tier,
        fields.required(path, plan, "name"),
        fields.text(path, plan, "description").orElse(""),
        fields.text(path, plan, "family").orElse("default"),
        (int) fields
            .number(path, plan, "rank", 0, 1_000_000)
            .orElse((long) position)
            .longValue(),
        fields.flag(path, plan, "selfService").orElse(true),
        (int) fields.number(path, plan, "trialDays", 0, 730).orElse(0L).longValue(),
        prices(path, tier, plan, amounts, given),
        given,
        selfServicePause(path, plan));
  }

  private Optional<SelfServicePause> selfServicePause(String path, Mapping plan) {
    YamlTree tree = plan.entries().get("selfServicePause");
    if (tree == null) {
      return Optional.empty();
    }
    String pausePath = path + ".selfServicePause";
    Mapping pause = fields.mapping(pausePath, tree);
    fields.allowOnly(pausePath, pause, Set.of("maxDays", "timesPerYear"));
    for (String name : List.of("maxDays", "timesPerYear")) {
      if (!pause.entries().containsKey(name)) {
        fields.problem(pausePath + "." + name, pause, "is missing; give a number");
      }
    }
    boolean metered = fields.child(path, plan, "prices").entries().values().stream()
        .anyMatch(
            price -> price instanceof Mapping priced && priced.entries().containsKey("metered"));
    if (metered) {
      fields.problem(
          pausePath,
          pause,
          "is for plans without metered prices: what was used would not be billed");
    }
    return Optional.of(new SelfServicePause(
        fields.number(pausePath, pause, "maxDays", 1, 366).orElse(1L).intValue(),
        fields.number(pausePath, pause, "timesPerYear", 1, 12).orElse(1L).intValue()));
  }

  private Map<BillingInterval, PlanPrice> prices(
      String path, String tier, Mapping plan, AmountFields amounts, Map<String, Feature> features) {
    Map<BillingInterval, PlanPrice> prices = new EnumMap<>(BillingInterval.class);
    fields.child(path, plan, "prices").entries().forEach((name, tree) -> {
      String pricePath = path + ".prices." + name;
      Mapping price = fields.mapping(pricePath, tree);
      fields.allowOnly(pricePath, price, allowed(Set.of("lookupKey", "priceId", "metered")));
      Optional<BillingInterval> interval = BillingInterval.of(name);
      if (interval.isEmpty()) {
        fields.problem(pricePath, price, "must be named monthly or yearly");
        return;
      }
      PriceName override = PriceName.of(tier, interval.get());
      usedPriceIds.add(override);
      prices.put(
          interval.get(),
          new PlanPrice(
              amounts.read(pricePath, price),
              fields.text(pricePath, price, "lookupKey").orElse(tier + "_" + name),
              Optional.ofNullable(priceIds.get(override))
                  .or(() -> fields.text(pricePath, price, "priceId")),
              meter(pricePath, price, features)));
    });
    return prices;
  }

  private Optional<String> meter(String path, Mapping price, Map<String, Feature> features) {
    Optional<String> meter = fields.text(path, price, "metered");
    Set<String> metered = features.values().stream()
        .flatMap(feature -> feature.meter().stream())
        .collect(Collectors.toSet());
    meter
        .filter(name -> !metered.contains(name))
        .ifPresent(name -> fields.problem(
            path + ".metered",
            price.entries().getOrDefault("metered", price),
            "must be what a feature of the tier is metered by" + Suggestion.of(name, metered)));
    return meter;
  }

  private void refuseUnusedPriceIds() {
    priceIds.keySet().stream()
        .filter(name -> !usedPriceIds.contains(name))
        .map(name -> name.variable() + " names a price that the catalog doesn't have")
        .sorted()
        .forEach(fields::problem);
  }
}
