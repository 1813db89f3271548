package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.server.AddressRanges.Range;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AddressRangesTest {
  @Test
  void rangesAndSingleAddressesAreUnderstood() {
    AddressRanges ranges = new AddressRanges(
        List.of(Range.parse("10.0.0.0/8"), Range.parse("192.168.1.7"), Range.parse("fd00::/8")));

    assertThat(ranges.contain("10.255.3.1")).isTrue();
    assertThat(ranges.contain("11.0.0.1")).isFalse();
    assertThat(ranges.contain("192.168.1.7")).isTrue();
    assertThat(ranges.contain("::ffff:192.168.1.7")).isTrue();
    assertThat(ranges.contain("192.168.1.8")).isFalse();
    assertThat(ranges.contain("fd12::1")).isTrue();
    assertThat(ranges.contain("[fd12::1]")).isTrue();
    assertThat(ranges.contain("fe80::1%eth0")).isFalse();
  }

  @Test
  void whatIsNoAddressIsNowhere() {
    AddressRanges everywhere =
        new AddressRanges(List.of(Range.parse("0.0.0.0/0"), Range.parse("::/0")));

    assertThat(everywhere.contain("127.0.0.1")).isTrue();
    for (String text : List.of("", "localhost", "1.2.3.x", "10.0.0.1:80", "unknown", ":")) {
      assertThat(everywhere.contain(text)).as(text).isFalse();
    }
    assertThat(new AddressRanges(List.of()).contain("127.0.0.1")).isFalse();
  }

  @Test
  void namesAndNonsenseAreRefused() {
    for (String text : List.of("proxy.example.com", "10.0.0.0/33", "10.0.0.0/x", "abc", "")) {
      assertThatThrownBy(() -> Range.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
