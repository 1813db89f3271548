package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The start page and the checkout page as a browser without scripts uses them. They show what the
 * use cases tell, so one store will do.
 */
final class PagesTest {
  private static final Pattern CSRF = Pattern.compile("name=\"csrf\" value=\"([0-9a-f]+)\"");
  private static final Pattern INLINE =
      Pattern.compile("<style|<script(?![^>]* src=)|\\s(style|on[a-z]+)=\"");

  private final World world = RunningSandbox.shared();
  private final CookieManager cookies = new CookieManager(null, CookiePolicy.ACCEPT_ALL);
  private final HttpClient client = HttpClient.newBuilder()
      .cookieHandler(cookies)
      .followRedirects(HttpClient.Redirect.NORMAL)
      .build();

  @Test
  void bobBuysAPlanAndMovesTheClock() throws Exception {
    HttpResponse<String> start = open(world.url());
    assertSound(start);
    assertThat(start.body()).contains("<h1>Sell a subscription in two minutes</h1>");

    HttpResponse<String> signedIn = submit(start, "sign-in", Map.of("user", "user_bob"));
    assertThat(signedIn.body())
        .contains("What have I bought?", "Nothing yet.", "Choose Pro, monthly, $24.99 / month");

    HttpResponse<String> checkout =
        submit(signedIn, "checkout", Map.of("tier", "pro", "interval", "monthly"));
    assertThat(checkout.uri().toString()).startsWith(world.stripe().url() + "/checkout/");
    assertSound(checkout);
    assertThat(checkout.body()).contains("Try Pro", "Start trial");

    HttpResponse<String> back = post(
        checkout.uri(),
        Map.of(
            "email", "bob@example.com",
            "number", Buyer.PAYS,
            "exp", "12/40",
            "cvc", "123",
            "name", "Bob"));
    assertThat(back.uri().toString()).isEqualTo(world.url() + "/");
    assertThat(back.body())
        .contains("Thank you! Free until", "<span class=\"chip trialing\">", "Pro, monthly");
    assertSound(back);

    HttpResponse<String> renewed = submit(back, "clock", Map.of("move", "renewal"));
    assertThat(renewed.body()).contains("It is now", "<span class=\"chip active\">", "Renews on");
    assertThat(open(world.url()).body()).as("a notice is shown once").doesNotContain("It is now");
  }

  @Test
  void aFormFromElsewhereDoesNothing() throws Exception {
    HttpResponse<String> start = open(world.url());
    submit(start, "sign-in", Map.of("user", "user_alice"));
    String now = now();

    HttpResponse<String> refused = post(
        URI.create(world.url() + "/sandbox/pages/clock"), Map.of("move", "P1M", "csrf", "guessed"));

    assertThat(refused.body()).contains("That form was out of date");
    assertThat(now()).isEqualTo(now);
    assertThat(cookies.getCookieStore().getCookies()).isNotEmpty().allMatch(HttpCookie::isHttpOnly);
  }

  @Test
  void unknownUserCannotSignIn() throws Exception {
    HttpResponse<String> start = open(world.url());

    assertThat(submit(start, "sign-in", Map.of("user", "<script>")).body())
        .contains("There is no such test user.")
        .doesNotContain("<script>");
    assertThat(submit(start, "checkout", Map.of("tier", "pro", "interval", "monthly"))
            .body())
        .contains("Sign in as a test user first.");
  }

  private static void assertSound(HttpResponse<String> page) {
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe");
    assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
    assertThat(INLINE.matcher(page.body()).results().map(found -> found.group()))
        .isEmpty();
    assertThat(page.body()).contains("<html lang=\"en\"", "<h2", "<title>");
  }

  private String now() {
    return ApiClient.send(HttpRequest.newBuilder(URI.create(world.url() + "/sandbox/clock")))
        .body();
  }

  private HttpResponse<String> open(String url) throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> submit(
      HttpResponse<String> page, String action, Map<String, String> fields) throws Exception {
    Matcher token = CSRF.matcher(page.body());
    assertThat(token.find()).isTrue();
    Map<String, String> all = new HashMap<>(fields);
    all.put("csrf", token.group(1));
    return post(URI.create(world.url() + "/sandbox/pages/" + action), all);
  }

  private HttpResponse<String> post(URI to, Map<String, String> fields)
      throws IOException, InterruptedException {
    String form = fields.entrySet().stream()
        .map(field ->
            field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
    return client.send(
        HttpRequest.newBuilder(to)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form))
            .build(),
        BodyHandlers.ofString());
  }
}
