package com.tatame.billing.http;

import java.util.Locale;

/** What a route does to the account it is called for; decides who inside an organisation may call. */
enum RouteEffect {
  /** Changes what is bought, paid or shown on invoices: an organisation's billing roles only. */
  BILLING,
  /** Uses what was bought: every member of an organisation. */
  USE,
  /** Reads, calculates or validates; changes nothing that is paid for. */
  NONE;

  /** As the API description names it. */
  String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
