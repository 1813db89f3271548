package com.tatame.billing.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.checkout.CheckoutUrls.Target;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CheckoutUrlsTest {
  private static final List<Target> TARGETS =
      List.of(Target.parse("https://app.example.com", true), Target.parse("tatame://", true));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://app.example.com",
        "https://APP.example.com/paid?session=cs_1#top",
        "tatame://paid/cs_1",
        "Tatame://paid"
      })
  void listedOnesAreAllowed(String url) {
    assertThat(new CheckoutUrls(TARGETS, true).test(URI.create(url))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://app.example.com",
        "https://app.example.com:8443",
        "https://app.example.com.evil.com",
        "https://evil.com/https://app.example.com",
        "https://app.example.com@evil.com",
        "https://user@app.example.com",
        "http://localhost:3000",
        "javascript:alert(1)",
        "other://paid",
        "//app.example.com",
        "/paid"
      })
  void othersAreNot(String url) {
    assertThat(new CheckoutUrls(TARGETS, true).test(URI.create(url))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://localhost:3000/paid", "https://127.0.0.1", "http://[::1]:80"})
  void thisMachineIsAllowedOutsideOfProduction(String url) {
    assertThat(new CheckoutUrls(List.of(), false).test(URI.create(url))).isTrue();
    assertThat(new CheckoutUrls(List.of(), true).test(URI.create(url))).isFalse();
  }

  @Test
  void anOriginOnThisMachineMayBeWithoutTls() {
    CheckoutUrls urls = CheckoutUrls.of(List.of("http://localhost:3000", "tatame://"));

    assertThat(urls.test(URI.create("http://localhost:3000/paid"))).isTrue();
    assertThat(urls.test(URI.create("tatame://paid"))).isTrue();
    assertThat(urls.test(URI.create("http://localhost:8080/paid"))).isFalse();
    assertThatThrownBy(() -> CheckoutUrls.of(List.of("http://app.example.com")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("http://app.example.com");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://app.example.com",
        "https://app.example.com/path",
        "javascript://",
        "app.example.com",
        "tatame"
      })
  void whatCanNotBeListedInProductionIsSaid(String text) {
    assertThatThrownBy(() -> Target.parse(text, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text);
  }
}
