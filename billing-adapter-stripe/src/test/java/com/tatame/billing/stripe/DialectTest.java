package com.tatame.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.Product;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.customer.Customer;
import com.tatame.billing.customer.TaxId;
import com.tatame.billing.inbox.EventSource;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.invoice.InvoicePayment;
import com.tatame.billing.invoice.InvoiceStatus;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.payment.Dispute;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.payment.PaymentMethod;
import com.tatame.billing.payment.SetupIntent;
import com.tatame.billing.promotion.Coupon;
import com.tatame.billing.promotion.PromotionCode;
import com.tatame.billing.refund.Refund;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionSchedule;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DialectTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("2026-02-01T00:00:00Z");
  private static final Instant TRIAL_START = START.minus(Duration.ofDays(14));
  private static final Instant MADE = Instant.ofEpochSecond(1_760_000_000);
  private static final Optional<AccountId> ACCOUNT = Optional.of(new AccountId("org_1"));
  private static final Recurrence MONTHLY = new Recurrence(Recurrence.Unit.MONTH, 1, false);

  private static final Map<ObjectKind, ProviderObject> EXPECTED = Stream.of(
          new Subscription(
              "sub_1",
              "cus_1",
              SubscriptionStatus.ACTIVE,
              ACCOUNT,
              Optional.empty(),
              Optional.empty(),
              List.of(
                  new Subscription.Item(
                      "si_1",
                      "price_pro",
                      Optional.of("pro_monthly"),
                      "prod_1",
                      2,
                      "eur",
                      Optional.of(2900L),
                      Optional.of(MONTHLY),
                      Optional.of("exclusive")),
                  new Subscription.Item(
                      "si_2",
                      "price_calls",
                      Optional.empty(),
                      "prod_1",
                      0,
                      "eur",
                      Optional.empty(),
                      Optional.of(new Recurrence(Recurrence.Unit.MONTH, 1, true)),
                      Optional.of("exclusive"))),
              TRIAL_START,
              START,
              END,
              Optional.of(TRIAL_START),
              Optional.of(START),
              true,
              Optional.of(END),
              Optional.of(START.plusSeconds(100)),
              Optional.of("too many mails"),
              Optional.empty(),
              Optional.of(
                  new Subscription.CollectionPause("void", Optional.of(END.plusSeconds(500)))),
              Optional.of(new Subscription.Discount(
                  "SPRING",
                  Optional.of(new BigDecimal("12.5")),
                  Optional.empty(),
                  Optional.of(START.plus(Duration.ofDays(90))),
                  Optional.of("repeating"))),
              Optional.empty(),
              Optional.of("pm_1")),
          new Invoice(
              "in_1",
              "cus_1",
              Optional.of("sub_1"),
              Optional.of("TATAME-0001"),
              InvoiceStatus.PAID,
              Optional.of("subscription_cycle"),
              "eur",
              5075,
              5075,
              5075,
              1,
              Optional.empty(),
              TRIAL_START,
              START,
              START,
              Optional.of(START.plusSeconds(3600)),
              Optional.of(START.plusSeconds(3603)),
              Optional.empty(),
              Optional.empty()),
          new CheckoutSession(
              "cs_1",
              Optional.of("cus_1"),
              ACCOUNT,
              Optional.of("4f1c"),
              CheckoutSession.Status.COMPLETE,
              true,
              Optional.of("sub_1"),
              START.minus(Duration.ofDays(13)),
              TRIAL_START.minusSeconds(60)),
          new Customer(
              "cus_1",
              ACCOUNT,
              Optional.of("ada@example.test"),
              Optional.of("Ada"),
              false,
              MADE,
              Optional.of("pm_1")),
          new Product("prod_1", "Pro", Optional.empty(), true, Map.of("tier", "pro"), MADE),
          new Price(
              "price_pro",
              "prod_1",
              true,
              "eur",
              Optional.of(2900L),
              Optional.of(MONTHLY),
              Optional.of("pro_monthly"),
              Map.of(),
              MADE),
          new PaymentMethod(
              "pm_1",
              "cus_1",
              "card",
              Optional.of("visa"),
              Optional.of("4242"),
              Optional.of(12),
              Optional.of(2034),
              Optional.of("Xt5EWLLDS7FJjR1c"),
              TRIAL_START),
          new PaymentIntent(
              "pi_1",
              Optional.of("cus_1"),
              ACCOUNT,
              PaymentIntent.Status.REQUIRES_PAYMENT_METHOD,
              "eur",
              5075,
              0,
              Optional.empty(),
              Optional.of("ch_1"),
              Optional.of(new PaymentIntent.Failure(
                  Optional.of("card_declined"),
                  Optional.of("insufficient_funds"),
                  Optional.of("ch_1"),
                  Optional.of("Your card has insufficient funds."))),
              Map.of("billing_account", "org_1"),
              Optional.empty(),
              START.plusSeconds(3600),
              Optional.empty()),
          new SetupIntent(
              "seti_1",
              Optional.of("cus_1"),
              SetupIntent.Status.REQUIRES_PAYMENT_METHOD,
              "off_session",
              Optional.empty(),
              Optional.of("setup_intent_authentication_failure"),
              TRIAL_START),
          new InvoicePayment(
              "inpay_1",
              "in_1",
              Optional.of("pi_1"),
              Optional.empty(),
              InvoicePayment.Status.PAID,
              "eur",
              5075,
              Optional.of(5075L),
              START.plusSeconds(3600),
              Optional.of(START.plusSeconds(3603)),
              Optional.empty()),
          new Refund(
              "re_1",
              Optional.of("pi_1"),
              Optional.of("ch_1"),
              Refund.Status.SUCCEEDED,
              "eur",
              1200,
              Optional.of("requested_by_customer"),
              Optional.empty(),
              START.plusSeconds(90_000)),
          new Dispute(
              "dp_1",
              Optional.of("pi_1"),
              "ch_1",
              Dispute.Status.WON,
              "fraudulent",
              "eur",
              5075,
              Optional.of(START.plusSeconds(700_000)),
              Optional.of(new Dispute.Movement(new Money(5075, "eur"), START.plusSeconds(100_000))),
              Optional.of(new Dispute.Movement(new Money(5075, "eur"), START.plusSeconds(300_000))),
              START.plusSeconds(100_000)),
          new Coupon(
              "SPRING",
              Optional.of("Spring"),
              Optional.of(new BigDecimal("12.5")),
              Optional.empty(),
              Coupon.Duration.REPEATING,
              Optional.of(3),
              Optional.of(100L),
              7,
              Optional.of(START.plus(Duration.ofDays(1))),
              Map.of("campaign", "spring"),
              MADE),
          new PromotionCode(
              "promo_1",
              "SPRING25",
              "SPRING",
              true,
              Optional.of("cus_1"),
              Optional.of(START.plus(Duration.ofDays(1))),
              Optional.of(1L),
              0,
              true,
              Optional.of(new Money(1000, "eur")),
              MADE),
          new TaxId(
              "txi_1",
              Optional.of("cus_1"),
              "eu_vat",
              "DE123456789",
              Optional.of("DE"),
              Optional.of(TaxId.Verification.VERIFIED),
              MADE),
          new SubscriptionSchedule(
              "sub_sched_1",
              "cus_1",
              Optional.of("sub_1"),
              SubscriptionSchedule.Status.ACTIVE,
              "release",
              List.of(
                  new SubscriptionSchedule.Phase(
                      START,
                      END,
                      List.of(new SubscriptionSchedule.Item("price_pro", Optional.of(2L)))),
                  new SubscriptionSchedule.Phase(
                      END,
                      END.plus(Duration.ofDays(28)),
                      List.of(new SubscriptionSchedule.Item("price_calls", Optional.empty())))),
              START,
              Optional.empty(),
              Optional.empty(),
              Optional.empty()))
      .collect(Collectors.toMap(ProviderObject::kind, object -> object));

  private final EventSource events = new StripeEvents(
      new WebhookSignature(List.of(), Duration.ofMinutes(5), InstantSource.fixed(START)), false);

  @ParameterizedTest
  @EnumSource
  void everyDialectGivesTheSameRecords(Dialect dialect) {
    assertThat(EXPECTED).containsOnlyKeys(ObjectKind.values());
    for (ObjectKind kind : dialect.kinds()) {
      assertThat(Shapes.read(kind, dialect.object(kind))).isEqualTo(EXPECTED.get(kind));
    }
  }

  @Test
  void onlyInvoicePaymentsAreUnknownToOldVersions() {
    for (Dialect dialect : Dialect.values()) {
      Set<ObjectKind> missing = EnumSet.allOf(ObjectKind.class);
      dialect.kinds().forEach(missing::remove);
      assertThat(missing)
          .isEqualTo(
              dialect.compareTo(Dialect.BASIL) < 0
                  ? EnumSet.of(ObjectKind.INVOICE_PAYMENT)
                  : EnumSet.noneOf(ObjectKind.class));
    }
  }

  @ParameterizedTest
  @EnumSource
  void anEventTellsWhatItsObjectTells(Dialect dialect) {
    for (ObjectKind kind : dialect.kinds()) {
      ProviderObject expected = Objects.requireNonNull(EXPECTED.get(kind));
      EventSource.Observed told = (EventSource.Observed)
          events.translate(dialect.event(Dialect.eventOf(kind), dialect.object(kind)));
      assertThat(told.observations())
          .usingRecursiveFieldByFieldElementComparatorIgnoringFields("facts")
          .containsExactly(
              Observation.snapshot(expected, Instant.ofEpochSecond(1_767_225_601), "evt_1"));
    }
  }
}
