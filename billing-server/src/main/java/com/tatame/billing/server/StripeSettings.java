package com.tatame.billing.server;

import static com.tatame.billing.server.Setting.Need.ALWAYS;

import java.net.URI;
import java.util.List;

/** Settings of the Stripe account. */
final class StripeSettings {
  private static final SettingGroup ALL = new SettingGroup(Setting.Section.STRIPE);

  static final Setting<Secret> STRIPE_SECRET_KEY = ALL.add(
          "STRIPE_SECRET_KEY", "secret, `sk_…` or `rk_…`", SettingReaders::stripeSecretKey)
      .required(ALWAYS)
      .means("The key of the account. A restricted key (`rk_…`) works too.")
      .remedy("copy it from the Stripe dashboard, Developers, API keys")
      .wrong("pk_test_51N");

  static final Setting<String> STRIPE_PUBLISHABLE_KEY = ALL.add(
          "STRIPE_PUBLISHABLE_KEY", "`pk_…`", SettingReaders::stripePublishableKey)
      .means(
          "For pages that use Stripe's own script; answered by `GET /api/v1/config`. Of the same mode,"
              + " test or live, as the secret key.")
      .remedy("copy it from the Stripe dashboard, Developers, API keys, or leave it out")
      .example("pk_test_51N")
      .wrong("sk_test_51N");

  static final Setting<Secret> STRIPE_WEBHOOK_SECRET = ALL.add(
          "STRIPE_WEBHOOK_SECRET", "secrets, `whsec_…`", SettingReaders::webhookSecret)
      .list()
      .required(ALWAYS)
      .means(
          "The signing secret of the webhook endpoint, as `billing setup` prints it. During a rotation"
              + " both, the new one and the old one.")
      .remedy(
          "copy the endpoint's signing secret from the Stripe dashboard, Developers, Webhooks, or"
              + " what 'stripe listen' prints")
      .wrong("we_1N5");

  static final Setting<List<AddressRanges.Range>> STRIPE_WEBHOOK_SOURCES = ALL.add(
          "STRIPE_WEBHOOK_SOURCES",
          "`stripe`, addresses or ranges",
          (text, deployment) -> WebhookSources.parse(text))
      .list()
      .means(
          "Where webhooks may come from, besides being signed: `stripe` for the addresses that Stripe"
              + " publishes. Behind a proxy, set `TRUSTED_PROXIES`, too. Without it, from anywhere.")
      .remedy("set it to stripe, or leave it out")
      .example("stripe,192.0.2.0/24")
      .wrong("stripe.com");

  static final Setting<URI> STRIPE_API_BASE = ALL.add(
          "STRIPE_API_BASE", "http or https address", SettingReaders::httpAddress)
      .means(
          "Another server that speaks Stripe's API, such as a simulator. Refused in production and with"
              + " live keys.")
      .remedy("set it to the simulator's address, or leave it out")
      .example("http://localhost:12111")
      .wrong("localhost:12111");

  static final Setting<Boolean> STRIPE_AUTOMATIC_TAX = ALL.add(
          "STRIPE_AUTOMATIC_TAX", "`true` or `false`", SettingReaders::flag)
      .byDefault("false")
      .initially("false")
      .means("Whether Stripe Tax computes the tax of checkouts. It must be set up in the account.")
      .remedy("leave it out for false")
      .example("true")
      .wrong("yes");

  private StripeSettings() {}

  static List<Setting<?>> all() {
    return ALL.settings();
  }
}
