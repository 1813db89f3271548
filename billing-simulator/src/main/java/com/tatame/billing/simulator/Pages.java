package com.tatame.billing.simulator;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import io.javalin.http.Context;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Renders the pages, and keeps browsers from doing more with them than they should. */
final class Pages {
  private static final DateTimeFormatter EXPIRY =
      DateTimeFormatter.ofPattern("MM / uu", Locale.ROOT);

  private final TemplateEngine templates = TemplateEngine.createPrecompiled(
      null, ContentType.Html, Pages.class.getClassLoader(), Pages.class.getPackageName());

  /** A test card as a button that fills the form in. */
  public record CardButton(String label, String number, String expiry, String cvc) {}

  static List<CardButton> cards(Instant now) {
    String expiry = EXPIRY.format(now.atOffset(ZoneOffset.UTC).plusYears(3));
    return List.of(
        new CardButton("Pays", "4242 4242 4242 4242", expiry, "123"),
        new CardButton("Is declined", "4000 0000 0000 0002", expiry, "123"),
        new CardButton("Has no funds", "4000 0000 0000 9995", expiry, "123"),
        new CardButton("Needs authentication", "4000 0025 0000 3155", expiry, "123"),
        new CardButton("Needs it every time", "4000 0027 6000 3184", expiry, "123"),
        new CardButton("Fails at renewal", "4000 0000 0000 0341", expiry, "123"));
  }

  static String field(Context ctx, String name) {
    return Objects.requireNonNullElse(ctx.formParam(name), "").strip();
  }

  /**
   * Answers with a page.
   *
   * @param target where its form may lead in the end; empty for nowhere else
   */
  void show(Context ctx, String template, Map<String, Object> parameters, String target) {
    StringOutput output = new StringOutput();
    templates.render(template, parameters, output);
    secure(ctx, target);
    ctx.header("Cache-Control", "no-store");
    ctx.contentType("text/html; charset=utf-8").result(output.toString());
  }

  /** A form's answer may lead to the shop, which browsers count as the form's action. */
  static void secure(Context ctx, String target) {
    ctx.header(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; base-uri 'none';"
            + " frame-ancestors 'none'; form-action 'self'" + origin(target));
    ctx.header("X-Content-Type-Options", "nosniff");
    // Not no-referrer: a form of the page itself would be sent with Origin "null".
    ctx.header("Referrer-Policy", "same-origin");
  }

  private static String origin(String url) {
    try {
      URI uri = URI.create(url);
      if (uri.getScheme() == null) {
        return "";
      }
      return uri.getRawAuthority() == null || !uri.getScheme().startsWith("http")
          ? " " + uri.getScheme() + ":"
          : " " + uri.getScheme() + "://" + uri.getRawAuthority();
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}
