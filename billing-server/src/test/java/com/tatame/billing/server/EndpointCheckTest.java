package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.setup.AccountState.HeldEndpoint;
import com.tatame.billing.setup.ProviderSetup.Events;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The webhook endpoint at Stripe beside what this server takes: address, status, version, events. */
final class EndpointCheckTest {
  private static final String URL = "https://billing.example.com/webhooks/stripe";
  private static final Set<String> TYPES = Set.of("invoice.paid", "customer.updated");
  private static final String VERSION = "2026-07-29.dahlia";

  private final EndpointCheck check = new EndpointCheck(
      Optional.of(URI.create("https://billing.example.com")),
      new Events(VERSION, TYPES),
      Optional.of("2024-06-20"));

  private static HeldEndpoint endpoint(
      String url, boolean enabled, Optional<String> version, Set<String> types) {
    return new HeldEndpoint("we_1", true, url, enabled, version, types);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        URL,
        "https://Billing.example.com/webhooks/stripe/",
        "https://billing.example.com/api/stripe/webhook",
        "https://billing.example.com/api/webhooks/stripe"
      })
  void theAddressMayBeWrittenInEachWayInWhichItIsServed(String url) {
    assertThat(check.compare(List.of(endpoint(url, true, Optional.of(VERSION), TYPES))))
        .isEqualTo(url + " is enabled, API version " + VERSION
            + ", sends all 2 types of events that are read");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://billing.example.com/webhooks/clerk",
        "http://billing.example.com/webhooks/stripe",
        "https://billing.example.com.evil.example/webhooks/stripe"
      })
  void anotherAddressIsTold(String url) {
    assertThatThrownBy(
            () -> check.compare(List.of(endpoint(url, true, Optional.of(VERSION), TYPES))))
        .hasMessage("The account has no webhook endpoint at " + URL + ", but at " + url + ".");
  }

  @Test
  void anEndpointThatIsDisabledIsTold() {
    assertThatThrownBy(
            () -> check.compare(List.of(endpoint(URL, false, Optional.of(VERSION), TYPES))))
        .hasMessage("The endpoint " + URL + " is disabled, so that Stripe sends nothing.");
  }

  @Test
  void missingTypesAndANewerVersionAreToldTogether() {
    assertThatThrownBy(() -> check.compare(List.of(
            endpoint(URL, true, Optional.of("2027-01-01.elm"), Set.of("invoice.paid", "x.y")))))
        .hasMessageContaining("of API version 2027-01-01.elm, which is newer than what this server"
            + " knows, " + VERSION + ".")
        .hasMessageContaining("does not send customer.updated.");
  }

  @Test
  void anEndpointWithoutAVersionHasTheAccounts() {
    assertThat(check.compare(List.of(endpoint(URL, true, Optional.empty(), Set.of("*")))))
        .isEqualTo(URL + " is enabled, API version 2024-06-20 (the account's), sends every type of"
            + " event");
  }

  @Test
  void typesThatTwoEndpointsSendTogetherAreNotMissing() {
    assertThat(check.compare(List.of(
            endpoint(URL, true, Optional.of(VERSION), Set.of("invoice.paid")),
            endpoint(URL, true, Optional.of(VERSION), Set.of("customer.updated")))))
        .contains("events arrive more than once");
  }

  @Test
  void withoutAPublicAddressOnlyThePathIsCompared() {
    EndpointCheck unaware =
        new EndpointCheck(Optional.empty(), new Events(VERSION, TYPES), Optional.empty());

    assertThat(unaware.compare(List.of(endpoint(URL, true, Optional.of(VERSION), TYPES))))
        .endsWith("the address is not compared, since BILLING_PUBLIC_URL is missing");
    assertThatThrownBy(() -> unaware.compare(
            List.of(endpoint("https://a.example/hook", true, Optional.of(VERSION), TYPES))))
        .hasMessageContaining(
            "no webhook endpoint at /webhooks/stripe, but at https://a.example/hook");
    assertThatThrownBy(() -> unaware.compare(List.of()))
        .hasMessage("The account has no webhook endpoint.");
  }
}
