package com.tatame.billing.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The page to which an invoice's link leads: what is billed is read, paid and confirmed there. */
class HostedInvoiceTest {
  private static final String DECLINED = "4000000000000002";
  private static final String ASKS = "4000002760003184";

  private final Shop shop = new Shop();

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void aFailedRenewalIsPaidOnItsPageAndTheCardIsKept() {
    JsonNode subscription = shop.subscribe(shop.price(2499, "month"), Shop.FAILS_AT_RENEWAL);
    shop.advance("P32D");
    JsonNode invoice = shop.latestInvoice(subscription);
    String url = invoice.get("hosted_invoice_url").asText();
    assertThat(url).startsWith(shop.stripe.url());
    assertThat(shop.open(url).body())
        .contains(
            "Invoice " + invoice.get("number").asText(),
            "$24.99 <small>to pay</small>",
            "Basic",
            "Still to pay",
            "Simulation")
        .doesNotContain("<script>", "style=", "onclick");

    HttpResponse<String> declined = shop.submit(url, Shop.card(DECLINED));
    assertThat(declined.statusCode()).isEqualTo(402);
    assertThat(declined.body())
        .contains("role=\"alert\"", "Your card was declined.", "Nothing was charged")
        .doesNotContain(DECLINED);
    assertThat(shop.submit(url, Shop.card(Shop.PAYS)).statusCode()).isEqualTo(303);

    assertThat(shop.open(url).body()).contains("This invoice was paid on", "$0.00");
    JsonNode now = shop.subscription(subscription.get("id").asText());
    assertThat(now.get("status").asText()).isEqualTo("active");
    assertThat(now.get("default_payment_method"))
        .isNotEqualTo(subscription.get("default_payment_method"));
    assertThat(shop.happened())
        .contains("invoice.paid", "payment_method.attached", "customer.subscription.updated");
    assertThat(shop.submit(url, Shop.card(Shop.PAYS)).statusCode()).isEqualTo(303);
    assertThat(shop.happened()).isEmpty();
  }

  @Test
  void whatTheBankAsksIsAnsweredOnThePage() {
    JsonNode subscription = shop.subscribe(shop.price(2499, "month"), Shop.FAILS_AT_RENEWAL);
    shop.advance("P32D");
    String url = shop.latestInvoice(subscription).get("hosted_invoice_url").asText();

    assertThat(shop.submit(url, Shop.card(ASKS)).statusCode()).isEqualTo(303);
    assertThat(shop.open(url).body())
        .contains("Complete authentication", "3184", "pays $24.99 for invoice");
    HttpResponse<String> failed = shop.submit(url + "/authenticate", List.of("answer=fail"));
    assertThat(failed.statusCode()).isEqualTo(402);
    assertThat(failed.body()).contains("Pay by card");

    shop.submit(url, Shop.card(ASKS));
    assertThat(shop.submit(url + "/authenticate", List.of("answer=approve")).statusCode())
        .isEqualTo(303);
    assertThat(shop.open(url).body()).contains("This invoice was paid on");
    assertThat(shop.subscription(subscription.get("id").asText()).get("status").asText())
        .isEqualTo("active");
    assertThat(shop.submit(url + "/authenticate", List.of("answer=approve")).statusCode())
        .isEqualTo(303);
  }

  @Test
  void anInvoiceThatIsPaidOrUnknownTakesNoMoney() {
    JsonNode subscription = shop.subscribe(shop.price(2499, "month"), Shop.PAYS);
    String url = shop.latestInvoice(subscription).get("hosted_invoice_url").asText();

    assertThat(shop.open(url).body()).contains("This invoice was paid on", "$24.99");
    shop.happened();
    shop.submit(url, Shop.card(Shop.PAYS));
    assertThat(shop.happened()).isEmpty();
    assertThat(shop.open(shop.stripe.url() + "/invoice/in_x").statusCode()).isEqualTo(404);
    assertThat(shop.submit(shop.stripe.url() + "/invoice/in_x", Shop.card(Shop.PAYS))
            .statusCode())
        .isEqualTo(303);
  }

  @Test
  void theDocumentIsARealOneWithTheSameFigures() {
    JsonNode subscription = shop.subscribe(shop.price(2499, "month"), Shop.PAYS);
    JsonNode invoice = shop.latestInvoice(subscription);

    HttpResponse<String> document = shop.open(invoice.get("invoice_pdf").asText());

    assertThat(document.statusCode()).isEqualTo(200);
    assertThat(document.headers().firstValue("Content-Type")).contains("application/pdf");
    String body = document.body();
    assertThat(body)
        .startsWith("%PDF-1.4")
        .endsWith("%%EOF\n")
        .contains("(Invoice " + invoice.get("number").asText() + ")", "(Total   $24.99)");
    int table = Integer.parseInt(body.replaceFirst("(?s).*startxref\\n(\\d+)\\n.*", "$1"));
    assertThat(body.substring(table)).startsWith("xref\n");
  }
}
