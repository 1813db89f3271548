package com.tatame.billing.simulator;

import com.tatame.billing.simulator.engine.CheckoutOptions;
import com.tatame.billing.simulator.engine.CheckoutPage;
import com.tatame.billing.simulator.engine.Engine;
import com.tatame.billing.simulator.engine.PageForm;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Map;
import java.util.Optional;

/** The page on which a buyer pays, as a plain form that posts to itself. */
final class CheckoutRoutes {
  private final Engine engine;
  private final CheckoutOptions options;
  private final Pages pages;

  CheckoutRoutes(Engine engine, Pages pages) {
    this.engine = engine;
    this.options = new CheckoutOptions(engine);
    this.pages = pages;
  }

  void addTo(RoutesConfig routes) {
    routes.get("/checkout/{session}", ctx -> show(ctx, Optional.empty()));
    routes.post("/checkout/{session}", this::submit);
    routes.post("/checkout/{session}/authenticate", this::authenticate);
    routes.post("/checkout/{session}/code", this::useCode);
    routes.post("/checkout/{session}/place", this::locate);
  }

  private void submit(Context ctx) {
    String session = ctx.pathParam("session");
    Optional<CheckoutPage> page = engine.page(session);
    if (page.isEmpty() || !page.get().state().equals("open")) {
      proceed(ctx, page);
      return;
    }
    String email = page.get().emailKnown() ? page.get().email() : Pages.field(ctx, "email");
    if (!email.matches("[^@\\s]+@[^@\\s]+")) {
      ctx.status(400);
      show(ctx, Optional.of("Enter your e-mail address, for example ada@example.com."));
      return;
    }
    if (page.get().placeMissing()) {
      ctx.status(400);
      show(ctx, Optional.of("Choose where you are first, so that the tax can be reckoned."));
      return;
    }
    PageForm form = new PageForm(
        email,
        Pages.field(ctx, "number"),
        Pages.field(ctx, "exp"),
        Pages.field(ctx, "cvc"),
        Pages.field(ctx, "name"));
    finish(ctx, session, engine.submit(session, form));
  }

  private void useCode(Context ctx) {
    Optional<String> refusal = options.useCode(ctx.pathParam("session"), Pages.field(ctx, "code"));
    if (refusal.isPresent()) {
      ctx.status(400);
      show(ctx, Optional.empty(), refusal.get());
    } else {
      back(ctx);
    }
  }

  private void locate(Context ctx) {
    options.locate(
        ctx.pathParam("session"),
        Pages.field(ctx, "country"),
        Pages.field(ctx, "state"),
        Pages.field(ctx, "postal_code"));
    back(ctx);
  }

  private static void back(Context ctx) {
    Pages.secure(ctx, "");
    ctx.status(303).header("Location", "/checkout/" + ctx.pathParam("session"));
  }

  private void authenticate(Context ctx) {
    String session = ctx.pathParam("session");
    Optional<CheckoutPage> page = engine.page(session);
    if (page.isEmpty() || !page.get().state().equals("authenticating")) {
      proceed(ctx, page);
      return;
    }
    finish(
        ctx, session, engine.authenticate(session, Pages.field(ctx, "answer").equals("approve")));
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
      Pages.secure(ctx, page.get().successUrl());
      ctx.status(303).header("Location", page.get().successUrl());
    } else if (page.isPresent() && page.get().state().equals("authenticating")) {
      ctx.status(303).header("Location", "/checkout/" + page.get().session());
    } else {
      show(ctx, Optional.empty());
    }
  }

  private void show(Context ctx, Optional<String> problem) {
    show(ctx, problem, "");
  }

  private void show(Context ctx, Optional<String> problem, String codeProblem) {
    Optional<CheckoutPage> found = engine.page(ctx.pathParam("session"));
    if (found.isEmpty()) {
      ctx.status(404);
      notice(
          ctx,
          "There is no such checkout",
          "The link is incomplete, or the simulator has been reset since it was made. Go back to the shop and start again.",
          Link.NONE,
          "");
      return;
    }
    CheckoutPage page = found.get();
    switch (page.state()) {
      case "open" -> showOpen(ctx, page, problem, codeProblem);
      case "authenticating" -> showAuthentication(ctx, page);
      case "complete" ->
        notice(
            ctx,
            "This checkout is complete",
            "There is nothing left to pay here.",
            new Link(page.successUrl(), "Continue to the shop"),
            page.successUrl());
      default -> {
        ctx.status(410);
        notice(
            ctx,
            "This checkout has expired",
            "Nothing was charged. Go back to the shop and start again.",
            new Link(page.cancelUrl().orElse(""), "Back to the shop"),
            page.successUrl());
      }
    }
  }

  private void showOpen(
      Context ctx, CheckoutPage page, Optional<String> problem, String codeProblem) {
    pages.show(
        ctx,
        "checkout.jte",
        Map.of(
            "page", page,
            "problem", problem.orElse(""),
            "codeProblem", codeProblem,
            "codeTyped", codeProblem.isEmpty() ? "" : Pages.field(ctx, "code"),
            "countries", CheckoutPage.countries(),
            "email",
                page.emailKnown() || ctx.formParam("email") == null
                    ? page.email()
                    : Pages.field(ctx, "email"),
            "name", Pages.field(ctx, "name"),
            "cards", Pages.cards(engine.now()),
            "now", engine.now().toString()),
        page.successUrl());
  }

  private void showAuthentication(Context ctx, CheckoutPage page) {
    pages.show(
        ctx,
        "authenticate.jte",
        Map.of(
            "last4",
            page.last4(),
            "purpose",
            page.later().isPresent()
                ? "keeps this card for the time after the trial"
                : "pays " + page.dueToday() + " today",
            "action",
            "/checkout/" + page.session() + "/authenticate"),
        page.successUrl());
  }

  private void notice(Context ctx, String title, String text, Link link, String successUrl) {
    pages.show(
        ctx,
        "notice.jte",
        Map.of("title", title, "text", text, "link", link.address(), "linkText", link.text()),
        successUrl);
  }

  private record Link(String address, String text) {
    static final Link NONE = new Link("", "");
  }
}
