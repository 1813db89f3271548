package com.tatame.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.customer.CustomerList.Cursor;
import com.tatame.billing.failure.ProviderRejected;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the list of customers goes on where a customer was deleted. */
class CustomerListTest {
  private static final String GONE = """
      {"error":{"type":"invalid_request_error","code":"resource_missing","param":"starting_after",
       "message":"No such customer: 'cus_2'"}}""";
  private static final String PAGE = """
      {"object":"list","has_more":false,"data":[
       {"id":"cus_1","object":"customer","created":1767225600,"email":null,"livemode":false,"metadata":{}}]}""";

  private final StubStripe stub;
  private final StripeGateway gateway;

  CustomerListTest() throws IOException {
    stub = new StubStripe();
    gateway = StripeGateway.builder("sk_test_x").apiBase(stub.address()).build();
  }

  @AfterEach
  void close() throws IOException {
    stub.close();
  }

  @Test
  void behindADeletedCustomerItGoesOnByTheTimeOfItsCreation() {
    stub.reply(400, GONE).reply(200, PAGE);
    Instant created = Instant.parse("2026-01-02T00:00:00Z");

    var page =
        gateway.customerList().page(Optional.of(new Cursor("cus_2", Optional.of(created))), 25);

    assertThat(page).extracting(seen -> seen.object().id()).containsExactly("cus_1");
    assertThat(stub.requests())
        .extracting(StubStripe.Request::params)
        .isEqualTo(List.of(
            Map.of("limit", "25", "starting_after", "cus_2"),
            Map.of("limit", "25", "created[lte]", Long.toString(created.getEpochSecond()))));
  }

  @Test
  void anotherRefusalIsOne() {
    stub.reply(400, GONE.replace("resource_missing", "parameter_invalid_integer"));

    assertThatThrownBy(() ->
            gateway.customerList().page(Optional.of(new Cursor("cus_2", Optional.empty())), 25))
        .isInstanceOf(ProviderRejected.class);
  }
}
