package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.sandbox.ApiClient.Reply;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.testkit.RefusingPort;
import java.net.http.HttpRequest.BodyPublishers;
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
    new Buyer(world).subscribe("pro", "monthly", Buyer.PAYS);
    world.advance("P15D");

    await().atMost(Duration.ofMinutes(1)).until(() -> {
      browser.open(world.url() + "/sandbox/pages/mails");
      return browser.text().contains("Receipt");
    });
    assertThat(browser.text()).contains("Subscription started", "Trial ending", "sent");
    assertPageIsSound();
    look("mails");
    browser.followLink("Receipt");
    assertThat(browser.text()).contains("Subject", "As text", "$24.99");
    assertPageIsSound();
    look("mail");
    browser.become(1280, false);
    assertPageIsSound();
    look("mail-1280");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void everyTemplateFitsATelephoneInEachLanguageByDayAndByNight() {
    String previews = world.url() + "/sandbox/pages/mails/previews";
    browser.become(390, true);
    browser.open(previews);
    assertThat(browser.text()).contains("Mail templates", "Light", "Dark", "As text");
    assertPageIsSound();
    look("mail-previews");
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
      new Buyer(world).subscribe("pro", "monthly", Buyer.PAYS);
      browser.become(390, false);
      await().atMost(Duration.ofMinutes(1)).until(() -> {
        browser.open(world.url() + "/sandbox/pages/deliveries");
        return browser.text().contains("parked");
      });

      assertThat(browser.text()).contains(address, "endpoint", "handler", "failing since");
      assertPageIsSound();
      look("deliveries");
      root.call("DELETE", "/api/v1/event-endpoints/" + created.at("/id"), BodyPublishers.noBody());
    }
  }

  // Kept with the reports, to show what the test saw.
  private void look(String name) {
    Pictures.keep(name, browser);
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
