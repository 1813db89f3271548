package com.tatame.billing.webhook;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which URLs can be endpoints, as far as their text tells. Where a name leads is decided only at
 * connecting, by {@link PublicAddressResolver}.
 */
final class EndpointUrls {
  static final String HOW_TO_ALLOW =
      "set BILLING_EVENT_PRIVATE_ADDRESSES=true where endpoints are on your own network";

  private static final String LOCALHOST = "localhost";
  private static final int MAX_PORT = 65_535;
  private static final Pattern NUMBERS = Pattern.compile("(?:.*\\.)?(?:[0-9]+|0[xX][0-9a-fA-F]*)");
  private static final String BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
  private static final Pattern IPV4 = Pattern.compile(BYTE + "(?:\\." + BYTE + "){3}");

  private final boolean privateAddresses;

  EndpointUrls(boolean privateAddresses) {
    this.privateAddresses = privateAddresses;
  }

  /** What the URL must be and isn't, as a sentence without its subject; empty if it can be used. */
  Optional<String> refuses(URI url) {
    String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
    boolean plain = scheme.equals("http");
    if (plain && !privateAddresses) {
      return Optional.of("must begin with https://; for http:// " + HOW_TO_ALLOW);
    }
    if (!plain && !scheme.equals("https")) {
      return Optional.of("must begin with https://");
    }
    if (url.getRawUserInfo() != null) {
      return Optional.of("must not have a user or a password");
    }
    if (url.getRawFragment() != null) {
      return Optional.of("must not have a fragment, which begins with #");
    }
    if (url.getHost() == null) {
      return Optional.of("must have a host, such as hooks.example.com or a full address: letters,"
          + " digits, hyphens and dots; names in other alphabets begin with xn--");
    }
    if (url.getPort() == 0 || url.getPort() > MAX_PORT) {
      return Optional.of("must have a port from 1 to " + MAX_PORT);
    }
    if (url.getRawPath().startsWith("//")) {
      return Optional.of("must have a path that begins with one slash");
    }
    return refusesHost(url.getHost().toLowerCase(Locale.ROOT));
  }

  private Optional<String> refusesHost(String written) {
    String host = written.endsWith(".") ? written.substring(0, written.length() - 1) : written;
    boolean ipv6 = host.startsWith("[");
    if (ipv6 && host.contains("%")) {
      return Optional.of("must not have a zone in its address");
    }
    // Programs read 0177.0.0.1 or 127.1 in different ways, so that a check of them proves nothing.
    if (!ipv6 && NUMBERS.matcher(host).matches() && !IPV4.matcher(written).matches()) {
      return Optional.of("must have an address of four decimal numbers, or a name");
    }
    if (privateAddresses) {
      return Optional.empty();
    }
    boolean literal = ipv6 || IPV4.matcher(host).matches();
    boolean refused =
        literal ? !isPublic(host) : host.equals(LOCALHOST) || host.endsWith("." + LOCALHOST);
    return refused
        ? Optional.of("must lead to a public address, which " + host + " is not: " + HOW_TO_ALLOW)
        : Optional.empty();
  }

  private static boolean isPublic(String literal) {
    try {
      return PublicAddresses.contains(InetAddress.getByName(literal));
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
