package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TrustedProxiesTest {
  private static final TrustedProxies OURS = trusted("10.0.0.0/8", "fd00::/8");
  private static final String CLIENT = "203.0.113.7";
  private static final String OTHER = "198.51.100.1";

  @Test
  void whoIsConnectedIsTheClientUnlessItIsATrustedProxy() {
    assertThat(OURS.client(CLIENT, List.of())).isEqualTo(CLIENT);
    assertThat(OURS.client(CLIENT, List.of(OTHER))).isEqualTo(CLIENT);
    assertThat(trusted().client("10.0.0.1", List.of(OTHER))).isEqualTo("10.0.0.1");
  }

  @Test
  void behindTrustedProxiesItIsTheLastThatTheyTellOf() {
    assertThat(OURS.client("10.0.0.1", List.of(CLIENT))).isEqualTo(CLIENT);
    assertThat(OURS.client("10.0.0.1", List.of(CLIENT + ", 10.0.0.2"))).isEqualTo(CLIENT);
    assertThat(OURS.client("10.0.0.1", List.of(CLIENT, "fd00::2, 10.0.0.2"))).isEqualTo(CLIENT);
  }

  @Test
  void whatTheClientClaimsToHaveForwardedIsNotBelieved() {
    assertThat(OURS.client("10.0.0.1", List.of(OTHER + ", " + CLIENT))).isEqualTo(CLIENT);
    assertThat(OURS.client("10.0.0.1", List.of(OTHER, CLIENT))).isEqualTo(CLIENT);
    assertThat(OURS.client("10.0.0.1", List.of(OTHER + ", nonsense"))).isEqualTo("nonsense");
    assertThat(OURS.client("10.0.0.1", List.of(OTHER + ","))).isEmpty();
  }

  @Test
  void aProxyThatTellsOfNobodyIsTheClientItself() {
    assertThat(OURS.client("10.0.0.1", List.of())).isEqualTo("10.0.0.1");
    assertThat(OURS.client("10.0.0.1", List.of("10.0.0.2"))).isEqualTo("10.0.0.2");
  }

  private static TrustedProxies trusted(String... ranges) {
    return new TrustedProxies(
        new AddressRanges(Arrays.stream(ranges).map(AddressRanges.Range::parse).toList()));
  }
}
