package com.tatame.billing.testkit.simulator;

import com.tatame.billing.testkit.simulator.engine.CheckoutPage;
import com.tatame.billing.testkit.simulator.engine.Engine;
import com.tatame.billing.testkit.simulator.engine.PageForm;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.net.URI;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The page on which a buyer pays, as a plain form that posts to itself. */
final class CheckoutRoutes {
  private static final DateTimeFormatter EXPIRY =
      DateTimeFormatter.ofPattern("MM / uu", Locale.ROOT);

  private final Engine engine;
  private final TemplateEngine templates = TemplateEngine.createPrecompiled(
      null,
      ContentType.Html,
      CheckoutRoutes.class.getClassLoader(),
      CheckoutRoutes.class.getPackageName());

  CheckoutRoutes(Engine engine) {
    this.engine = engine;
  }

  void addTo(RoutesConfig routes) {
    routes.get("/checkout/{session}", ctx -> show(ctx, Optional.empty()));
    routes.post("/checkout/{session}", this::submit);
    routes.post("/checkout/{session}/authenticate", this::authenticate);
  }

  private void submit(Context ctx) {
    String session = ctx.pathParam("session");
    Optional<CheckoutPage> page = engine.page(session);
    if (page.isEmpty() || !page.get().state().equals("open")) {
      proceed(ctx, page);
      return;
    }
    String email = page.get().emailKnown() ? page.get().email() : field(ctx, "email");
    if (!email.matches("[^@\\s]+@[^@\\s]+")) {
      ctx.status(400);
      show(ctx, Optional.of("Enter your e-mail address, for example ada@example.com."));
      return;
    }
    PageForm form = new PageForm(
        email, field(ctx, "number"), field(ctx, "exp"), field(ctx, "cvc"), field(ctx, "name"));
    finish(ctx, session, engine.submit(session, form));
  }

  private void authenticate(Context ctx) {
    String session = ctx.pathParam("session");
    Optional<CheckoutPage> page = engine.page(session);
    if (page.isEmpty() || !page.get().state().equals("authenticating")) {
      proceed(ctx, page);
      return;
    }
    finish(ctx, session, engine.authenticate(session, field(ctx, "answer").equals("approve")));
  }

  private void finish(Context ctx, String session, Optional<String> refusal) {
    if (refusal.isPresent()) {
      ctx.status(402);
      show(ctx, refusal);
    } else {
      proceed(ctx, engine.page(session));
    }
  }

  /** Sends the browser where the session's state belongs. */
  private void proceed(Context ctx, Optional<CheckoutPage> page) {
    if (page.isPresent() && page.get().state().equals("complete")) {
      security(ctx, page.get().successUrl());
      ctx.status(303).header("Location", page.get().successUrl());
    } else if (page.isPresent() && page.get().state().equals("authenticating")) {
      ctx.status(303).header("Location", "/checkout/" + page.get().session());
    } else {
      show(ctx, Optional.empty());
    }
  }

  private static String field(Context ctx, String name) {
    return Objects.requireNonNullElse(ctx.formParam(name), "").strip();
  }

  private void show(Context ctx, Optional<String> problem) {
    Optional<CheckoutPage> found = engine.page(ctx.pathParam("session"));
    if (found.isEmpty()) {
      ctx.status(404);
      html(
          ctx,
          "notice.jte",
          Map.of(
              "title", "There is no such checkout",
              "text",
                  "The link is incomplete, or the simulator has been reset since it was made. Go back to the shop and start again.",
              "link", "",
              "linkText", ""),
          "");
      return;
    }
    CheckoutPage page = found.get();
    switch (page.state()) {
      case "open" ->
        html(
            ctx,
            "checkout.jte",
            Map.of(
                "page", page,
                "problem", problem.orElse(""),
                "email",
                    page.emailKnown() || ctx.formParam("email") == null
                        ? page.email()
                        : field(ctx, "email"),
                "name", field(ctx, "name"),
                "cards", cards(),
                "now", engine.now().toString()),
            page.successUrl());
      case "authenticating" ->
        html(ctx, "authenticate.jte", Map.of("page", page), page.successUrl());
      case "complete" ->
        html(
            ctx,
            "notice.jte",
            Map.of(
                "title", "This checkout is complete",
                "text", "There is nothing left to pay here.",
                "link", page.successUrl(),
                "linkText", "Continue to the shop"),
            page.successUrl());
      default -> {
        ctx.status(410);
        html(
            ctx,
            "notice.jte",
            Map.of(
                "title", "This checkout has expired",
                "text", "Nothing was charged. Go back to the shop and start again.",
                "link", page.cancelUrl().orElse(""),
                "linkText", "Back to the shop"),
            page.successUrl());
      }
    }
  }

  private void html(Context ctx, String template, Map<String, Object> parameters, String target) {
    StringOutput output = new StringOutput();
    templates.render(template, parameters, output);
    security(ctx, target);
    ctx.header("Cache-Control", "no-store");
    ctx.contentType("text/html; charset=utf-8").result(output.toString());
  }

  /** A form's answer may lead to the shop, which browsers count as the form's action. */
  private static void security(Context ctx, String target) {
    ctx.header(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; base-uri 'none';"
            + " frame-ancestors 'none'; form-action 'self'" + origin(target));
    ctx.header("X-Content-Type-Options", "nosniff");
    ctx.header("Referrer-Policy", "no-referrer");
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

  /** A test card as a button that fills the form in. */
  public record CardButton(String label, String number, String expiry, String cvc) {}

  private List<CardButton> cards() {
    String expiry = EXPIRY.format(engine.now().atOffset(ZoneOffset.UTC).plusYears(3));
    return List.of(
        new CardButton("Pays", "4242 4242 4242 4242", expiry, "123"),
        new CardButton("Is declined", "4000 0000 0000 0002", expiry, "123"),
        new CardButton("Has no funds", "4000 0000 0000 9995", expiry, "123"),
        new CardButton("Needs authentication", "4000 0025 0000 3155", expiry, "123"),
        new CardButton("Needs it every time", "4000 0027 6000 3184", expiry, "123"),
        new CardButton("Fails at renewal", "4000 0000 0000 0341", expiry, "123"));
  }
}
