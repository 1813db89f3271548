package com.tatame.billing.sandbox;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.Unauthenticated;
import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.HttpStatus;
import io.javalin.http.SameSite;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Who a request comes from, and what they are told next; kept in their cookies. */
final class Visitor {
  private static final String USER = "sandbox_user";
  private static final String SESSION = "sandbox_session";
  private static final String CSRF = "sandbox_csrf";
  private static final String NOTICE = "sandbox_notice";

  private final RandomGenerator random;

  Visitor(RandomGenerator random) {
    this.random = random;
  }

  static void signIn(Context context, String user) {
    context.cookie(cookie(USER, user));
  }

  static Optional<String> subject(Context context) {
    return Optional.ofNullable(context.cookie(USER)).filter(TestUsers.SUBJECTS::contains);
  }

  static String signedIn(Context context) {
    return subject(context).orElseThrow(() -> new Unauthenticated("Sign in as a test user first."));
  }

  /** The token of who has said something before signing in. */
  static Optional<String> session(Context context) {
    return Optional.ofNullable(context.cookie(SESSION));
  }

  static void keepSession(Context context, String token) {
    context.cookie(cookie(SESSION, token));
  }

  static void endSession(Context context) {
    context.removeCookie(SESSION);
  }

  static AccountId account(Context context) {
    return new AccountId(signedIn(context));
  }

  static String ownUrl(Context context) {
    return "http://localhost:" + context.port();
  }

  /** The token that every form of the page carries; another site can't send it along. */
  String csrf(Context context) {
    String present = context.cookie(CSRF);
    if (present != null) {
      return present;
    }
    HexFormat hex = HexFormat.of();
    String fresh = hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
    context.cookie(cookie(CSRF, fresh));
    return fresh;
  }

  static boolean sentByOwnForm(Context context) {
    String cookie = context.cookie(CSRF);
    return cookie != null && cookie.equals(context.formParam("csrf"));
  }

  /** What is to be told once. */
  static Optional<HomePage.Notice> notice(Context context) {
    String notice = context.cookie(NOTICE);
    if (notice == null || notice.length() < 2) {
      return Optional.empty();
    }
    context.removeCookie(NOTICE);
    String text = URLDecoder.decode(notice.substring(1), StandardCharsets.UTF_8);
    return Optional.of(new HomePage.Notice(notice.charAt(0) == '+', text));
  }

  static void goHome(Context context, boolean good, String text) {
    go(context, "/", good, text);
  }

  /** Leads to a page, which tells the text once. */
  static void go(Context context, String page, boolean good, String text) {
    String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8);
    context.cookie(cookie(NOTICE, (good ? "+" : "-") + encoded));
    context.redirect(page, HttpStatus.SEE_OTHER);
  }

  // Lax and not strict: the checkout page, which is another origin, sends its visitors back here.
  private static Cookie cookie(String name, String value) {
    Cookie cookie = new Cookie(name, value);
    cookie.setPath("/");
    cookie.setHttpOnly(true);
    cookie.setSameSite(SameSite.LAX);
    return cookie;
  }
}
