package com.tatame.billing.stripe;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StripeGatewayTest {
  @ParameterizedTest
  @ValueSource(strings = {"", " ", "sk_test_1\n", "sk_test_\u00e4", "sk test"})
  void whatCanBeNoKeyIsRefusedWithoutShowingIt(String key) {
    assertThatThrownBy(() -> StripeGateway.builder(key))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("STRIPE_SECRET_KEY")
        .hasMessageNotContaining("sk_test");
  }

  @Test
  void theKeyMustBeOfTheMode() {
    assertThatThrownBy(() -> StripeGateway.builder("sk_live_1").build())
        .hasMessageContaining("live mode is off");
    assertThatThrownBy(() -> StripeGateway.builder("rk_test_1").live(true).build())
        .hasMessageContaining("live mode is on");
    assertThatCode(() -> StripeGateway.builder("rk_live_1").live(true).build())
        .doesNotThrowAnyException();
  }

  @Test
  void aLiveKeyIsSentToNobodyElse() {
    assertThatThrownBy(() -> StripeGateway.builder("sk_live_1")
            .live(true)
            .apiBase(URI.create("http://127.0.0.1:12111"))
            .build())
        .hasMessageContaining("to Stripe alone");
  }

  @Test
  void settingsThatCanNotWorkAreRefused() {
    StripeGateway.Builder builder = StripeGateway.builder("sk_test_1");
    Duration second = Duration.ofSeconds(1);

    assertThatThrownBy(() -> builder.timeouts(Duration.ZERO, second))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.timeouts(second, Duration.ofHours(2)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.retries(-1, second, second))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.webhookSecrets(List.of("whsec_1", "")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.apiBase(URI.create("file:///etc/hosts")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
