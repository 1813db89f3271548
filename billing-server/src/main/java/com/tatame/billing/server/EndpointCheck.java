package com.tatame.billing.server;

import com.tatame.billing.setup.AccountState.HeldEndpoint;
import com.tatame.billing.setup.ProviderSetup.Events;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Compares the webhook endpoints that the account has with what this server takes. */
final class EndpointCheck {
  /** The route and its aliases. */
  private static final List<String> PATHS =
      List.of("/webhooks/stripe", "/api/stripe/webhook", "/api/webhooks/stripe");

  private static final String EVERY_TYPE = "*";

  private final Optional<URI> publicUrl;
  private final Events events;
  private final Optional<String> accountVersion;

  /**
   * Compares nothing yet.
   *
   * @param publicUrl where this server is reached; empty to take any endpoint with one of our paths for
   *     this server's
   * @param events what this server understands
   * @param accountVersion what endpoints tell that pin no version; empty if it is not known
   */
  EndpointCheck(Optional<URI> publicUrl, Events events, Optional<String> accountVersion) {
    this.publicUrl = publicUrl;
    this.events = events;
    this.accountVersion = accountVersion;
  }

  /**
   * What was found to be well.
   *
   * @throws IllegalStateException with everything that is wrong
   */
  String compare(List<HeldEndpoint> held) {
    List<HeldEndpoint> ours =
        held.stream().filter(endpoint -> isOurs(endpoint.url())).toList();
    if (ours.isEmpty()) {
      throw new IllegalStateException(
          held.isEmpty()
              ? "The account has no webhook endpoint."
              : "The account has no webhook endpoint at " + address() + ", but at "
                  + held.stream().map(HeldEndpoint::url).sorted().collect(Collectors.joining(", "))
                  + ".");
    }
    List<HeldEndpoint> enabled = ours.stream().filter(HeldEndpoint::enabled).toList();
    if (enabled.isEmpty()) {
      throw new IllegalStateException(
          "The endpoint " + ours.get(0).url() + " is disabled, so that Stripe sends nothing.");
    }
    List<String> wrong = new ArrayList<>();
    enabled.forEach(endpoint -> newerVersion(endpoint).ifPresent(wrong::add));
    missingTypes(enabled).ifPresent(wrong::add);
    if (!wrong.isEmpty()) {
      throw new IllegalStateException(String.join(" ", wrong));
    }
    return enabled.stream().map(this::describe).collect(Collectors.joining("; "))
        + (enabled.size() > 1 ? "; events arrive more than once, which does no harm" : "")
        + (publicUrl.isEmpty()
            ? "; the address is not compared, since BILLING_PUBLIC_URL is missing"
            : "");
  }

  private String address() {
    return publicUrl.map(PublicUrl::webhooks).map(URI::toString).orElse(PATHS.get(0));
  }

  private boolean isOurs(String url) {
    String plain = plain(url);
    return publicUrl
        .map(base -> PATHS.stream().anyMatch(path -> plain.equals(plain(base.toString()) + path)))
        .orElseGet(() -> PATHS.stream().anyMatch(plain::endsWith));
  }

  /** As both may be written: hosts have no case, and a slash at the end says nothing. */
  private static String plain(String url) {
    URI uri = URI.create(url);
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    return (uri.getScheme() + "://" + uri.getRawAuthority()).toLowerCase(Locale.ROOT)
        + path.replaceFirst("/+$", "");
  }

  // Versions are named by their date, so their text order is their age. Older ones are understood.
  private Optional<String> newerVersion(HeldEndpoint endpoint) {
    return version(endpoint)
        .filter(version -> version.compareTo(events.apiVersion()) > 0)
        .map(version -> "The endpoint " + endpoint.url() + " sends events of API version " + version
            + ", which is newer than what this server knows, " + events.apiVersion() + ".");
  }

  private Optional<String> missingTypes(List<HeldEndpoint> enabled) {
    Set<String> missing = new TreeSet<>(events.types());
    for (HeldEndpoint endpoint : enabled) {
      missing.removeAll(
          endpoint.events().contains(EVERY_TYPE) ? events.types() : endpoint.events());
    }
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of("The endpoint " + enabled.get(0).url() + " does not send "
            + String.join(", ", missing) + ".");
  }

  private Optional<String> version(HeldEndpoint endpoint) {
    return endpoint.apiVersion().or(() -> accountVersion);
  }

  private String describe(HeldEndpoint endpoint) {
    Set<String> more = new TreeSet<>(endpoint.events());
    more.removeAll(events.types());
    more.remove(EVERY_TYPE);
    return endpoint.url() + " is enabled, API version "
        + version(endpoint).orElse("the account's")
        + (endpoint.apiVersion().isEmpty() ? " (the account's)" : "")
        + (endpoint.events().contains(EVERY_TYPE)
            ? ", sends every type of event"
            : ", sends all " + events.types().size() + " types of events that are read")
        + (more.isEmpty() ? "" : " and " + more.size() + " more");
  }
}
