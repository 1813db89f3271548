package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.server.TrustedProxies.Network;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TrustedProxiesTest {
  @Test
  void rangesAndSingleAddressesAreUnderstood() {
    TrustedProxies proxies = new TrustedProxies(List.of(
        Network.parse("10.0.0.0/8"), Network.parse("192.168.1.7"), Network.parse("fd00::/8")));

    assertThat(proxies.include("10.255.3.1")).isTrue();
    assertThat(proxies.include("11.0.0.1")).isFalse();
    assertThat(proxies.include("192.168.1.7")).isTrue();
    assertThat(proxies.include("192.168.1.8")).isFalse();
    assertThat(proxies.include("fd12::1")).isTrue();
    assertThat(proxies.include("[fd12::1]")).isTrue();
    assertThat(proxies.include("fe80::1%eth0")).isFalse();
  }

  @Test
  void nobodyIsTrustedByDefault() {
    assertThat(new TrustedProxies(List.of()).include("127.0.0.1")).isFalse();
  }

  @Test
  void namesAndNonsenseAreRefused() {
    for (String text : List.of("proxy.example.com", "10.0.0.0/33", "10.0.0.0/x", "abc", "")) {
      assertThatThrownBy(() -> Network.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
