package com.tatame.billing.server;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All settings of the server. Each is declared once, in the class of its section; the configuration
 * is read by them, and {@code .env.example} and {@code docs/configuration.md} are made from them.
 */
final class Settings {
  private static final List<Setting<?>> ALL = Stream.of(
          ServerSettings.all(),
          StripeSettings.all(),
          CatalogSettings.all(),
          SignInSettings.all(),
          StoreSettings.all(),
          MoveSettings.all(),
          WebhookSettings.all(),
          EventSettings.all(),
          ConversationSettings.all(),
          EmailSettings.all(),
          MailServiceSettings.all(),
          ImportSourceSettings.all(),
          WebSettings.all(),
          ReportingSettings.all())
      .<Setting<?>>flatMap(List::stream)
      .toList();

  private Settings() {}

  /** All of them, in the order of {@code .env.example}. */
  static List<Setting<?>> all() {
    return ALL;
  }

  /** The names of all that are no family. */
  static Set<String> names() {
    return ALL.stream()
        .filter(setting -> setting.family().isEmpty())
        .map(Setting::name)
        .collect(Collectors.toUnmodifiableSet());
  }
}
