package com.tatame.billing.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** The proxies whose word about a client's connection counts. */
final class TrustedProxies {
  private final List<Network> networks;

  /** A range of addresses. */
  record Network(InetAddress address, int prefixBits) {
    /**
     * Reads {@code 10.0.0.0/8} or a single address.
     *
     * @throws IllegalArgumentException if it is neither
     */
    static Network parse(String text) {
      String[] parts = text.split("/", 2);
      InetAddress address = literal(parts[0]);
      int bits = address.getAddress().length * 8;
      if (parts.length == 1) {
        return new Network(address, bits);
      }
      if (!parts[1].matches("\\d{1,3}") || Integer.parseInt(parts[1]) > bits) {
        throw new IllegalArgumentException(
            "must list addresses or ranges such as 10.0.0.0/8: " + text);
      }
      return new Network(address, Integer.parseInt(parts[1]));
    }

    private boolean contains(InetAddress other) {
      byte[] mine = address.getAddress();
      byte[] theirs = other.getAddress();
      if (mine.length != theirs.length) {
        return false;
      }
      for (int bit = 0; bit < prefixBits; bit++) {
        int mask = 0x80 >> (bit % 8);
        if ((mine[bit / 8] & mask) != (theirs[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    }
  }

  TrustedProxies(List<Network> networks) {
    this.networks = List.copyOf(networks);
  }

  /** Whether a peer's address is one of theirs. */
  boolean include(String peer) {
    if (networks.isEmpty()) {
      return false;
    }
    InetAddress address = literal(peer);
    return networks.stream().anyMatch(network -> network.contains(address));
  }

  // Never a name: it would be looked up.
  private static InetAddress literal(String text) {
    String plain = text.replaceAll("[\\[\\]]", "").replaceAll("%.*", "");
    if (!plain.matches("[0-9a-fA-F:.]+")
        || !(plain.contains(":") || plain.matches("[0-9.]{7,15}"))) {
      throw new IllegalArgumentException(
          "must list addresses or ranges such as 10.0.0.0/8: " + text);
    }
    try {
      return InetAddress.getByName(plain);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("is not an address: " + text, e);
    }
  }
}
