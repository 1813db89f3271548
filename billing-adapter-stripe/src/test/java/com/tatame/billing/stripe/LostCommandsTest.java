package com.tatame.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import com.tatame.billing.Billing;
import com.tatame.billing.account.Principal;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.checkout.CheckoutRequest;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.command.JournalFilter;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.simulator.engine.Fault.When;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.subscription.Cancellation;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.SettableClock;
import com.tatame.billing.testkit.fixture.ACatalog;
import com.tatame.billing.testkit.fixture.APrincipal;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Commands whose answers never came back over HTTP: each takes effect once, sooner or later. */
class LostCommandsTest extends OnSimulatedAccount {
  private static final Principal ADA = APrincipal.of(ACCOUNT);

  /** What goes wrong, and how long it takes until the retry. */
  enum Trouble {
    A_SERVER_ERROR_THAT_THE_KEY_REMEMBERS(Duration.ofMinutes(3)) {
      @Override
      Fault at(String route) {
        return new Fault(route, 500, When.AFTER);
      }
    },
    A_SERVER_ERROR_A_DAY_AGO(Duration.ofHours(25)) {
      @Override
      Fault at(String route) {
        return new Fault(route, 500, When.LOST);
      }
    },
    A_CUT_CONNECTION_A_DAY_AGO(Duration.ofHours(25)) {
      @Override
      Fault at(String route) {
        return Fault.cut(route, When.LOST);
      }
    },
    NOTHING_DONE_A_DAY_AGO(Duration.ofHours(25)) {
      @Override
      Fault at(String route) {
        return new Fault(route, 503, When.BEFORE);
      }
    };

    final Duration later;

    Trouble(Duration later) {
      this.later = later;
    }

    abstract Fault at(String route);
  }

  private final InMemoryBillingStore store = new InMemoryBillingStore();

  @ParameterizedTest
  @EnumSource
  void takeEffectOnce(Trouble trouble) throws IOException, InterruptedException {
    SettableClock clock = new SettableClock(simulator.now());
    try (Billing billing = billing(clock)) {
      billing.start();

      fails(
          trouble,
          "POST /v1/customers",
          () -> billing.customers().ensure(ADA, Optional.empty(), Optional.empty()));
      recover(billing, clock, trouble);
      assertThat(count("/v1/customers")).isEqualTo(1);
      assertThat(billing.customers().find(ACCOUNT)).isPresent();

      fails(trouble, "POST /v1/checkout/sessions", () -> open(billing));
      recover(billing, clock, trouble);
      assertThat(count("/v1/checkout/sessions")).isEqualTo(1);

      Subscription bought = buy(billing);
      fails(
          trouble,
          "POST /v1/subscriptions/",
          () -> billing
              .subscriptions()
              .cancel(ACCOUNT, bought.id(), Cancellation.PERIOD_END, Optional.empty()));
      recover(billing, clock, trouble);
      assertThat(billing.subscriptions().get(ACCOUNT, bought.id()).cancelAtPeriodEnd())
          .isTrue();
      assertThat(happened())
          .filteredOn(
              event -> event.get("type").getAsString().equals("customer.subscription.updated"))
          .hasSize(1);
    }
  }

  private Billing billing(SettableClock clock) {
    return Billing.builder()
        .gateway(gateway)
        .store(store)
        .catalog(ACatalog.freeBasicAndPro())
        .checkoutUrls(url -> "https".equals(url.getScheme()))
        .clock(simulator::now)
        .wallClock(clock)
        .pause(clock::advance)
        .random(new Random(1))
        .workers(0)
        .build();
  }

  private void fails(Trouble trouble, String route, Runnable call) {
    simulator.fail(trouble.at(route), 1);
    assertThatThrownBy(call::run).isInstanceOf(ProviderUnavailable.class);
  }

  private void recover(Billing billing, SettableClock clock, Trouble trouble) {
    simulator.clearFaults();
    clock.advance(trouble.later);
    if (trouble.later.toHours() > 0) {
      simulator.advanceTo(simulator.now().plus(trouble.later));
    }
    while (billing.work()) {
      // until nothing is left
    }
    assertThat(billing.commands().list(JournalFilter.ALL, Optional.empty(), 100))
        .extracting(Command::state)
        .containsOnly(CommandState.SUCCEEDED);
  }

  private static CheckoutSession open(Billing billing) {
    return billing
        .checkouts()
        .open(
            ADA,
            new CheckoutRequest(
                Optional.of("pro"),
                Optional.of(BillingInterval.MONTHLY),
                Optional.empty(),
                1,
                "https://app.test/ok?s={CHECKOUT_SESSION_ID}",
                "https://app.test/no",
                Optional.empty()))
        .session();
  }

  private static Subscription buy(Billing billing) throws IOException, InterruptedException {
    CheckoutSession session = open(billing);
    pay(billing.checkouts().url(ACCOUNT, session.id()).orElseThrow());
    return billing.checkouts().confirm(ACCOUNT, session.id()).subscription().orElseThrow();
  }

  private int count(String path) {
    return JsonParser.parseString(
            simulator.call(Request.of("GET", path, Map.of("limit", "100"))).body())
        .getAsJsonObject()
        .getAsJsonArray("data")
        .size();
  }
}
