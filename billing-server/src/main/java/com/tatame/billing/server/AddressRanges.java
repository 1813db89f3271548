package com.tatame.billing.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

/** Ranges of addresses on the network. */
record AddressRanges(List<Range> ranges) {
  AddressRanges {
    ranges = List.copyOf(ranges);
  }

  /** An address and how many of its bits count. */
  record Range(InetAddress address, int prefixBits) {
    /**
     * Reads {@code 10.0.0.0/8} or a single address.
     *
     * @throws IllegalArgumentException if it is neither
     */
    static Range parse(String text) {
      String[] parts = text.split("/", 2);
      InetAddress address = literal(parts[0]).orElseThrow(() -> unreadable(text));
      int bits = address.getAddress().length * 8;
      if (parts.length == 1) {
        return new Range(address, bits);
      }
      if (!parts[1].matches("\\d{1,3}") || Integer.parseInt(parts[1]) > bits) {
        throw unreadable(text);
      }
      return new Range(address, Integer.parseInt(parts[1]));
    }

    private static IllegalArgumentException unreadable(String text) {
      return new IllegalArgumentException(
          "must list addresses or ranges such as 10.0.0.0/8: " + text);
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

  /** Whether an address is in one of them; what is no address is in none. */
  boolean contain(String address) {
    Optional<InetAddress> read = ranges.isEmpty() ? Optional.empty() : literal(address);
    return read.isPresent() && ranges.stream().anyMatch(range -> range.contains(read.get()));
  }

  // Never a name: it would be looked up.
  private static Optional<InetAddress> literal(String text) {
    String plain = text.strip().replaceAll("[\\[\\]]", "").replaceAll("%.*", "");
    if (!plain.matches("[0-9a-fA-F:.]+")
        || !(plain.contains(":") || plain.matches("[0-9.]{7,15}"))) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(plain));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
