package com.tatame.billing.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Resolves names at the moment of connecting, and refuses those that lead to private addresses. The
 * client connects to the very addresses that were checked, so that a name which leads elsewhere a
 * moment later (DNS rebinding) gains nothing.
 */
final class PublicAddressResolver implements DnsResolver {
  /** Each is tried for the whole connection timeout. */
  private static final int MAX_ADDRESSES = 3;

  private final DnsResolver dns;
  private final boolean privateAddresses;

  PublicAddressResolver(DnsResolver dns, boolean privateAddresses) {
    this.dns = dns;
    this.privateAddresses = privateAddresses;
  }

  /** The message is for those who look after the endpoint; which private address it was is not theirs to know. */
  static final class NotPublic extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    NotPublic() {
      super("the host leads to an address that is not public: " + EndpointUrls.HOW_TO_ALLOW);
    }
  }

  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    InetAddress[] addresses = dns.resolve(host);
    if (addresses == null || addresses.length == 0) {
      throw new UnknownHostException(host);
    }
    // One that isn't public spoils all, or the order of the answers would decide.
    if (!privateAddresses && !Arrays.stream(addresses).allMatch(PublicAddresses::contains)) {
      throw new NotPublic();
    }
    return Arrays.copyOf(addresses, Math.min(addresses.length, MAX_ADDRESSES));
  }

  @Override
  public String resolveCanonicalHostname(String host) {
    return host;
  }
}
