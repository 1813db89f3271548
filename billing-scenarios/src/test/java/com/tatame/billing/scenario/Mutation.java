package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.Billing;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.RequestKey;
import com.tatame.billing.customer.CustomerUpdate;
import com.tatame.billing.customer.CustomerUpdate.Field;
import com.tatame.billing.customer.PostalAddress;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.promotion.DiscountTerms;
import com.tatame.billing.promotion.NewDiscount;
import com.tatame.billing.refund.Refunds;
import com.tatame.billing.subscription.Cancellation;
import com.tatame.billing.subscription.ChangePolicy;
import com.tatame.billing.subscription.ChangeRequest;
import com.tatame.billing.subscription.PauseBehavior;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.EngineControl;
import com.tatame.billing.testkit.fixture.ACatalog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is asked for while the program dies. */
enum Mutation {
  A_CUSTOMER(CommandKind.CREATE_CUSTOMER, "POST /v1/customers", "CustomerAccounts.create") {
    @Override
    void ask(Billing billing, Shopper ada) {
      billing.customers().ensure(ada.caller(), Optional.empty(), Optional.empty());
    }

    @Override
    int timesGranted(BillingWorld world) {
      return SimulatorReads.customers(world).size();
    }
  },
  ANOTHER_ADDRESS(CommandKind.UPDATE_CUSTOMER, "POST /v1/customers/", "CustomerDetails.update") {
    @Override
    void prepare(Shopper ada) {
      ada.world().billing().customers().ensure(ada.caller(), Optional.empty(), Optional.empty());
    }

    @Override
    void ask(Billing billing, Shopper ada) {
      PostalAddress berlin = new PostalAddress(
          Optional.of("Unter den Linden 1"),
          Optional.empty(),
          Optional.of("Berlin"),
          Optional.empty(),
          Optional.of("10117"),
          "DE");
      billing
          .customers()
          .update(
              ada.account(),
              CustomerUpdate.none()
                  .withEmail(Field.to("billing@example.com"))
                  .withName(Field.cleared())
                  .withLocale("de")
                  .withAddress(Field.to(berlin)));
    }

    @Override
    int timesGranted(BillingWorld world) {
      return (int) SimulatorReads.events(world, "customer.updated").stream()
          .filter(event -> event.at("/data/previous_attributes").has("address"))
          .count();
    }
  },
  A_CHECKOUT(CommandKind.CREATE_CHECKOUT, "POST /v1/checkout/sessions", "CheckoutSessions.create") {
    @Override
    void ask(Billing billing, Shopper ada) {
      ada.opens("basic", billing);
    }

    @Override
    int timesGranted(BillingWorld world) {
      assertThat(SimulatorReads.customers(world)).hasSizeLessThanOrEqualTo(1);
      return SimulatorReads.all(world, "/v1/checkout/sessions", Map.of()).size();
    }
  },
  ANOTHER_CHECKOUT(
      CommandKind.EXPIRE_CHECKOUT,
      "POST /v1/checkout/sessions/*/expire",
      "CheckoutSessions.expire") {
    @Override
    void prepare(Shopper ada) {
      ada.opens("basic");
    }

    @Override
    void ask(Billing billing, Shopper ada) {
      ada.opens("pro", billing);
    }

    @Override
    int timesGranted(BillingWorld world) {
      assertThat(SimulatorReads.sessions(world, "open")).hasSizeLessThanOrEqualTo(1);
      return SimulatorReads.all(world, "/v1/checkout/sessions", Map.of()).size() - 1;
    }

    @Override
    boolean done(BillingWorld world) {
      return !SimulatorReads.sessions(world, "expired").isEmpty();
    }
  },
  AN_END_NOW(
      CommandKind.CANCEL_SUBSCRIPTION,
      "DELETE /v1/subscriptions/",
      "SubscriptionControl.cancelNow") {
    @Override
    void prepare(Shopper ada) {
      ada.buys("basic", Shopper.PAYS);
    }

    @Override
    void ask(Billing billing, Shopper ada) {
      cancel(billing, ada, Cancellation.NOW);
    }

    @Override
    int timesGranted(BillingWorld world) {
      return SimulatorReads.events(world, "customer.subscription.deleted").size();
    }
  },
  AN_END_WITH_THE_PERIOD(
      CommandKind.CANCEL_SUBSCRIPTION,
      "POST /v1/subscriptions/",
      "SubscriptionControl.cancelAtPeriodEnd") {
    @Override
    void prepare(Shopper ada) {
      ada.buys("basic", Shopper.PAYS);
    }

    @Override
    void ask(Billing billing, Shopper ada) {
      cancel(billing, ada, Cancellation.PERIOD_END);
    }

    @Override
    int timesGranted(BillingWorld world) {
      return changesOfTheEnd(world);
    }
  },
  NO_END_AFTER_ALL(
      CommandKind.RESUME_SUBSCRIPTION, "POST /v1/subscriptions/", "SubscriptionControl.keep") {
    @Override
    void prepare(Shopper ada) {
      ada.buys("basic", Shopper.PAYS);
      cancel(ada.world().billing(), ada, Cancellation.PERIOD_END);
    }

    @Override
    void ask(Billing billing, Shopper ada) {
      billing.subscriptions().resume(ada.account(), ada.newest().id());
    }

    @Override
    int timesGranted(BillingWorld world) {
      return changesOfTheEnd(world) - 1;
    }
  },
  A_PAID_INVOICE(CommandKind.PAY_INVOICE, "POST /v1/invoices/*/pay", "InvoiceControl.pay") {
    @Override
    void prepare(Shopper ada) {
      // Its subscription has ended, so it is only collected on request.
      ada.buys("basic", Shopper.FAILS_AT_RENEWAL);
      ada.world().advance(Duration.ofDays(15));
      new EngineControl(ada.world().engine()).replaceCard(ada.customerId(), "pm_card_visa");
      ada.world().settle();
      cancel(ada.world().billing(), ada, Cancellation.NOW);
      ada.world().settle();
    }

    @Override
    void ask(Billing billing, Shopper ada) {
      unlessDone(() -> billing.invoices().pay(ada.account(), owed(ada)));
    }

    private String owed(Shopper ada) {
      return ada.world().store().invoices().list(ada.account(), Optional.empty(), 101).stream()
          .filter(invoice -> invoice.total() > 0)
          .findFirst()
          .orElseThrow()
          .id();
    }

    @Override
    int timesGranted(BillingWorld world) {
      return (int) SimulatorReads.events(world, "invoice.paid").stream()
          .filter(event -> event.at("/data/object/total").asLong() > 0)
          .count();
    }
  },
  A_SETUP(CommandKind.BEGIN_SETUP, "POST /v1/setup_intents", "PaymentMethods.beginSetup") {
    @Override
    void prepare(Shopper ada) {
      ada.world().billing().customers().ensure(ada.caller(), Optional.empty(), Optional.empty());
    }

    @Override
    void ask(Billing billing, Shopper ada) {
      billing.paymentMethods().add(ada.caller());
    }

    @Override
    int timesGranted(BillingWorld world) {
      return begun(world, "/v1/setup_intents");
    }
  },
  ANOTHER_DEFAULT(
      CommandKind.DEFAULT_PAYMENT_METHOD, "POST /v1/customers/", "PaymentMethods.makeDefault") {
    @Override
    void prepare(Shopper ada) {
      ada.buys("basic", Shopper.PAYS);
      ada.saves("pm_card_mastercard");
    }

    @Override
    void ask(Billing billing, Shopper ada) {
      billing.paymentMethods().makeDefault(ada.account(), saved(ada));
    }

    @Override
    int timesGranted(BillingWorld world) {
      return (int) SimulatorReads.events(world, "customer.updated").stream()
          .filter(event -> event.at("/data/previous_attributes").has("invoice_settings"))
          .count();
    }
  },
  A_REMOVAL(
      CommandKind.DETACH_PAYMENT_METHOD,
      "POST /v1/payment_methods/*/detach",
      "PaymentMethods.detach") {
    @Override
    void prepare(Shopper ada) {
      ada.buys("basic", Shopper.PAYS);
      ada.saves("pm_card_mastercard");
    }

    @Override
    void ask(Billing billing, Shopper ada) {
      unlessDone(() -> billing.paymentMethods().remove(ada.account(), saved(ada)));
    }

    @Override
    int timesGranted(BillingWorld world) {
      return SimulatorReads.events(world, "payment_method.detached").size();
    }
  },
  A_DISCOUNT(CommandKind.APPLY_DISCOUNT, "POST /v1/subscriptions/", "Promotions.applyCode") {
    @Override
    void prepare(Shopper ada) {
      ada.buys("basic", Shopper.PAYS);
      new EngineControl(ada.world().engine())
          .createCode("spring", "20", "SPRING", Optional.empty());
    }

    @Override
    void ask(Billing billing, Shopper ada) {
      billing.coupons().apply(ada.caller(), "SPRING", Optional.empty());
    }

    @Override
    int timesGranted(BillingWorld world) {
      return SimulatorReads.events(world, "customer.discount.created").size();
    }
  },
  A_GIVEN_DISCOUNT(CommandKind.GIVE_DISCOUNT, "POST /v1/subscriptions/", "Promotions.applyCoupon") {
    @Override
    void prepare(Shopper ada) {
      ada.buys("basic", Shopper.PAYS);
    }

    @Override
    void ask(Billing billing, Shopper ada) {
      discount(billing, ada);
    }

    @Override
    int timesGranted(BillingWorld world) {
      return SimulatorReads.events(world, "customer.discount.created").size();
    }
  },
  NO_DISCOUNT_AFTER_ALL(
      CommandKind.REMOVE_DISCOUNT, "POST /v1/subscriptions/", "Promotions.removeDiscounts") {
    @Override
    void prepare(Shopper ada) {
      ada.buys("basic", Shopper.PAYS);
      discount(ada.world().billing(), ada);
    }

    @Override
    void ask(Billing billing, Shopper ada) {
      String given =
          billing.discounts().list(Optional.empty(), Optional.empty(), 1).get(0).id();
      unlessDone(() -> billing.discounts().remove(given, "user_admin", Optional.empty()));
    }

    @Override
    int timesGranted(BillingWorld world) {
      return SimulatorReads.events(world, "customer.discount.deleted").size();
    }
  },
  A_TAX_ID(CommandKind.ADD_TAX_ID, "POST /v1/customers/*/tax_ids", "Taxes.addId") {
    @Override
    void prepare(Shopper ada) {
      ada.world().billing().customers().ensure(ada.caller(), Optional.empty(), Optional.empty());
    }

    @Override
    void ask(Billing billing, Shopper ada) {
      if (billing.taxation().ids(ada.account(), Optional.empty(), 1).isEmpty()) {
        billing.taxation().addId(ada.caller(), "eu_vat", "DE123456789");
      }
    }

    @Override
    int timesGranted(BillingWorld world) {
      return SimulatorReads.events(world, "customer.tax_id.created").size();
    }
  },
  NO_TAX_ID(CommandKind.REMOVE_TAX_ID, "DELETE /v1/customers/*/tax_ids/", "Taxes.removeId") {
    @Override
    void prepare(Shopper ada) {
      ada.world().billing().taxation().addId(ada.caller(), "eu_vat", "DE123456789");
    }

    @Override
    void ask(Billing billing, Shopper ada) {
      unlessDone(() ->
          ada.world().store().taxIds().list(ada.account(), Optional.empty(), 1).stream()
              .findFirst()
              .ifPresent(taxId -> billing.taxation().removeId(ada.account(), taxId.id())));
    }

    @Override
    int timesGranted(BillingWorld world) {
      return SimulatorReads.events(world, "customer.tax_id.deleted").size();
    }
  },
  AN_ITEM(
      CommandKind.CREATE_ITEM_CHECKOUT, "POST /v1/checkout/sessions", "CheckoutSessions.create") {
    @Override
    void ask(Billing billing, Shopper ada) {
      ada.wants("quiz-1", billing);
    }

    @Override
    int timesGranted(BillingWorld world) {
      return SimulatorReads.all(world, "/v1/checkout/sessions", Map.of()).size();
    }
  },
  A_MEMBERS_ITEM(
      CommandKind.CREATE_ITEM_CHECKOUT, "POST /v1/checkout/sessions", "CheckoutSessions.create") {
    @Override
    Catalog catalog() {
      return ACatalog.withMembersTerms();
    }

    @Override
    void prepare(Shopper ada) {
      ada.buys("pro", Shopper.PAYS);
    }

    @Override
    void ask(Billing billing, Shopper ada) {
      ada.wants("quiz-2", billing);
    }

    // A unit is held exactly where a page is open: also where the program died between the two.
    @Override
    int timesGranted(BillingWorld world) {
      int open = SimulatorReads.sessions(world, "open").size();
      long held = world.store().reservations().held(Optional.empty(), 101).size();
      long used = Shopper.named("ada", world).used("quiz");
      assertThat(used).isEqualTo(held).isBetween((long) open, 1L);
      return (int) SimulatorReads.all(world, "/v1/checkout/sessions", Map.of()).stream()
          .filter(session -> session.required("metadata").has("item"))
          .count();
    }
  },
  A_PAYMENT(
      CommandKind.CREATE_PAYMENT_INTENT,
      "POST /v1/payment_intents",
      "PaymentIntentControl.create") {
    @Override
    void ask(Billing billing, Shopper ada) {
      billing.itemPayments().begin(ada.caller(), "quiz-1", Optional.empty());
    }

    @Override
    int timesGranted(BillingWorld world) {
      return begun(world, "/v1/payment_intents");
    }
  },
  NO_PAYMENT(
      CommandKind.CANCEL_PAYMENT_INTENT,
      "POST /v1/payment_intents/*/cancel",
      "PaymentIntentControl.cancel") {
    @Override
    void prepare(Shopper ada) {
      ada.world().billing().itemPayments().begin(ada.caller(), "quiz-1", Optional.empty());
    }

    @Override
    void ask(Billing billing, Shopper ada) {
      unlessDone(() -> billing.itemPayments().cancel(ada.account(), payment(ada)));
    }

    private String payment(Shopper ada) {
      return ada.purchases().get(0).paymentIntentId().orElseThrow();
    }

    @Override
    int timesGranted(BillingWorld world) {
      return SimulatorReads.events(world, "payment_intent.canceled").size();
    }
  },
  A_REFUND(CommandKind.CREATE_REFUND, "POST /v1/refunds", "RefundControl.create") {
    @Override
    void prepare(Shopper ada) {
      CheckoutSession session = ada.wants("quiz-1").session().orElseThrow();
      assertThat(ada.world().provider().pay(session.id(), Shopper.PAYS)).isTrue();
      ada.world().settle();
    }

    @Override
    void ask(Billing billing, Shopper ada) {
      String purchase = ada.purchases().get(0).id();
      unlessDone(() -> billing
          .refunds()
          .refund(
              new Refunds.RefundRequest(
                  Optional.of(purchase), Optional.empty(), Optional.empty(), "duplicate"),
              RequestKey.of("operator", "wish")));
    }

    @Override
    int timesGranted(BillingWorld world) {
      return SimulatorReads.all(world, "/v1/refunds", Map.of()).size();
    }
  },
  A_CHANGE(
      CommandKind.CHANGE_SUBSCRIPTION, "POST /v1/subscriptions/", "SubscriptionControl.change") {
    @Override
    void prepare(Shopper ada) {
      ada.buys("basic", Shopper.PAYS);
      ada.world().advance(Duration.ofDays(16));
    }

    @Override
    void ask(Billing billing, Shopper ada) {
      change(billing, ada, ChangePolicy.PRORATE);
    }

    @Override
    int timesGranted(BillingWorld world) {
      return (int) SimulatorReads.all(world, "/v1/invoices", Map.of()).stream()
          .filter(
              invoice -> invoice.required("billing_reason").asText().equals("subscription_update"))
          .count();
    }
  },
  A_CHANGE_AT_RENEWAL(
      CommandKind.SCHEDULE_CHANGE,
      "POST /v1/subscription_schedules",
      "SubscriptionControl.changeAtRenewal") {
    @Override
    void prepare(Shopper ada) {
      ada.buys("basic", Shopper.PAYS);
    }

    @Override
    void ask(Billing billing, Shopper ada) {
      change(billing, ada, ChangePolicy.AT_RENEWAL);
    }

    @Override
    int timesGranted(BillingWorld world) {
      return (int) SimulatorReads.all(world, "/v1/subscription_schedules", Map.of()).stream()
          .filter(schedule -> schedule.required("phases").size() == 2)
          .count();
    }
  },
  A_PAUSE(
      CommandKind.PAUSE_COLLECTION,
      "POST /v1/subscriptions/",
      "SubscriptionControl.pauseCollection") {
    @Override
    void prepare(Shopper ada) {
      ada.buys("basic", Shopper.PAYS);
    }

    @Override
    void ask(Billing billing, Shopper ada) {
      pause(billing, ada);
    }

    @Override
    int timesGranted(BillingWorld world) {
      return changesOfThePause(world);
    }
  },
  NO_PAUSE_AFTER_ALL(
      CommandKind.RESUME_COLLECTION,
      "POST /v1/subscriptions/",
      "SubscriptionControl.resumeCollection") {
    @Override
    void prepare(Shopper ada) {
      ada.buys("basic", Shopper.PAYS);
      pause(ada.world().billing(), ada);
    }

    @Override
    void ask(Billing billing, Shopper ada) {
      billing.subscriptions().unpause(ada.account(), ada.newest().id());
    }

    @Override
    int timesGranted(BillingWorld world) {
      return changesOfThePause(world) - 1;
    }
  },
  ONE_TRIAL(CommandKind.END_TRIAL, "POST /v1/subscriptions/", "SubscriptionControl.endTrial") {
    @Override
    void prepare(Shopper ada) {
      Shopper.named("bob", ada.world()).buys("basic", Shopper.PAYS);
      ada.world().provider().advance(Duration.ofSeconds(1));
      ada.buys("basic", Shopper.PAYS);
      // The one that is looked at first doesn't know of the other yet.
      for (int looks = 0; looks < 2; looks++) {
        ada.world().wallClock().advance(Duration.ofMinutes(2));
        ada.world().settle();
      }
    }

    @Override
    void ask(Billing billing, Shopper ada) {
      unlessDone(() -> billing.trials().end(ada.newest().id()));
    }

    @Override
    int timesGranted(BillingWorld world) {
      return (int) SimulatorReads.events(world, "invoice.paid").stream()
          .filter(event -> event.at("/data/object/total").asLong() > 0)
          .count();
    }
  },
  ONE_SUBSCRIPTION(
      CommandKind.CANCEL_DUPLICATE, "DELETE /v1/subscriptions/", "SubscriptionControl.cancelNow") {
    @Override
    void prepare(Shopper ada) {
      ada.buys("basic", Shopper.PAYS);
      ada.world().provider().advance(Duration.ofSeconds(1));
      ada.buysElsewhere("basic_monthly");
      ada.world().settle();
      ada.world().wallClock().advance(Duration.ofMinutes(1));
      ada.world().settle();
    }

    @Override
    void ask(Billing billing, Shopper ada) {
      billing.duplicates().cancel(ada.newest().id(), "operator");
    }

    @Override
    int timesGranted(BillingWorld world) {
      int ended = SimulatorReads.events(world, "customer.subscription.deleted").size();
      long refunds = SimulatorReads.all(world, "/v1/refunds", Map.of()).stream()
          .mapToLong(refund -> refund.required("amount").asLong())
          .sum();
      assertThat(refunds).isIn(0L, 5_00L);
      assertThat(ended).isGreaterThanOrEqualTo(refunds > 0 ? 1 : 0);
      return ended;
    }

    @Override
    boolean done(BillingWorld world) {
      return timesGranted(world) == 1
          && SimulatorReads.all(world, "/v1/refunds", Map.of()).size() == 1;
    }
  };

  /** What carries it out. */
  final CommandKind kind;

  /** The request that carries it out. */
  final String route;

  /** The gateway's call that carries it out. */
  final String call;

  Mutation(CommandKind kind, String route, String call) {
    this.kind = kind;
    this.route = route;
    this.call = call;
  }

  /** What the world sells in which it is asked for. */
  Catalog catalog() {
    return ACatalog.freeBasicAndPro();
  }

  void prepare(Shopper ada) {}

  abstract void ask(Billing billing, Shopper ada);

  abstract int timesGranted(BillingWorld world);

  /** Whether the command itself took effect. */
  boolean done(BillingWorld world) {
    return timesGranted(world) == 1;
  }

  // A second request may begin another one; no command begins two.
  private static int begun(BillingWorld world, String path) {
    List<String> commands = SimulatorReads.all(world, path, Map.of()).stream()
        .map(begun -> begun.at("/metadata/billing_command").asText())
        .toList();
    assertThat(commands).doesNotHaveDuplicates();
    return Math.min(1, commands.size());
  }

  /** Some things can't be asked for twice. */
  static void unlessDone(Runnable asked) {
    try {
      asked.run();
    } catch (NotFound | Conflict e) {
      // it is done
    }
  }

  /** The card that was saved last. */
  static String saved(Shopper ada) {
    return SimulatorReads.events(ada.world(), "payment_method.attached").stream()
        .map(event -> event.at("/data/object"))
        .filter(method -> method.at("/card/brand").asText().equals("mastercard"))
        .map(method -> method.path("id").asText())
        .findFirst()
        .orElseThrow();
  }

  private static void discount(Billing billing, Shopper ada) {
    billing
        .discounts()
        .give(
            new NewDiscount(
                ada.account(),
                Optional.empty(),
                DiscountTerms.percent(20),
                "to make up for it",
                Optional.of("ticket-7")),
            "user_admin");
  }

  private static void cancel(Billing billing, Shopper ada, Cancellation when) {
    billing.subscriptions().cancel(ada.account(), ada.newest().id(), when, Optional.of("too dear"));
  }

  private static void change(Billing billing, Shopper ada, ChangePolicy policy) {
    ChangeRequest pro = new ChangeRequest(
        Optional.of("pro"), Optional.empty(), Optional.empty(), Optional.empty(), policy);
    billing.subscriptions().change(ada.account(), ada.newest().id(), pro);
  }

  private static void pause(Billing billing, Shopper ada) {
    billing
        .subscriptions()
        .pause(ada.account(), ada.newest().id(), PauseBehavior.VOID, Optional.empty());
  }

  private static int changesOfThePause(BillingWorld world) {
    return (int) SimulatorReads.events(world, "customer.subscription.updated").stream()
        .filter(event -> event.required("data").path("previous_attributes").has("pause_collection"))
        .count();
  }

  private static int changesOfTheEnd(BillingWorld world) {
    return (int) SimulatorReads.events(world, "customer.subscription.updated").stream()
        .filter(
            event -> event.required("data").path("previous_attributes").has("cancel_at_period_end"))
        .count();
  }
}
