package com.tatame.billing.server;

import java.util.List;

/** Settings of events out: who may receive them, and how long they are kept. */
final class EventSettings {
  private static final SettingGroup ALL = new SettingGroup(Setting.Section.WEBHOOKS);

  static final Setting<String> BILLING_SECRETS_KEY = ALL.add(
          "BILLING_SECRETS_KEY",
          "secret keys, each `id:Base64 of 32 bytes`",
          SettingReaders::secretsKey)
      .list()
      .means(
          "The key under which secrets are stored that must be read again, such as those of event"
              + " endpoints, which there can't be without it. To replace it put the new one first, keep the"
              + " old one behind it, run `billing events reseal`, and take the old one away.")
      .remedy("set it to k1: followed by what 'openssl rand -base64 32' prints, and keep it")
      .wrong("short");

  static final Setting<Boolean> BILLING_EVENT_PRIVATE_ADDRESSES = ALL.add(
          "BILLING_EVENT_PRIVATE_ADDRESSES", "`true` or `false`", SettingReaders::flag)
      .byDefault("false")
      .initially("false")
      .means(
          "Whether event endpoints may be on private networks and without TLS. Leave it out unless they are"
              + " on your own: administrators who add one could reach what is inside.")
      .remedy("leave it out for false")
      .example("true")
      .wrong("yes");

  static final Setting<Integer> BILLING_KEEP_FEED_DAYS = ALL.add(
          "BILLING_KEEP_FEED_DAYS", "number from 1 to 36500", SettingReaders.number(1, 36_500))
      .byDefault("90")
      .initially("90")
      .means(
          "For how many days an event stays in the feed with the account's state, and can be sent again."
              + " What happened stays in the ledger for ever.")
      .remedy("leave it out for 90")
      .example("90")
      .wrong("0");

  private EventSettings() {}

  static List<Setting<?>> all() {
    return ALL.settings();
  }
}
