package com.tatame.billing.mailservice;

import java.net.URI;
import java.util.Optional;

/** One-click unsubscription as a mail program reads it. */
final class Unsubscribe {
  private Unsubscribe() {}

  static Optional<URI> of(String list, String post) {
    return list.startsWith("<") && list.endsWith(">") && post.equals("List-Unsubscribe=One-Click")
        ? Optional.of(URI.create(list.substring(1, list.length() - 1)))
        : Optional.empty();
  }
}
