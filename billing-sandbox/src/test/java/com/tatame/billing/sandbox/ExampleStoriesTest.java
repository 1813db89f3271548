package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a user of each example application does, with mouse and eyes in a real browser: buys, uses up,
 * is refused, upgrades as quoted, pays what is open, and leaves. No page of it has a flaw that axe
 * finds, in the light or in the dark.
 */
final class ExampleStoriesTest {
  // Of the page of the API, whose scripts are large.
  private static final Duration MAX_WAIT = Duration.ofSeconds(60);

  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path DIRECTORY = Worlds.temporaryDirectory();

  private final Browser browser = new Browser(CHROMIUM);

  @BeforeAll
  static void isThere() {
    assumeThat(Files.isExecutable(CHROMIUM)).as(CHROMIUM + " is installed").isTrue();
  }

  @AfterEach
  void close() {
    browser.close();
  }

  @AfterAll
  static void delete() {
    Worlds.delete(DIRECTORY);
  }

  private static RunningSandbox selling(String example) {
    return selling(example, example);
  }

  private static RunningSandbox selling(String example, String folder) {
    Map<String, String> env = new HashMap<>(
        RunningSandbox.environment(DIRECTORY.resolve(folder), SandboxConfig.Store.POSTGRES));
    env.put("BILLING_CATALOG", "../examples/" + example + "/catalog.yaml");
    return RunningSandbox.start(env, DIRECTORY.resolve(folder));
  }

  @Test
  void axeIsThere() {
    if (System.getenv("CI") == null) {
      assumeThat(Files.exists(Browser.AXE)).as("npm ci in test-tools/axe").isTrue();
    }
    assertThat(Browser.AXE).exists();
  }

  @Test
  void aMemberOfMyBeingReadsTalksAndBuysAQuizForLess() {
    try (RunningSandbox sandbox = selling("mybeing")) {
      open(sandbox, "mybeing", "Alice");
      assertThat(browser.text()).contains("Plan in force: Free", "How you attach to others");

      use("ai chat", 5);
      assertThat(browser.text()).contains("5 of 5 used");
      browser.follow("Use one ai chat");
      assertThat(browser.text()).contains("Premium gives more.");
      assertPageIsSound("mybeing-refused");

      browser.follow("Buy What gives you energy, $9.00");
      assertThat(browser.text()).contains("Buy What gives you energy", "$9.00");
      assertPageIsSound("mybeing-item");
      browser.click("Pays");
      browser.follow("Pay $9.00");
      assertThat(browser.text()).contains("“What gives you energy” is yours. You paid $9.00.");

      subscribe(
          "mybeing", "Choose Premium, monthly, $32.00 / month", "Pays", "Subscribe and pay $32.00");
      assertThat(browser.text()).contains("Plan in force: Premium", "no limit");
      browser.follow("Buy What you live for, $20.00");
      assertThat(browser.text())
          .contains("“What you live for” is yours. There was nothing to pay.");
      browser.follow("Buy How you argue, $18.00");
      browser.follow("Buy How you say that you love, $12.00");
      assertThat(browser.text()).contains("$9.60");
      browser.click("Pays");
      browser.follow("Pay $9.60");
      assertThat(browser.text())
          .contains(
              "You paid $9.60.",
              "2 of 2 used; beyond that 2 at 20 % off",
              "How you argue, included");
      assertPageIsSound("mybeing-member");

      browser.follow("Cancel at the period's end");
      assertThat(browser.text()).contains("does not renew");
      browser.follow("To the next renewal");
      assertThat(browser.text()).contains("Plan in force: Free", "canceled", "$9.60");
    }
  }

  @Test
  void aVisitorOfMyBeingTalksSignsInAndGoesOnWithoutALimit() {
    try (RunningSandbox sandbox = selling("mybeing", "mybeing-chat")) {
      String chat = sandbox.url() + "/sandbox/pages/chat";
      browser.open(chat);
      assertThat(browser.text()).contains("You are a visitor", "Nothing is said yet.");
      for (int i = 1; i <= 5; i++) {
        say("Thought " + i);
        assertThat(browser.text()).contains("You said: Thought " + i, i + " of 5 used");
      }
      assertPageIsSound("mybeing-chat");
      say("Thought 6");
      assertThat(browser.text())
          .contains("All 5 messages are used.", "There are more from", "Premium has more at once.")
          .doesNotContain("You said: Thought 6");
      assertPageIsSound("mybeing-chat-refused");

      browser.open(sandbox.url());
      browser.follow("Bob");
      browser.open(chat);
      assertThat(browser.text())
          .as("what the visitor said, and what is left of it")
          .contains("You are Bob.", "You said: Thought 5", "5 of 5 used");
      say("Thought 6");
      assertThat(browser.text()).contains("All 5 messages are used.");

      browser.open(sandbox.url());
      subscribe(
          "mybeing-chat",
          "Choose Premium, monthly, $32.00 / month",
          "Pays",
          "Subscribe and pay $32.00");
      browser.open(chat);
      say("Thought 6");
      say("Thought 7");
      assertThat(browser.text()).contains("You said: Thought 1", "You said: Thought 7", "no limit");
      assertThat(browser.complaints()).isEmpty();
    }
  }

  private void say(String text) {
    browser.ask("document.querySelector('[name=message]').focus()");
    browser.follow(() -> browser.type(text));
  }

  @Test
  void aPatientUsesTheDiaryUpTriesProAndFindsHerPaymentFailed() {
    try (RunningSandbox sandbox = selling("pain-tracker")) {
      open(sandbox, "pain", "Bob");
      assertThat(browser.text()).contains("0 of 50 used", "Not sold on this page");
      use("export", 1);
      browser.follow("Use one export");
      assertThat(browser.text()).contains("Basic gives more.");

      subscribe("pain", "Choose Basic, monthly, $9.99 / month", "Fails at renewal", "Start trial");
      assertThat(browser.text())
          .contains("Plan in force: Basic", "then $9.99 / month.", "trialing", "1 of 10 used");
      browser.follow("Change to Pro, monthly, $24.99 / month");
      assertThat(browser.text()).contains("Change to Pro, monthly", "$0.00", "due now");
      assertPageIsSound("pain-quote-in-trial");
      browser.follow("Change now and pay $0.00");
      assertThat(browser.text()).contains("You have Pro now.", "then $24.99 / month.");

      browser.follow("To the next renewal");
      assertThat(browser.text()).contains("past due", "grace until", "Payment failed");
      assertPageIsSound("pain-past-due");
      browser.follow("Pay $24.99 with the saved card");
      assertThat(browser.text()).contains("declined");
      browser.followLink("Pay with another card");
      browser.click("Pays");
      browser.follow("Pay $24.99");
      assertThat(browser.text()).contains("Paid on");
      assertPageIsSound("pain-invoice-paid");
      browser.open(sandbox.url());
      await().atMost(Duration.ofMinutes(1)).until(() -> browser.text().contains("active"));
      assertThat(browser.text()).contains("Renews on").doesNotContain("grace until");

      browser.follow("Cancel now");
      assertThat(browser.text()).contains("Canceled.", "Plan in force: Free");
    }
  }

  @Test
  void aMemberOfTatameUpgradesAsQuotedPlansTheWayBackAndLooksAround() {
    RunningSandbox sandbox = RunningSandbox.shared();
    open(sandbox, "tatame", "Alice");
    assertPageIsSound("tatame-home");
    use("video reviews", 2);
    browser.follow("Use one video reviews");
    assertThat(browser.text()).contains("There is no video reviews left", "Basic gives more.");
    subscribe("tatame", "Choose Basic, monthly, $9.99 / month", "Pays", "Subscribe and pay $9.99");
    use("video reviews", 1);
    assertThat(browser.text()).contains("3 of 10 used");
    await().atMost(Duration.ofMinutes(1)).until(() -> browser.text().contains("Invoice paid"));

    browser.follow("Change to Pro, monthly, $24.99 / month");
    String due =
        browser.ask("document.querySelector('.sum').firstChild.data.trim()").asText();
    assertThat(due).isEqualTo("$15.00");
    assertPageIsSound("tatame-quote");
    browser.follow("Change now and pay " + due);
    assertThat(browser.text()).contains("You have Pro now.", "Renews on");
    await().atMost(Duration.ofMinutes(1)).until(() -> browser.text().contains("$15.00"));

    browser.follow("Change to Basic, monthly, $9.99 / month");
    browser.follow("What if it changes with the next period?");
    assertThat(browser.text()).contains("Nothing changes until");
    browser.follow("Change it then");
    assertThat(browser.text()).contains("Planned.", "Changes to Basic, monthly on");
    assertPageIsSound("tatame-scheduled");

    browser.followLink("Subscription changed");
    assertThat(browser.text()).contains("What did it change?", "Payload as Stripe sent it");
    browser.ask("document.querySelector('details').open = true");
    assertThat(browser.text()).contains("\"object\" : \"event\"");
    assertPageIsSound("tatame-event");
    browser.followLink("← Back");

    browser.follow("Manage cards and billing");
    assertThat(browser.text()).contains("Your billing", "$24.99", "paid");
    assertPageIsSound("tatame-portal");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void theApisPageGetsATokenByAClick() {
    browser.open(RunningSandbox.shared().url() + "/docs");
    // Of the first routes: those further down are drawn when they come into sight.
    await().atMost(MAX_WAIT).until(() -> browser.text().contains("Whether the process runs"));
    assertThat(browser.ask("!!document.querySelector('.authorize.locked')").asBoolean())
        .isFalse();

    browser.click("Alice");

    await().atMost(MAX_WAIT).until(() -> browser.text().contains("Calls are sent as alice now."));
    assertThat(browser.ask("!!document.querySelector('.authorize.locked')").asBoolean())
        .isTrue();
    assertPageIsSound("docs");
  }

  private void open(RunningSandbox sandbox, String example, String user) {
    browser.open(sandbox.url());
    assertThat(browser.text()).contains("Sell a subscription in two minutes");
    assertPageIsSound(example + "-start");
    browser.follow(user);
  }

  private void subscribe(String example, String choice, String card, String submit) {
    browser.follow(choice);
    assertPageIsSound(example + "-checkout");
    browser.click(card);
    browser.follow(submit);
    assertThat(browser.text()).contains("Thank you!");
  }

  private void use(String feature, int times) {
    for (int i = 0; i < times; i++) {
      browser.follow("Use one " + feature);
      assertThat(browser.text()).contains("Used one " + feature);
    }
  }

  /** At the width of a desk by day, and of a telephone by night. */
  private void assertPageIsSound(String name) {
    assertPageIsSound(name, 390, true);
    assertPageIsSound(name, 1280, false);
  }

  private void assertPageIsSound(String name, int width, boolean dark) {
    browser.become(width, dark);
    Pictures.keep(name + "-" + width, browser);
    assertThat(browser.ask("document.documentElement.scrollWidth").asInt())
        .as(name + " fits " + width)
        .isLessThanOrEqualTo(width);
    assertThat(browser.flaws()).as(name + " at " + width).isEmpty();
  }
}
