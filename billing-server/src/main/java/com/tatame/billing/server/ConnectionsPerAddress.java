package com.tatame.billing.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.util.IO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes connections of an address that has too many of them. */
final class ConnectionsPerAddress implements SelectorManager.AcceptListener {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionsPerAddress.class);

  private final int most;
  private final Predicate<String> exempt;
  private final Map<SelectableChannel, String> addresses = new ConcurrentHashMap<>();
  private final Map<String, Integer> counts = new ConcurrentHashMap<>();
  private final AtomicBoolean warned = new AtomicBoolean();

  /**
   * @param most connections of one address
   * @param exempt addresses whose connections carry many clients
   */
  ConnectionsPerAddress(int most, Predicate<String> exempt) {
    this.most = most;
    this.exempt = exempt;
  }

  /** Addresses that are connected and not exempt. */
  int connectedAddresses() {
    return counts.size();
  }

  @Override
  public void onAccepting(SelectableChannel channel) {
    remote(channel).filter(exempt.negate()).ifPresent(address -> {
      addresses.put(channel, address);
      if (counts.merge(address, 1, Integer::sum) > most) {
        IO.close(channel);
        if (warned.compareAndSet(false, true)) {
          LOG.warn(
              "A client has more than {} connections; further ones are closed. If it is a proxy, name"
                  + " it in TRUSTED_PROXIES.",
              most);
        }
      }
    });
  }

  @Override
  public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
    forget(channel);
  }

  @Override
  public void onClosed(SelectableChannel channel) {
    forget(channel);
  }

  private void forget(SelectableChannel channel) {
    Optional.ofNullable(addresses.remove(channel))
        .ifPresent(address ->
            counts.computeIfPresent(address, (same, count) -> count > 1 ? count - 1 : null));
  }

  private static Optional<String> remote(SelectableChannel channel) {
    try {
      return channel instanceof SocketChannel socket
              && socket.getRemoteAddress() instanceof InetSocketAddress remote
          ? Optional.of(remote.getAddress().getHostAddress())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
