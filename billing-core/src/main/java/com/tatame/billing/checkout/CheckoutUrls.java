package com.tatame.billing.checkout;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where a payer may be sent back to after a checkout: listed origins and app schemes; outside of
 * production also whatever runs on this machine. Immutable.
 */
public final class CheckoutUrls implements Predicate<URI> {
  private static final Set<String> LOCAL_HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final Set<String> DANGEROUS_SCHEMES =
      Set.of("http", "javascript", "data", "file", "blob", "vbscript", "about");

  private final List<Target> targets;
  private final boolean local;

  /** An allowed origin, or all addresses of an app's own scheme. */
  public record Target(String scheme, Optional<String> authority) {
    /**
     * Reads {@code https://app.example.com} or {@code myapp://}.
     *
     * @throws IllegalArgumentException saying what is wrong
     */
    public static Target parse(String text, boolean production) {
      URI uri = URI.create(text.endsWith("://") ? text + "any" : text);
      String scheme = lower(uri.getScheme());
      if (scheme.equals("https") || (scheme.equals("http") && !production)) {
        if (uri.getHost() == null || !Set.of("", "/").contains(uri.getRawPath())) {
          throw new IllegalArgumentException(
              "must list origins such as https://app.example.com, without a path: " + text);
        }
        return new Target(scheme, Optional.of(lower(uri.getRawAuthority())));
      }
      if (scheme.isEmpty() || DANGEROUS_SCHEMES.contains(scheme) || !text.endsWith("://")) {
        throw new IllegalArgumentException(
            "must list https origins, or app schemes such as myapp:// : " + text);
      }
      return new Target(scheme, Optional.empty());
    }

    boolean matches(URI url) {
      return scheme.equals(lower(url.getScheme()))
          && authority.map(lower(url.getRawAuthority())::equals).orElse(true);
    }
  }

  /**
   * Allows these origins and schemes.
   *
   * @param origins such as {@code https://app.example.com}, {@code http://localhost:3000} or {@code
   *     myapp://}; only those on this machine may be without TLS
   * @throws IllegalArgumentException saying which one can't be used, and why
   */
  public static CheckoutUrls of(List<String> origins) {
    return new CheckoutUrls(
        origins.stream()
            .map(origin ->
                Target.parse(origin, !origin.startsWith("http:") || !isLocal(URI.create(origin))))
            .toList(),
        true);
  }

  /**
   * Allows these.
   *
   * @param production whether pages on this machine have to be listed like others
   */
  public CheckoutUrls(List<Target> targets, boolean production) {
    this.targets = List.copyOf(targets);
    this.local = !production;
  }

  @Override
  public boolean test(URI url) {
    return url.getRawUserInfo() == null
        && (targets.stream().anyMatch(target -> target.matches(url)) || (local && isLocal(url)));
  }

  private static boolean isLocal(URI url) {
    return Set.of("http", "https").contains(lower(url.getScheme()))
        && url.getHost() != null
        && LOCAL_HOSTS.contains(lower(url.getHost()));
  }

  private static String lower(@Nullable String text) {
    return text == null ? "" : text.toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return targets + (local ? " and this machine" : "");
  }
}
