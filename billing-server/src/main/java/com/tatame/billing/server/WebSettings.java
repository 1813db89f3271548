package com.tatame.billing.server;

import static com.tatame.billing.server.Setting.Need.IN_PRODUCTION;

import com.tatame.billing.checkout.CheckoutUrls;
import java.util.List;

/** Settings of who may call the API, and from where. */
final class WebSettings {
  private static final SettingGroup ALL = new SettingGroup(Setting.Section.WEB);

  static final Setting<String> BILLING_CORS_ORIGINS = ALL.add(
          "BILLING_CORS_ORIGINS", "origins", SettingReaders::origin)
      .list()
      .initially("http://localhost:3000")
      .means("Origins whose pages may call the API. Without it, none.")
      .remedy("list the origins of your pages, such as https://app.example.com")
      .example("https://app.example.com")
      .wrong("https://app.example.com/path");

  static final Setting<String> BILLING_IGNORED_QUERY_PARAMETERS = ALL.add(
          "BILLING_IGNORED_QUERY_PARAMETERS", "names of parameters", SettingReaders::queryParameter)
      .list()
      .byDefault("utm_*,_")
      .initially("utm_*,_")
      .means(
          "Query parameters that proxies or analytics scripts add, and that are ignored; `*` ends a prefix."
              + " Others that a route doesn't have are refused.")
      .remedy("list names such as utm_*, or leave it out for utm_* and _")
      .example("utm_*,_,gclid")
      .wrong("utm_*&x");

  static final Setting<CheckoutUrls.Target> BILLING_CHECKOUT_URLS = ALL.add(
          "BILLING_CHECKOUT_URLS", "origins and app schemes", SettingReaders::checkoutUrl)
      .list()
      .required(IN_PRODUCTION)
      .initially("http://localhost:3000")
      .means(
          "Where checkouts may return to: origins and app schemes (`myapp://`). In production origins must"
              + " be https; elsewhere this machine is always allowed.")
      .remedy("list the origins and app schemes that checkouts return to, such as"
          + " https://app.example.com,myapp://")
      .example("https://app.example.com,myapp://")
      .wrong("javascript://");

  static final Setting<AddressRanges.Range> TRUSTED_PROXIES = ALL.add(
          "TRUSTED_PROXIES",
          "addresses or ranges",
          (text, deployment) -> AddressRanges.Range.parse(text))
      .list()
      .means(
          "Proxies whose `X-Forwarded-Proto` and `X-Forwarded-For` are believed. Without it, none.")
      .remedy("list addresses or ranges such as 10.0.0.0/8")
      .example("10.0.0.0/8")
      .wrong("example.com");

  private WebSettings() {}

  static List<Setting<?>> all() {
    return ALL.settings();
  }
}
