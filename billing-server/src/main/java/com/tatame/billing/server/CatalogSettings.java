package com.tatame.billing.server;

import static com.tatame.billing.server.Setting.Need.ALWAYS;
import static com.tatame.billing.server.Setting.Need.IN_PRODUCTION;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Settings of what is sold: the catalog file, trials and prices. */
final class CatalogSettings {
  /** Begins the names of all settings of a family. */
  static final String PRICE_PREFIX = "STRIPE_PRICE_";

  private static final SettingGroup ALL = new SettingGroup(Setting.Section.SOLD);

  static final Setting<Path> BILLING_CATALOG = ALL.add(
          "BILLING_CATALOG", "path of a YAML file", SettingReaders::readableFile)
      .required(ALWAYS)
      .initially("examples/tatame/catalog.yaml")
      .means("What is sold; [catalog.md](catalog.md) has the format.")
      .remedy("set it to the path of a catalog file, such as examples/tatame/catalog.yaml")
      .example("examples/tatame/catalog.yaml")
      .wrong("/nowhere/catalog.yaml");

  static final Setting<String> BILLING_TRIAL_LEDGER_KEY = ALL.add(
          "BILLING_TRIAL_LEDGER_KEY", "secrets of at least 32 characters", SettingReaders::trialKey)
      .list()
      .required(IN_PRODUCTION)
      .means(
          "The secret under which it is remembered who has had a trial. To replace it put the new one"
              + " first, and keep the old one behind it.")
      .remedy(
          "set it to what 'openssl rand -base64 32' prints, and keep it: without it no caller can be authenticated"
              + " again who has had a trial")
      .wrong("short");

  static final Setting<String> STRIPE_PRICE = ALL.add(
          "STRIPE_PRICE_{TIER}_{MONTHLY|YEARLY}", "id of a price", SettingReaders::priceId)
      .family(Pattern.compile(PRICE_PREFIX + "(.+)_(MONTHLY|YEARLY)"))
      .means("The price of a tier, where it isn't found by its lookup key, such as"
          + " `STRIPE_PRICE_PRO_MONTHLY`.")
      .remedy(
          "copy the price's id from the Stripe dashboard, or leave it out: 'billing setup' makes"
              + " prices")
      .example("price_1N5")
      .wrong("prod_N5");

  private CatalogSettings() {}

  static List<Setting<?>> all() {
    return ALL.settings();
  }
}
