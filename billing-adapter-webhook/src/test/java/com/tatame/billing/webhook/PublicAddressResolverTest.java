package com.tatame.billing.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.hc.client5.http.DnsResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PublicAddressResolverTest {
  private static final String HOST = "hooks.example.com";

  @Test
  void publicAddressesAreThoseThatAreConnectedTo() throws Exception {
    PublicAddressResolver resolver =
        new PublicAddressResolver(dns("8.8.8.8", "2606:4700:4700::1111"), false);

    assertThat(resolver.resolve(HOST, 443))
        .extracting(address -> address.getAddress().getHostAddress() + " " + address.getPort())
        .containsExactly("8.8.8.8 443", "2606:4700:4700:0:0:0:0:1111 443");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "fe80::1"})
  void onePrivateAddressAmongOthersIsRefused(String address) throws Exception {
    assertThatThrownBy(
            () -> new PublicAddressResolver(dns("8.8.8.8", address), false).resolve(HOST))
        .isInstanceOf(PublicAddressResolver.NotPublic.class)
        .hasMessageContaining("BILLING_EVENT_PRIVATE_ADDRESSES=true")
        .hasMessageNotContaining(address);
    assertThat(new PublicAddressResolver(dns("8.8.8.8", address), true).resolve(HOST))
        .hasSize(2);
  }

  @Test
  void privateAddressInAMappedOneIsRefused() throws Exception {
    byte[] mapped = new byte[16];
    mapped[10] = mapped[11] = (byte) 0xff;
    mapped[12] = 127;
    mapped[15] = 1;
    // The usual factory makes an IPv4 address of it.
    InetAddress address = Inet6Address.getByAddress(HOST, mapped, -1);

    assertThat(address).isInstanceOf(Inet6Address.class);
    assertThat(PublicAddresses.contains(address)).isFalse();
  }

  @Test
  void nameThatLeadsElsewhereAMomentLaterIsRefusedThen() throws Exception {
    PublicAddressResolver resolver = new PublicAddressResolver(
        rebinding(List.of(List.of("8.8.8.8"), List.of("127.0.0.1"))), false);

    assertThat(resolver.resolve(HOST)).hasSize(1);
    assertThatThrownBy(() -> resolver.resolve(HOST))
        .isInstanceOf(PublicAddressResolver.NotPublic.class);
  }

  @Test
  void unknownNameIsNotAPrivateOne() {
    assertThatThrownBy(() -> new PublicAddressResolver(dns(), false).resolve(HOST))
        .isInstanceOf(UnknownHostException.class)
        .isNotInstanceOf(PublicAddressResolver.NotPublic.class);
  }

  @Test
  void onlySomeOfManyAddressesAreTried() throws Exception {
    assertThat(new PublicAddressResolver(dns("8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1"), false)
            .resolve(HOST))
        .hasSize(3);
  }

  static DnsResolver dns(String... addresses) {
    return rebinding(List.of(List.of(addresses)));
  }

  /** Answers with one list after the other, and stays with the last. */
  static DnsResolver rebinding(List<List<String>> answers) {
    Deque<List<String>> left = new ArrayDeque<>(answers);
    return new DnsResolver() {
      @Override
      public synchronized InetAddress[] resolve(String host) throws UnknownHostException {
        List<String> answer = left.size() > 1 ? left.removeFirst() : left.getFirst();
        return answer.stream().map(PublicAddressResolverTest::literal).toArray(InetAddress[]::new);
      }

      @Override
      public String resolveCanonicalHostname(String host) {
        return host;
      }
    };
  }

  private static InetAddress literal(String address) {
    try {
      return InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
