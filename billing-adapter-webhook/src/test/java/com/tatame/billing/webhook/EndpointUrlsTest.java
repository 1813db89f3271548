package com.tatame.billing.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EndpointUrlsTest {
  private final EndpointUrls publicOnly = new EndpointUrls(false);
  private final EndpointUrls ownNetwork = new EndpointUrls(true);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://hooks.example.com",
        "https://hooks.example.com./a",
        "HTTPS://Hooks.Example.com:8443/a/b?c=d%20e",
        "https://xn--bcher-kva.example/hooks",
        "https://8.8.8.8/hooks",
        "https://[2606:4700:4700::1111]/hooks",
        "https://[64:ff9b::8.8.8.8]/",
        "https://localhost.example.com/",
        "https://10.example.com/",
      })
  void publicUrlsAreTaken(String url) {
    assertThat(publicOnly.refuses(URI.create(url))).isEmpty();
    assertThat(ownNetwork.refuses(URI.create(url))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST",
        "localhost.",
        "api.localhost",
        "api.localhost.",
        "127.0.0.1",
        "127.1.2.3",
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "100.127.255.255",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.7",
        "224.0.0.1",
        "239.255.255.250",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::ffff:10.0.0.1]",
        "[::127.0.0.1]",
        "[fe80::1]",
        "[fec0::1]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[fd12:3456::1]",
        "[ff02::1]",
        "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
        "[2001:db8::1]",
        "[2002:7f00:1::]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b::a9fe:a9fe]",
        "[64:ff9b:1::1]",
      })
  void privateAddressesAreRefusedUnlessAllowed(String host) {
    URI url = URI.create("https://" + host + "/hooks");

    assertThat(publicOnly.refuses(url))
        .get()
        .asString()
        .startsWith("must lead to a public address, which ")
        .endsWith(
            "set BILLING_EVENT_PRIVATE_ADDRESSES=true where endpoints are on your own network");
    assertThat(ownNetwork.refuses(url)).isEmpty();
    assertThat(ownNetwork.refuses(URI.create("http://" + host + ":8080"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "017700000001",
        "0177.0.0.1",
        "127.0.0.01",
        "127.1",
        "127.0.1",
        "127.0.0.1.",
        "127.0.0.256",
        "1.2.3.4.5",
        "１２７.0.0.1",
        "my_service",
        "bücher.example",
        "[fe80::1%25eth0]",
        "[fe80::1%eth0]",
      })
  void hostsThatProgramsReadDifferentlyAreRefused(String host) {
    URI url = URI.create("https://" + host + "/hooks");

    assertThat(publicOnly.refuses(url)).get().asString().startsWith("must ");
    assertThat(ownNetwork.refuses(url)).get().asString().startsWith("must ");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      ftp://hooks.example.com          | must begin with https://
      hooks.example.com/a              | must begin with https://
      //hooks.example.com/a            | must begin with https://
      file:///etc/passwd               | must begin with https://
      mailto:ada@example.com           | must begin with https://
      https:hooks.example.com          | must have a host
      https:///hooks                   | must have a host
      https://user@hooks.example.com   | must not have a user or a password
      https://a:b@hooks.example.com    | must not have a user or a password
      https://@hooks.example.com       | must not have a user or a password
      https://hooks.example.com/#a     | must not have a fragment
      https://hooks.example.com/#      | must not have a fragment
      https://hooks.example.com:0/     | must have a port from 1 to 65535
      https://hooks.example.com:65536/ | must have a port from 1 to 65535
      https://hooks.example.com//a     | must have a path that begins with one slash
      """)
  void formIsCheckedWhereverEndpointsAre(String url, String reason) {
    assertThat(publicOnly.refuses(URI.create(url))).get().asString().startsWith(reason);
    assertThat(ownNetwork.refuses(URI.create(url))).get().asString().startsWith(reason);
  }

  @Test
  void plainHttpNeedsTheSettingForPrivateAddresses() {
    URI url = URI.create("http://hooks.example.com");

    assertThat(publicOnly.refuses(url))
        .contains(
            "must begin with https://; for http:// set BILLING_EVENT_PRIVATE_ADDRESSES=true where"
                + " endpoints are on your own network");
    assertThat(ownNetwork.refuses(url)).isEmpty();
  }
}
