package com.tatame.billing.sandbox;

import com.tatame.billing.Billing;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.subscription.ChangePolicy;
import com.tatame.billing.subscription.ChangeRequest;
import com.tatame.billing.subscription.Quote;
import com.tatame.billing.subscription.Subscription;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The pages: what is shown, and where each click goes. */
final class HomeRoutes {
  private record Asset(String resource, String contentType) {}

  private static final Map<String, Asset> ASSETS = Map.of(
      "pico.min.css",
      new Asset("META-INF/resources/webjars/picocss__pico/2.1.1/css/pico.min.css", "text/css"),
      "htmx.min.js",
      new Asset("META-INF/resources/webjars/htmx.org/2.0.10/dist/htmx.min.js", "text/javascript"),
      "docs.js",
      new Asset("sandbox/docs.js", "text/javascript"),
      "docs.css",
      new Asset("sandbox/docs.css", "text/css"),
      "sandbox.css",
      new Asset("sandbox/sandbox.css", "text/css"));

  private final Billing billing;
  private final HomePages pages;
  private final PageActions actions;
  private final Visitor visitor;
  private final PageRenderer renderer;

  HomeRoutes(
      Billing billing,
      TimeMachine timeMachine,
      String issuer,
      PageRenderer renderer,
      RandomGenerator random) {
    this.billing = billing;
    this.pages = new HomePages(billing, timeMachine);
    this.actions = new PageActions(billing, timeMachine, issuer);
    this.visitor = new Visitor(random);
    this.renderer = renderer;
  }

  void mount(RoutesConfig routes) {
    routes.get("/", this::home);
    routes.get("/sandbox/pages/live", this::live);
    routes.get("/sandbox/pages/events/{id}", this::event);
    routes.post("/sandbox/pages/sign-in", checked(actions::signIn));
    routes.post("/sandbox/pages/checkout", checked(actions::checkout));
    routes.post("/sandbox/pages/item", checked(actions::buyItem));
    routes.post("/sandbox/pages/cancel", checked(actions::cancel));
    routes.post("/sandbox/pages/resume", checked(actions::resume));
    routes.post("/sandbox/pages/quote", checked(this::quote));
    routes.post("/sandbox/pages/change", checked(actions::change));
    routes.post("/sandbox/pages/use", checked(actions::use));
    routes.post("/sandbox/pages/pay", checked(actions::pay));
    routes.post("/sandbox/pages/portal", checked(actions::portal));
    routes.post("/sandbox/pages/clock", checked(actions::clock));
    routes.get("/sandbox/assets/{name}", HomeRoutes::asset);
    // In place of the server's own page, which has no test users to get tokens for.
    routes.before("/docs", this::docs);
  }

  /** What a form asks for. */
  interface Action {
    /** Does it, and tells the person what happened; or where to go instead. */
    void run(Context context);
  }

  private static Handler checked(Action action) {
    return checked("/", action);
  }

  /**
   * Does what a form of the page asks for, and nothing that another site's form does.
   *
   * @param page where a person is told what can't be done
   */
  static Handler checked(String page, Action action) {
    return context -> {
      if (!Visitor.sentByOwnForm(context)) {
        Visitor.go(context, page, false, "That form was out of date. Please try again.");
        return;
      }
      try {
        action.run(context);
      } catch (BillingException e) {
        Visitor.go(context, page, false, String.valueOf(e.getMessage()));
      }
    };
  }

  /** What the frame of every page shows, with what is to be told once. */
  HomePage page(Context context) {
    return page(context, Visitor.notice(context));
  }

  private HomePage page(Context context, Optional<HomePage.Notice> notice) {
    return pages.page(Visitor.subject(context), visitor.csrf(context), notice);
  }

  private void home(Context context) {
    Optional<String> subject = Visitor.subject(context);
    String session = context.queryParam("checkout");
    if (session != null && subject.isPresent()) {
      actions.welcomeBack(context, new AccountId(subject.get()), session);
      return;
    }
    renderer.html(context, "home.jte", Map.of("page", page(context)));
  }

  // What has not changed is not sent, so that nothing moves under a reader's hands.
  private void live(Context context) {
    HomePage page = page(context, Optional.empty());
    if (page.user().isEmpty()) {
      context.status(204);
      return;
    }
    String seen = Integer.toHexString(page.user().get().hashCode());
    if (seen.equals(context.queryParam("seen"))) {
      context.status(204);
      return;
    }
    renderer.html(context, "live.jte", Map.of("page", page, "user", page.user().get()));
  }

  private void event(Context context) {
    try {
      renderer.html(
          context,
          "event.jte",
          Map.of(
              "page",
              page(context, Optional.empty()),
              "details",
              pages.event(Visitor.account(context), context.pathParam("id"))));
    } catch (BillingException e) {
      Visitor.goHome(context, false, String.valueOf(e.getMessage()));
    }
  }

  // Shown at once and not kept: to load it again asks again.
  private void quote(Context context) {
    AccountId account = Visitor.account(context);
    Subscription subscription =
        billing.subscriptions().get(account, PageActions.field(context, "subscription"));
    String tier = PageActions.field(context, "tier");
    Quote quote = billing
        .subscriptions()
        .quote(
            account,
            subscription.id(),
            new ChangeRequest(
                Optional.of(tier),
                BillingInterval.of(PageActions.field(context, "interval")),
                Optional.empty(),
                Optional.empty(),
                ChangePolicy.of(PageActions.field(context, "policy"))
                    .orElse(ChangePolicy.PRORATE)));
    renderer.html(
        context,
        "quote.jte",
        Map.of(
            "page",
            page(context, Optional.empty()),
            "quote",
            pages.view(quote, subscription, tier)));
  }

  private void docs(Context context) {
    renderer.html(context, "docs.jte", Map.of("users", TestUsers.SUBJECTS));
    context.skipRemainingHandlers();
  }

  private static void asset(Context context) {
    Asset asset = ASSETS.get(context.pathParam("name"));
    if (asset == null) {
      context.status(404);
      return;
    }
    try (InputStream in = HomeRoutes.class.getClassLoader().getResourceAsStream(asset.resource())) {
      if (in == null) {
        throw new IllegalStateException("missing on the class path: " + asset.resource());
      }
      context.header("Cache-Control", "public, max-age=3600");
      context.header("X-Content-Type-Options", "nosniff");
      context.contentType(asset.contentType()).result(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
