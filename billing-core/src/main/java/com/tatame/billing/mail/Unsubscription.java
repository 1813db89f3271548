package com.tatame.billing.mail;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditAction;
import com.tatame.billing.audit.AuditChange;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.mail.MailSettings.UnsubscribeLink;
import java.time.InstantSource;
import java.time.zone.ZoneRulesProvider;
import java.util.HashSet;
import java.util.IllformedLocaleException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** Use cases: which mails an account wants, as it says itself or by the link in a mail. */
public final class Unsubscription {
  private static final int MAX_LOCALE_LENGTH = 35;

  private final MailStore store;
  private final UnsubscribeTokens tokens;
  private final InstantSource wallClock;

  /**
   * Wires the use cases.
   *
   * @param link by which tokens are made; empty for a program that makes none
   */
  public Unsubscription(
      MailStore store,
      Optional<UnsubscribeLink> link,
      InstantSource wallClock,
      RandomGenerator random) {
    this.store = store;
    this.tokens = new UnsubscribeTokens(link, random);
    this.wallClock = wallClock;
  }

  /** What the account wants. */
  public MailPreferences preferences(AccountId account) {
    return store.preferences(account);
  }

  /**
   * Replaces what the account wants.
   *
   * @throws ValidationFailed if the locale or the time zone is none
   */
  public MailPreferences put(AccountId account, MailPreferences wanted) {
    wanted.locale().ifPresent(Unsubscription::requireLanguage);
    wanted.timeZone().ifPresent(Unsubscription::requireTimeZone);
    MailPreferences before = store.preferences(account);
    store.put(
        account,
        wanted,
        AuditEntry.of(
            wallClock.instant(),
            AuditAction.UPDATE_MAIL_PREFERENCES.code(),
            Optional.of(account),
            account.value(),
            AuditChange.changed(described(before), described(wanted))));
    return wanted;
  }

  /** Sets the language of the account's mails, and leaves the rest. */
  public void changeLocale(AccountId account, String locale) {
    MailPreferences before = store.preferences(account);
    put(account, new MailPreferences(Optional.of(locale), before.timeZone(), before.off()));
  }

  /**
   * Which category a token switches off.
   *
   * @throws NotFound if it is none of ours
   */
  public MailCategory category(String token) {
    return granted(token).category();
  }

  /**
   * Switches off what the token says. A second time it changes nothing.
   *
   * @throws NotFound if it is none of ours
   */
  public void unsubscribe(String token) {
    UnsubscribeTokens.Granted granted = granted(token);
    MailPreferences before = store.preferences(granted.account());
    Set<MailCategory> off = new HashSet<>(before.off());
    if (off.add(granted.category())) {
      put(granted.account(), new MailPreferences(before.locale(), before.timeZone(), off));
    }
  }

  private UnsubscribeTokens.Granted granted(String token) {
    return tokens.open(token).orElseThrow(() -> new NotFound("link to unsubscribe", "this"));
  }

  private static Map<String, String> described(MailPreferences preferences) {
    Map<String, String> fields = new TreeMap<>();
    preferences.locale().ifPresent(locale -> fields.put("locale", locale));
    preferences.timeZone().ifPresent(zone -> fields.put("timeZone", zone));
    for (MailCategory category : MailCategory.values()) {
      fields.put(category.code(), Boolean.toString(!preferences.off().contains(category)));
    }
    return fields;
  }

  private static void requireTimeZone(String name) {
    if (!ZoneRulesProvider.getAvailableZoneIds().contains(name)) {
      throw ValidationFailed.of(
          "timeZone", "must be the name of a time zone, such as Europe/Berlin");
    }
  }

  private static void requireLanguage(String tag) {
    try {
      if (tag.length() <= MAX_LOCALE_LENGTH
          && !new Locale.Builder().setLanguageTag(tag).build().getLanguage().isEmpty()) {
        return;
      }
    } catch (IllformedLocaleException e) {
      // Said below, as of any other that can't be used.
    }
    throw ValidationFailed.of("locale", "must be a language tag of BCP 47, such as pt-BR");
  }
}
