package com.tatame.billing.webhook;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which addresses are reached over the public Internet, by IANA's registries of special-purpose
 * addresses. Of IPv6 only what has been given out counts, so that a new kind of address is refused
 * until it is listed here.
 */
final class PublicAddresses {
  private static final List<Block> NOT_PUBLIC_V4 = blocks(
      "0.0.0.0/8", // this host
      "10.0.0.0/8", // private
      "100.64.0.0/10", // carrier-grade NAT
      "127.0.0.0/8", // loopback
      "168.63.129.16/32", // Azure's platform, public only by its number
      "169.254.0.0/16", // link-local, with the metadata of most clouds
      "172.16.0.0/12", // private
      "192.0.0.0/24", // protocols, with Oracle's metadata
      "192.0.2.0/24", // documentation
      "192.88.99.0/24", // 6to4 relays
      "192.168.0.0/16", // private
      "198.18.0.0/15", // benchmarks
      "198.51.100.0/24", // documentation
      "203.0.113.0/24", // documentation
      "224.0.0.0/4", // multicast
      "240.0.0.0/4"); // reserved, and broadcast
  private static final Block GLOBAL_UNICAST = Block.of("2000::/3");
  private static final List<Block> NOT_PUBLIC_V6 = blocks(
      "2001::/23", // protocols, with Teredo, which embeds IPv4
      "2001:db8::/32", // documentation
      "2002::/16", // 6to4, which embeds IPv4
      "3fff::/20"); // documentation
  /** Networks without IPv4 reach all of it by this prefix, so that its last four bytes decide. */
  private static final Block NAT64 = Block.of("64:ff9b::/96");

  private static final int V4_BYTES = 4;

  private PublicAddresses() {}

  private record Block(InetAddress first, int bits) {
    static Block of(String cidr) {
      String[] parts = cidr.split("/", 2);
      try {
        return new Block(InetAddress.getByName(parts[0]), Integer.parseInt(parts[1]));
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException(cidr, e);
      }
    }

    boolean contains(byte[] address) {
      byte[] prefix = first.getAddress();
      if (address.length != prefix.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit += Byte.SIZE) {
        int mask = bits - bit >= Byte.SIZE ? 0xff : 0xff << (Byte.SIZE - (bits - bit)) & 0xff;
        if (((address[bit / Byte.SIZE] ^ prefix[bit / Byte.SIZE]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  static boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (address instanceof Inet4Address) {
      return isPublicV4(bytes);
    }
    if (NAT64.contains(bytes)) {
      return isPublicV4(Arrays.copyOfRange(bytes, bytes.length - V4_BYTES, bytes.length));
    }
    return GLOBAL_UNICAST.contains(bytes)
        && NOT_PUBLIC_V6.stream().noneMatch(block -> block.contains(bytes));
  }

  private static boolean isPublicV4(byte[] bytes) {
    return NOT_PUBLIC_V4.stream().noneMatch(block -> block.contains(bytes));
  }

  private static List<Block> blocks(String... cidrs) {
    return Stream.of(cidrs).map(Block::of).toList();
  }
}
