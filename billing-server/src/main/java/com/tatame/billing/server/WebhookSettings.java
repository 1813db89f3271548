package com.tatame.billing.server;

import com.tatame.billing.drift.DriftPolicy;
import java.util.List;
import java.util.Map;

/** Settings of webhooks and of what is kept of them. */
final class WebhookSettings {
  private static final SettingGroup ALL = new SettingGroup(Setting.Section.WEBHOOKS);

  static final Setting<Boolean> BILLING_PROJECT_ON_ARRIVAL = ALL.add(
          "BILLING_PROJECT_ON_ARRIVAL", "`true` or `false`", SettingReaders::flag)
      .byDefault("true")
      .initially("true")
      .means(
          "Webhooks are applied in the commit that stores them. With `false` they are only stored then,"
              + " and workers apply them.")
      .remedy("leave it out for true")
      .example("false")
      .wrong("yes");

  static final Setting<DriftPolicy> BILLING_DRIFT = ALL.add(
          "BILLING_DRIFT",
          "`off`, `report` or `repair`",
          SettingReaders.choice(
              Map.of(
                  "off",
                  DriftPolicy.OFF,
                  "report",
                  DriftPolicy.REPORT,
                  "repair",
                  DriftPolicy.REPAIR),
              "must be off, report or repair"))
      .byDefault("repair")
      .initially("repair")
      .means(
          "All that is stored is compared with Stripe, customer by customer. What differs is listed, and:"
              + " `repair` puts it right, `report` leaves that to"
              + " `POST /api/v1/webhooks/drift/{id}/repair`; `off` compares nothing.")
      .remedy("leave it out for repair")
      .example("report")
      .wrong("on");

  static final Setting<Integer> BILLING_KEEP_EVENTS_DAYS = ALL.add(
          "BILLING_KEEP_EVENTS_DAYS", "number from 1 to 36500", SettingReaders.number(1, 36_500))
      .byDefault("90")
      .initially("90")
      .means(
          "For how many days the payloads of processed webhooks are kept. Their ids are kept for ever.")
      .remedy("leave it out for 90")
      .example("90")
      .wrong("0");

  static final Setting<Integer> BILLING_STALE_ENTITLEMENTS = ALL.add(
          "BILLING_STALE_ENTITLEMENTS", "number from 0 to 86400", SettingReaders.number(0, 86_400))
      .byDefault("600")
      .initially("600")
      .means(
          "While the database refuses connections, what users may do is answered by what was last read, if"
              + " that is at most so many seconds old; answers say `\"stale\": true` and how old they are. 0"
              + " answers 503 instead.")
      .remedy("leave it out for 600")
      .example("600")
      .wrong("forever");

  private WebhookSettings() {}

  static List<Setting<?>> all() {
    return ALL.settings();
  }
}
