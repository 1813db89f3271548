package com.tatame.billing.server;

import java.net.URI;

/** Addresses under the one by which the server is reached from outside. */
final class PublicUrl {
  private static final String UNSUBSCRIBE = "/mail/unsubscribe/";
  private static final String WEBHOOKS = "/webhooks/stripe";

  private PublicUrl() {}

  /** Where Stripe sends events. */
  static URI webhooks(URI publicUrl) {
    return under(publicUrl, WEBHOOKS);
  }

  /** Where mails of a kind are switched off; a token is appended. */
  static URI unsubscribe(URI publicUrl) {
    return under(publicUrl, UNSUBSCRIBE);
  }

  private static URI under(URI publicUrl, String path) {
    return URI.create(publicUrl.toString().replaceFirst("/+$", "") + path);
  }
}
