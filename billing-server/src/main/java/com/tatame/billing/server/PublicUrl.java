package com.tatame.billing.server;

import java.net.URI;

/** Addresses under the one by which the server is reached from outside. */
final class PublicUrl {
  private static final String WEBHOOKS = "/webhooks/stripe";

  private PublicUrl() {}

  /** Where Stripe sends events. */
  static URI webhooks(URI publicUrl) {
    return URI.create(publicUrl.toString().replaceFirst("/+$", "") + WEBHOOKS);
  }
}
