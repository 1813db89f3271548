package com.tatame.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.Product;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.customer.Customer;
import com.tatame.billing.inbox.EventSource;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.invoice.InvoiceStatus;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DialectTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("2026-02-01T00:00:00Z");
  private static final Instant TRIAL_START = START.minus(Duration.ofDays(14));
  private static final Instant MADE = Instant.ofEpochSecond(1_760_000_000);
  private static final Optional<AccountId> ACCOUNT = Optional.of(new AccountId("org_1"));
  private static final Recurrence MONTHLY = new Recurrence(Recurrence.Unit.MONTH, 1, false);

  private static final Map<ObjectKind, ProviderObject> EXPECTED = Map.of(
      ObjectKind.SUBSCRIPTION,
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
                  Optional.of(MONTHLY)),
              new Subscription.Item(
                  "si_2",
                  "price_calls",
                  Optional.empty(),
                  "prod_1",
                  0,
                  "eur",
                  Optional.empty(),
                  Optional.of(new Recurrence(Recurrence.Unit.MONTH, 1, true)))),
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
          Optional.of(new Subscription.CollectionPause("void", Optional.of(END.plusSeconds(500)))),
          Optional.of(new Subscription.Discount(
              "SPRING",
              Optional.of(new BigDecimal("12.5")),
              Optional.empty(),
              Optional.of(START.plus(Duration.ofDays(90)))))),
      ObjectKind.INVOICE,
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
      ObjectKind.CHECKOUT_SESSION,
      new CheckoutSession(
          "cs_1",
          Optional.of("cus_1"),
          ACCOUNT,
          Optional.of("4f1c"),
          CheckoutSession.Status.COMPLETE,
          true,
          Optional.empty(),
          Optional.of("sub_1"),
          START.minus(Duration.ofDays(13)),
          TRIAL_START.minusSeconds(60)),
      ObjectKind.CUSTOMER,
      new Customer(
          "cus_1", ACCOUNT, Optional.of("ada@example.test"), Optional.of("Ada"), false, MADE),
      ObjectKind.PRODUCT,
      new Product("prod_1", "Pro", Optional.empty(), true, Map.of("tier", "pro"), MADE),
      ObjectKind.PRICE,
      new Price(
          "price_pro",
          "prod_1",
          true,
          "eur",
          Optional.of(2900L),
          Optional.of(MONTHLY),
          Optional.of("pro_monthly"),
          Map.of(),
          MADE));

  private final EventSource events = new StripeEvents(
      new WebhookSignature(List.of(), Duration.ofMinutes(5), InstantSource.fixed(START)), false);

  @ParameterizedTest
  @EnumSource
  void everyDialectGivesTheSameRecords(Dialect dialect) {
    for (ObjectKind kind : ObjectKind.values()) {
      assertThat(Shapes.read(kind, dialect.object(kind))).isEqualTo(EXPECTED.get(kind));
    }
  }

  @ParameterizedTest
  @EnumSource
  void anEventTellsWhatItsObjectTells(Dialect dialect) {
    Map<ObjectKind, String> types = Map.of(
        ObjectKind.SUBSCRIPTION, "customer.subscription.updated",
        ObjectKind.INVOICE, "invoice.paid",
        ObjectKind.CHECKOUT_SESSION, "checkout.session.completed",
        ObjectKind.CUSTOMER, "customer.updated",
        ObjectKind.PRODUCT, "product.created",
        ObjectKind.PRICE, "price.updated");
    types.forEach((kind, type) -> {
      JsonObject object = dialect.object(kind);
      ProviderObject expected = Objects.requireNonNull(EXPECTED.get(kind));
      assertThat(events.translate(dialect.event(type, object)))
          .isEqualTo(new EventSource.Observed(List.of(
              Observation.snapshot(expected, Instant.ofEpochSecond(1_767_225_601), "evt_1"))));
    });
  }
}
