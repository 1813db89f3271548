package com.tatame.billing.http;

import static com.tatame.billing.http.Access.PUBLIC;
import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.ProblemCode.NOT_FOUND;
import static com.tatame.billing.http.Route.Reply.plain;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.Route.put;
import static com.tatame.billing.http.RouteEffect.BILLING;
import static com.tatame.billing.http.RouteEffect.NONE;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.mail.MailCategory;
import com.tatame.billing.mail.MailPreferences;
import com.tatame.billing.mail.Unsubscription;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which mails an account wants, as it says itself or by the link in a mail. */
final class MailPreferenceHandlers {
  static final String UNSUBSCRIBE = "/mail/unsubscribe/";

  private static final String PATH = "/api/v1/mail-preferences";

  private final Unsubscription unsubscription;

  static List<Route> routes() {
    return List.of(
        get(PATH, SIGNED_IN)
            .is("Mail", "Which mails the account wants")
            .answers(reply(200, MailPreferencesAnswer.class, "What it wants."))
            .by(to -> to.get(MailPreferenceHandlers.class)::read),
        put(PATH, SIGNED_IN, BILLING)
            .is("Mail", "Say which mails the account wants; what is left out stays")
            .takes(WantedMails.class)
            .answers(reply(200, MailPreferencesAnswer.class, "What it wants now."))
            .by(to -> to.get(MailPreferenceHandlers.class)::replace),
        get(UNSUBSCRIBE + "{token}", PUBLIC)
            .is("Mail", "A page that asks whether to switch off mails of a kind")
            .answers(plain(DocumentHandlers.HTML, "The page; nothing is switched off yet."))
            .refuses(NOT_FOUND)
            .by(to -> to.get(MailPreferenceHandlers.class)::ask),
        post(UNSUBSCRIBE + "{token}", PUBLIC, NONE)
            .is("Mail", "Switch off mails of a kind, by the link in one of them (RFC 8058)")
            .takesRaw()
            .answers(plain(DocumentHandlers.HTML, "They are switched off."))
            .refuses(NOT_FOUND)
            .by(to -> to.get(MailPreferenceHandlers.class)::unsubscribe));
  }

  MailPreferenceHandlers(Unsubscription unsubscription) {
    this.unsubscription = unsubscription;
  }

  record WantedMails(
      @Doc(
          value = "The language of mails: a tag of BCP 47; null for the default.",
          example = "pt-BR")
      @Nullable
      String locale,

      @Doc(
          value = "The time zone of dates in mails; null for the default.",
          example = "Europe/Berlin")
      @Nullable
      String timeZone,

      @Nullable WantedCategories categories) {}

  record WantedCategories(
      @Doc("Whether to write when a limit is near.") @Nullable
      Boolean limits) {}

  record MailPreferencesAnswer(
      @Doc("The language of mails; null for the default.") @Nullable
      String locale,

      @Doc("The time zone of dates in mails; null for the default.") @Nullable
      String timeZone,

      MailCategoriesAnswer categories) {
    static MailPreferencesAnswer of(MailPreferences preferences) {
      return new MailPreferencesAnswer(
          preferences.locale().orElse(null),
          preferences.timeZone().orElse(null),
          new MailCategoriesAnswer(!preferences.off().contains(MailCategory.LIMITS)));
    }
  }

  record MailCategoriesAnswer(
      @Doc("Whether to write when a limit is near.") boolean limits) {}

  Answer read(Call call) {
    return Answer.ok(MailPreferencesAnswer.of(unsubscription.preferences(call.account())));
  }

  Answer replace(Call call) {
    AccountId account = call.account();
    WantedMails wanted = call.body(WantedMails.class);
    MailPreferences before = unsubscription.preferences(account);
    Optional<String> locale = call.bodyNames().contains("locale")
        ? RequestFields.text("locale", wanted.locale())
        : before.locale();
    Optional<String> timeZone = call.bodyNames().contains("timeZone")
        ? RequestFields.text("timeZone", wanted.timeZone())
        : before.timeZone();
    Set<MailCategory> off = EnumSet.noneOf(MailCategory.class);
    off.addAll(before.off());
    if (wanted.categories() != null && wanted.categories().limits() != null) {
      if (wanted.categories().limits()) {
        off.remove(MailCategory.LIMITS);
      } else {
        off.add(MailCategory.LIMITS);
      }
    }
    return Answer.ok(MailPreferencesAnswer.of(
        unsubscription.put(account, new MailPreferences(locale, timeZone, off))));
  }

  // Scanners of mail follow links, so a GET changes nothing.
  Answer ask(Call call) {
    unsubscription.category(call.token("token"));
    return page("<p>Do you want no more mails of this kind?</p>"
        + "<form method=\"post\"><button>Stop these mails</button></form>");
  }

  Answer unsubscribe(Call call) {
    unsubscription.unsubscribe(call.token("token"));
    return page("<p>You will get no more mails of this kind.</p>");
  }

  private static Answer page(String content) {
    return new Answer(
        200,
        DocumentHandlers.HTML,
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
            + "<meta name=\"viewport\" content=\"width=device-width\">"
            + "<title>Mail preferences</title></head><body><main><h1>Mail preferences</h1>"
            + content + "</main></body></html>",
        Map.of("Cache-Control", "no-store", "Referrer-Policy", "no-referrer"));
  }
}
