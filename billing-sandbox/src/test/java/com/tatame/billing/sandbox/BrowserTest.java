package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.sandbox.ApiClient.Reply;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.testkit.RefusingPort;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a person does with mouse and eyes, in a real browser if there is one; on any one store. */
final class BrowserTest {
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

  private final World world = RunningSandbox.shared();
  private final Browser browser = new Browser(CHROMIUM);

  @BeforeAll
  static void isThere() {
    assumeThat(Files.isExecutable(CHROMIUM)).as(CHROMIUM + " is installed").isTrue();
  }

  @AfterEach
  void close() {
    browser.close();
  }

  @Test
  void carolTriesAPlanPaysRenewsAndChangesHerMindTwice() {
    browser.open(world.url());
    assertThat(browser.text()).contains("Sell a subscription in two minutes", "Sign in above");
    assertPageIsSound();

    browser.follow("Carol");
    assertThat(browser.text()).contains("Nothing yet", "Plan in force: Free");
    assertPageIsSound();

    browser.follow("Choose Pro, monthly, $24.99 / month");
    assertThat(browser.ask("document.querySelector('h1').innerText").asText()).isEqualTo("Try Pro");
    assertThat(browser.text()).contains("$0.00", "due today", "$24.99");
    assertPageIsSound();

    browser.click("Pays");
    assertThat(browser.ask("document.querySelector('[name=number]').value").asText())
        .isEqualTo("4242 4242 4242 4242");
    browser.follow("Start trial");
    assertThat(browser.ask("location.href").asText()).isEqualTo(world.url() + "/");
    assertThat(browser.text()).contains("Thank you! Free until", "trialing", "Plan in force: Pro");
    // The page doesn't wait for webhooks; it shows them as they come.
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> browser.text().contains("Subscription started"));
    assertPageIsSound();

    browser.follow("To the next renewal");
    assertThat(browser.text()).contains("It is now", "active", "Renews on", "Invoice paid");
    browser.follow("Cancel at the period's end");
    assertThat(browser.text()).contains("Canceled. Ends on", "does not renew");
    browser.follow("Keep it after all");
    assertThat(browser.text()).contains("You keep it. Renews on");
    assertPageIsSound();
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void aCustomerLooksAfterTheirBillingAtThePortal() {
    Buyer buyer = new Buyer(world);
    buyer.subscribe("pro", "monthly", Buyer.PAYS);
    String visit = buyer
        .api()
        .post("/api/v1/portal", Json.write(Map.of("returnUrl", world.url() + "/")))
        .at("/url");

    browser.open(visit);
    assertThat(browser.text())
        .contains("Your billing", "$24.99 / month, trialing", "visa ending in 4242", "$0.00");
    assertPageIsSound();
    browser.follow("Cancel Pro at the end of its period");
    assertThat(browser.text()).contains("Ends on");
    browser.follow("Keep Pro");
    assertThat(browser.text()).contains("Renews on");

    browser.click("Is declined");
    browser.follow("Save and use this card");
    assertThat(browser.text()).contains("Your card was declined.");
    assertPageIsSound();
    browser.click("Needs authentication");
    browser.follow("Save and use this card");
    assertThat(browser.text()).contains("visa ending in 3155", "(in use)");
    assertPageIsSound();
    // The refused card is told by its status, too.
    assertThat(browser.complaints())
        .hasSizeLessThanOrEqualTo(1)
        .allSatisfy(complaint -> assertThat(complaint).contains("402"));
  }

  @Test
  void anInvoiceIsPaidOnTheTelephoneAndTheBankIsAnswered() {
    Buyer buyer = new Buyer(world);
    String subscription = buyer.subscribe("pro", "monthly", Buyer.FAILS_AT_RENEWAL);
    world.advance("P15D");
    String open = buyer.api().get("/api/v1/invoices").at("/data/0/hostedUrl");
    browser.becomeSmallAndDark();

    browser.open(open);
    assertThat(browser.text()).contains("Invoice ", "$24.99", "to pay", "Pro");
    assertPageIsSound();
    look("invoice");
    browser.click("Is declined");
    browser.follow("Pay $24.99");
    assertThat(browser.text()).contains("Your card was declined.");
    assertPageIsSound();
    browser.click("Needs it every time");
    browser.follow("Pay $24.99");
    assertThat(browser.text()).contains("Complete authentication", "3184");
    assertPageIsSound();
    browser.follow("Complete authentication");
    assertThat(browser.text()).contains("This invoice was paid on");
    assertPageIsSound();
    world.settle();
    assertThat(buyer.subscription(subscription).at("/status")).isEqualTo("active");
    assertThat(buyer.api().get("/api/v1/invoices").at("/data/0/status")).isEqualTo("paid");
  }

  @Test
  void aCodeIsTypedAtCheckoutAndTheTotalFollows() {
    world
        .stripe()
        .call(Request.of(
            "POST",
            "/v1/coupons",
            Map.of("id", "BROWSED", "percent_off", "20", "duration", "once")));
    world
        .stripe()
        .call(Request.of(
            "POST",
            "/v1/promotion_codes",
            Map.of(
                "promotion", Map.of("type", "coupon", "coupon", "BROWSED"), "code", "BROWSED20")));
    browser.becomeSmallAndDark();
    Buyer buyer = new Buyer(world);
    Reply opened = buyer.checkout("basic", "monthly");
    browser.open(opened.at("/url"));

    browser.ask("document.querySelector('[name=code]').focus()");
    browser.follow(() -> browser.type("WRONG"));
    assertThat(browser.text()).contains("There is no code WRONG.", "$9.99");
    assertPageIsSound();
    look("code-refused");
    browser.ask("document.querySelector('[name=code]').select()");
    browser.follow(() -> browser.type("browsed20"));
    assertThat(browser.text()).contains("Discount (BROWSED20)", "$7.99", "is applied");
    assertPageIsSound();
    look("code-applied");
    browser.click("Pays");
    browser.follow("Subscribe and pay $7.99");
    assertThat(buyer.confirm(opened.at("/sessionId")).at("/status")).isEqualTo("paid");
    world.settle();
    assertThat(buyer.api().get("/api/v1/invoices").at("/data/0/amountPaid/amount"))
        .isEqualTo("799");
  }

  @Test
  void whatWasMailedIsReadInBothColoursAndAsText() {
    browser.become(390, false);
    Buyer buyer = new Buyer(world);
    buyer
        .api()
        .call("PUT", "/api/v1/mail-preferences", BodyPublishers.ofString("{\"locale\":\"de\"}"));
    buyer.subscribe("pro", "monthly", Buyer.PAYS);
    world.advance("P15D");

    await().atMost(Duration.ofMinutes(1)).until(() -> {
      browser.open(world.url() + "/sandbox/pages/mails");
      return browser.text().contains("Receipt");
    });
    assertThat(browser.text()).contains("Subscription started", "Trial ending", "sent");
    assertThat(browser.text()).contains("to " + buyer.user() + " in German");
    assertPageIsSoundByDayAndNight("mails");
    String receipt = browser
        .ask("[...document.querySelectorAll('tr')].find(row => row.innerText.startsWith('Receipt')"
            + " && row.innerText.includes('" + buyer.user() + "')).querySelector('a').href")
        .asText();
    browser.open(receipt);
    assertThat(browser.text()).contains("Subject", "24,99\u00a0$", "Abrechnung: monatlich");
    assertPageIsSoundByDayAndNight("mail");
    browser.ask("document.querySelector('.letter.dark').scrollIntoView({behavior: 'instant'})");
    look("mail-dark-frame");
    assertThat(browser.complaints()).isEmpty();

    HttpResponse<String> frame =
        ApiClient.send(HttpRequest.newBuilder(URI.create(receipt + "/content")));
    assertThat(frame.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'", "; sandbox ")
        .doesNotContain("script");
    browser.open(receipt + "/content?scheme=dark");
    assertThat(browser
            .ask("document.querySelector('a').target || document.querySelector('base').target")
            .asText())
        .as("links leave the frame")
        .isEqualTo("_blank");
  }

  @Test
  void everyTemplateFitsATelephoneInEachLanguageByDayAndByNight() {
    String previews = world.url() + "/sandbox/pages/mails/previews";
    browser.open(previews);
    assertThat(browser.text()).contains("Mail templates", "Light", "Dark", "As text");
    assertPageIsSoundByDayAndNight("mail-previews");
    browser.become(390, true);
    for (MailTemplate template : MailTemplate.values()) {
      for (String language : List.of("en", "de", "pt")) {
        for (String scheme : List.of("light", "dark")) {
          browser.open(previews + "/" + template.code() + "/" + language + "?scheme=" + scheme);
          String shown = template.code() + " " + language + " " + scheme;
          assertThat(browser.text()).as(shown).isNotBlank().doesNotContain("{{", "null");
          assertThat(browser.ask("document.documentElement.lang").asText()).isEqualTo(language);
          assertThat(browser
                  .ask("document.documentElement.scrollWidth"
                      + " <= document.documentElement.clientWidth")
                  .asBoolean())
              .as("%s fits the window", shown)
              .isTrue();
          look("mail-" + shown.replace(' ', '-'));
        }
      }
    }
  }

  @Test
  void whoHearsOfEventsIsShownWithWhatFails() {
    ApiClient root = ApiClient.of(world)
        .as(RunningSandbox.post(
                world.url(), "/sandbox/token", Map.of("user", "user_operator", "role", "admin"))
            .path("token")
            .asText());
    try (RefusingPort closed = RefusingPort.open()) {
      String address = "http://127.0.0.1:" + closed.number() + "/hook";
      Reply created = root.post("/api/v1/event-endpoints", Json.write(Map.of("url", address)));
      assertThat(created.status()).as(created.body()).isEqualTo(201);
      Buyer buyer = new Buyer(world);
      buyer.subscribe("pro", "monthly", Buyer.PAYS);
      browser.become(390, false);
      openDeliveriesUntilOneFails();

      assertThat(browser.text()).contains(address, "endpoint", "handler", "failing since");
      assertThat(browser
              .ask("document.querySelector('svg').getAttribute('aria-label')")
              .asText())
          .contains("oldest first: 0 received, ");
      assertPageIsSoundByDayAndNight("deliveries");
      browser.follow("Try now: entry 1 of " + buyer.user());
      assertThat(browser.text()).contains("The entry of " + buyer.user() + " is tried again now.");
      openDeliveriesUntilOneFails();
      browser.follow("Skip it: entry 1 of " + buyer.user());
      assertThat(browser.text()).contains("Entry 1 of " + buyer.user() + " is left out.");
      assertThat(root.get("/api/v1/audit?account=" + buyer.user()).body())
          .contains("skip_delivery");
      browser.follow("Send everything again to " + address);
      assertThat(browser.text()).contains("Everything since the endpoint was added is sent again");
      root.call(
          "DELETE",
          "/api/v1/event-endpoints/" + created.at("/endpoint/id"),
          BodyPublishers.noBody());
    }
  }

  // An entry that is being sent is neither received nor parked.
  private void openDeliveriesUntilOneFails() {
    await().atMost(Duration.ofMinutes(1)).until(() -> {
      browser.open(world.url() + "/sandbox/pages/deliveries");
      return browser.text().contains("parked");
    });
  }

  // Kept with the reports, to show what the test saw.
  private void look(String name) {
    Pictures.keep(name, browser);
  }

  /** On a telephone and at a desk, in light and in dark. */
  private void assertPageIsSoundByDayAndNight(String name) {
    for (int width : List.of(390, 1280)) {
      for (boolean dark : List.of(true, false)) {
        browser.become(width, dark);
        assertPageIsSound();
        look(name + "-" + width + (dark ? "-dark" : ""));
      }
    }
    browser.become(390, false);
  }

  private void assertPageIsSound() {
    assertThat(browser.ask("document.querySelectorAll('h1, h2').length").asInt())
        .isPositive();
    assertThat(browser.ask("document.documentElement.lang").asText()).isEqualTo("en");
    assertThat(browser.ask("document.title").asText()).isNotEmpty();
    assertThat(browser
            .ask("document.querySelectorAll('[style], [onclick], script:not([src]), style').length")
            .asInt())
        .as("scripts and styles in the page itself")
        .isZero();
    assertThat(browser
            .ask("[...document.querySelectorAll('input:not([type=hidden])')]"
                + ".filter(field => !field.labels.length).length")
            .asInt())
        .as("fields without a label")
        .isZero();
    assertThat(browser
            .ask("[...document.querySelectorAll('button')]"
                + ".filter(b => !(b.getAttribute('aria-label') || b.innerText).trim()).length")
            .asInt())
        .as("buttons without a name")
        .isZero();
    assertThat(browser
            .ask("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
            .asBoolean())
        .as("fits the window")
        .isTrue();
    assertThat(browser.flaws()).isEmpty();
  }
}
