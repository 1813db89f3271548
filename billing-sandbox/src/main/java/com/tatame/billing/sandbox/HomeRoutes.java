package com.tatame.billing.sandbox;

import com.tatame.billing.Billing;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.checkout.CheckoutRequest;
import com.tatame.billing.checkout.Checkouts;
import com.tatame.billing.checkout.Confirmation;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.Unauthenticated;
import com.tatame.billing.subscription.Cancellation;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.Handler;
import io.javalin.http.HttpStatus;
import io.javalin.http.SameSite;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The start page: what a person clicks, done through the use cases, and shown. */
final class HomeRoutes {
  private static final String USER = "sandbox_user";
  private static final String CSRF = "sandbox_csrf";
  private static final String NOTICE = "sandbox_notice";
  private static final int CONFIRM_LOOKS = 50;
  private static final Duration CONFIRM_PAUSE = Duration.ofMillis(100);

  private record Asset(String resource, String contentType) {}

  private static final Map<String, Asset> ASSETS = Map.of(
      "pico.min.css",
      new Asset("META-INF/resources/webjars/picocss__pico/2.1.1/css/pico.min.css", "text/css"),
      "htmx.min.js",
      new Asset("META-INF/resources/webjars/htmx.org/2.0.10/dist/htmx.min.js", "text/javascript"),
      "sandbox.css",
      new Asset("sandbox/sandbox.css", "text/css"));

  private final Billing billing;
  private final HomePages pages;
  private final TimeMachine timeMachine;
  private final String issuer;
  private final String contentPolicy;
  private final RandomGenerator random;
  private final TemplateEngine templates = TemplateEngine.createPrecompiled(
      null, ContentType.Html, null, HomeRoutes.class.getPackageName());

  HomeRoutes(
      Billing billing,
      TimeMachine timeMachine,
      String issuer,
      String simulatorUrl,
      RandomGenerator random) {
    this.billing = billing;
    this.pages = new HomePages(billing, timeMachine);
    this.timeMachine = timeMachine;
    this.issuer = issuer;
    this.random = random;
    this.contentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
            + " connect-src 'self'; base-uri 'none'; frame-ancestors 'none';"
            + " form-action 'self' "
            + simulatorUrl;
  }

  void mount(RoutesConfig routes) {
    routes.get("/", this::home);
    routes.get("/sandbox/pages/live", this::live);
    routes.post("/sandbox/pages/sign-in", checked(this::signIn));
    routes.post("/sandbox/pages/checkout", checked(this::checkout));
    routes.post("/sandbox/pages/cancel", checked(this::cancel));
    routes.post("/sandbox/pages/resume", checked(this::resume));
    routes.post("/sandbox/pages/clock", checked(this::clock));
    routes.get("/sandbox/assets/{name}", HomeRoutes::asset);
  }

  private interface Action {
    /** Does it, and tells the person what happened; or where to go instead. */
    void run(Context context);
  }

  // Every form carries the token of the visitor's cookie: another site can't send it along.
  private Handler checked(Action action) {
    return context -> {
      String cookie = context.cookie(CSRF);
      if (cookie == null || !cookie.equals(context.formParam("csrf"))) {
        goHome(context, false, "That form was out of date. Please try again.");
        return;
      }
      try {
        action.run(context);
      } catch (BillingException e) {
        goHome(context, false, String.valueOf(e.getMessage()));
      }
    };
  }

  private void home(Context context) {
    Optional<String> subject = subject(context);
    String session = context.queryParam("checkout");
    if (session != null && subject.isPresent()) {
      welcomeBack(context, new AccountId(subject.get()), session);
      return;
    }
    HomePage page = pages.page(subject, csrf(context), notice(context));
    html(context, "home.jte", Map.of("page", page));
  }

  private void live(Context context) {
    HomePage page = pages.page(subject(context), csrf(context), Optional.empty());
    if (page.user().isEmpty()) {
      context.status(204);
      return;
    }
    html(context, "live.jte", Map.of("page", page, "user", page.user().get()));
  }

  // The page after a payment is never too early: it waits until the outcome is known.
  private void welcomeBack(Context context, AccountId account, String session) {
    Confirmation confirmation = billing.checkouts().confirm(account, session);
    for (int i = 0;
        i < CONFIRM_LOOKS && confirmation.status() == Confirmation.Status.PENDING;
        i++) {
      timeMachine.pause(CONFIRM_PAUSE);
      confirmation = billing.checkouts().confirm(account, session);
    }
    boolean paid = confirmation.status() == Confirmation.Status.PAID;
    String text = switch (confirmation.status()) {
      case PAID ->
        "Thank you! "
            + confirmation.subscription().map(StatusText::outlook).orElse("Your plan is active.");
      case PENDING -> "The payment is not confirmed yet. This page updates by itself.";
      case FAILED -> "The payment failed and nothing was charged. Please try another card.";
      case EXPIRED -> "That checkout has expired. Choose a plan to start again.";
    };
    goHome(context, paid, text);
  }

  private void signIn(Context context) {
    String user = context.formParam("user");
    if (user == null || !TestUsers.SUBJECTS.contains(user)) {
      goHome(context, false, "There is no such test user.");
      return;
    }
    context.cookie(cookie(USER, user));
    context.redirect("/", HttpStatus.SEE_OTHER);
  }

  private void checkout(Context context) {
    Checkouts.Opened opened = billing
        .checkouts()
        .open(
            TestUsers.principal(signedIn(context), issuer),
            new CheckoutRequest(
                Optional.ofNullable(context.formParam("tier")),
                Optional.ofNullable(context.formParam("interval")).flatMap(BillingInterval::of),
                Optional.empty(),
                1,
                ownUrl(context) + "/?checkout={CHECKOUT_SESSION_ID}",
                ownUrl(context) + "/",
                Optional.empty()));
    context.redirect(
        opened.url().orElse("/?checkout=" + opened.session().id()), HttpStatus.SEE_OTHER);
  }

  private void cancel(Context context) {
    Cancellation when = Optional.ofNullable(context.formParam("when"))
        .flatMap(Cancellation::of)
        .orElse(Cancellation.PERIOD_END);
    var subscription = billing
        .subscriptions()
        .cancel(account(context), subscriptionId(context), when, Optional.empty());
    goHome(context, true, "Canceled. " + StatusText.outlook(subscription));
  }

  private void resume(Context context) {
    var subscription = billing.subscriptions().resume(account(context), subscriptionId(context));
    goHome(context, true, "You keep it. " + StatusText.outlook(subscription));
  }

  private void clock(Context context) {
    String move = Optional.ofNullable(context.formParam("move")).orElse("P1D");
    var now = move.equals("renewal")
        ? timeMachine.toNextRenewal(subject(context).map(AccountId::new))
        : timeMachine.advance(move);
    goHome(context, true, "It is now " + StatusText.exact(now) + ".");
  }

  private static String ownUrl(Context context) {
    return "http://localhost:" + context.port();
  }

  private static String subscriptionId(Context context) {
    return Optional.ofNullable(context.formParam("subscription")).orElse("");
  }

  private static AccountId account(Context context) {
    return new AccountId(signedIn(context));
  }

  private static String signedIn(Context context) {
    return subject(context).orElseThrow(() -> new Unauthenticated("Sign in as a test user first."));
  }

  private static Optional<String> subject(Context context) {
    return Optional.ofNullable(context.cookie(USER)).filter(TestUsers.SUBJECTS::contains);
  }

  private String csrf(Context context) {
    String present = context.cookie(CSRF);
    if (present != null) {
      return present;
    }
    HexFormat hex = HexFormat.of();
    String fresh = hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
    context.cookie(cookie(CSRF, fresh));
    return fresh;
  }

  private static Optional<HomePage.Notice> notice(Context context) {
    String notice = context.cookie(NOTICE);
    if (notice == null || notice.length() < 2) {
      return Optional.empty();
    }
    context.removeCookie(NOTICE);
    String text = URLDecoder.decode(notice.substring(1), StandardCharsets.UTF_8);
    return Optional.of(new HomePage.Notice(notice.charAt(0) == '+', text));
  }

  private static void goHome(Context context, boolean good, String text) {
    String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8);
    context.cookie(cookie(NOTICE, (good ? "+" : "-") + encoded));
    context.redirect("/", HttpStatus.SEE_OTHER);
  }

  // Lax and not strict: the checkout page, which is another origin, sends its visitors back here.
  private static Cookie cookie(String name, String value) {
    Cookie cookie = new Cookie(name, value);
    cookie.setPath("/");
    cookie.setHttpOnly(true);
    cookie.setSameSite(SameSite.LAX);
    return cookie;
  }

  private void html(Context context, String template, Map<String, Object> model) {
    StringOutput out = new StringOutput();
    templates.render(template, model, out);
    context.header("Content-Security-Policy", contentPolicy);
    context.header("X-Content-Type-Options", "nosniff");
    context.header("Referrer-Policy", "same-origin");
    context.header("Cache-Control", "no-store");
    context.html(out.toString());
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
