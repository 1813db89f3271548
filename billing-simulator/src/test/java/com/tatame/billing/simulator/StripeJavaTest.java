package com.tatame.billing.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.StripeClient;
import com.stripe.exception.CardException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.Event;
import com.stripe.model.Invoice;
import com.stripe.model.Price;
import com.stripe.model.StripeCollection;
import com.stripe.model.Subscription;
import com.stripe.model.checkout.Session;
import com.stripe.net.RequestOptions;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.EventListParams;
import com.stripe.param.PriceCreateParams;
import com.stripe.param.SubscriptionRetrieveParams;
import com.stripe.param.SubscriptionUpdateParams;
import com.stripe.param.checkout.SessionCreateParams;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Stripe's own Java client, unmodified, over HTTP. */
class StripeJavaTest {
  private final Shop shop = new Shop();
  private final StripeClient client = StripeClient.builder()
      .setApiKey("sk_test_unmodified")
      .setApiBase(shop.stripe.url())
      .build();

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void aSubscriptionFromCheckoutToCancellation() throws StripeException {
    Price price = client
        .v1()
        .prices()
        .create(PriceCreateParams.builder()
            .setCurrency("usd")
            .setUnitAmount(999L)
            .setProductData(
                PriceCreateParams.ProductData.builder().setName("Basic").build())
            .setRecurring(PriceCreateParams.Recurring.builder()
                .setInterval(PriceCreateParams.Recurring.Interval.MONTH)
                .build())
            .build());
    CustomerCreateParams ada = CustomerCreateParams.builder()
        .setEmail("ada@example.com")
        .putMetadata("account", "a1")
        .build();
    RequestOptions key = RequestOptions.builder().setIdempotencyKey("cmd_1:0").build();
    Customer customer = client.v1().customers().create(ada, key);
    assertThat(client.v1().customers().create(ada, key).getId()).isEqualTo(customer.getId());
    Session session = client
        .v1()
        .checkout()
        .sessions()
        .create(SessionCreateParams.builder()
            .setMode(SessionCreateParams.Mode.SUBSCRIPTION)
            .setCustomer(customer.getId())
            .setSuccessUrl("https://shop.example/done?session={CHECKOUT_SESSION_ID}")
            .addLineItem(SessionCreateParams.LineItem.builder()
                .setPrice(price.getId())
                .setQuantity(1L)
                .build())
            .setSubscriptionData(SessionCreateParams.SubscriptionData.builder()
                .putMetadata("account", "a1")
                .build())
            .build());

    shop.submit(session.getUrl(), Shop.card(Shop.FAILS_AT_RENEWAL));

    Session done = client.v1().checkout().sessions().retrieve(session.getId());
    Subscription subscription = client
        .v1()
        .subscriptions()
        .retrieve(
            done.getSubscription(),
            SubscriptionRetrieveParams.builder()
                .addExpand("latest_invoice.payments")
                .build());
    assertThat(subscription.getStatus()).isEqualTo("active");
    assertThat(subscription.getMetadata()).containsEntry("account", "a1");
    assertThat(subscription.getItems().getData().get(0).getCurrentPeriodEnd())
        .isEqualTo(1769904000L);
    Invoice invoice = subscription.getLatestInvoiceObject();
    assertThat(invoice.getStatus()).isEqualTo("paid");
    assertThat(invoice.getPayments().getData().get(0).getPayment().getPaymentIntent())
        .startsWith("pi_");
    shop.goTo("2026-02-01T01:00:00Z");
    String unpaid = client.v1().subscriptions().retrieve(subscription.getId()).getLatestInvoice();
    assertThatThrownBy(() -> client.v1().invoices().pay(unpaid))
        .isInstanceOfSatisfying(
            CardException.class, e -> assertThat(e.getDeclineCode()).isEqualTo("generic_decline"));
    client
        .v1()
        .subscriptions()
        .update(
            subscription.getId(),
            SubscriptionUpdateParams.builder().setCancelAtPeriodEnd(true).build());
    assertThat(client.v1().subscriptions().cancel(subscription.getId()).getStatus())
        .isEqualTo("canceled");
  }

  @Test
  void refusalsAndEventsAreUnderstood() throws StripeException {
    assertThatThrownBy(() -> client.v1().customers().retrieve("cus_x"))
        .isInstanceOfSatisfying(InvalidRequestException.class, e -> {
          assertThat(e.getCode()).isEqualTo("resource_missing");
          assertThat(e.getStatusCode()).isEqualTo(404);
        });
    shop.subscribe(shop.price(999, "month"), Shop.PAYS);

    StripeCollection<Event> events = client
        .v1()
        .events()
        .list(EventListParams.builder()
            .addAllType(List.of("customer.subscription.created"))
            .build());

    assertThat(events.getData()).hasSize(1);
    assertThat(events.getData().get(0).getDataObjectDeserializer().getObject())
        .get()
        .isInstanceOfSatisfying(
            Subscription.class, s -> assertThat(s.getStatus()).isEqualTo("active"));
  }
}
