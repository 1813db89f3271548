package com.tatame.billing.testkit;

import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.simulator.engine.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Control over a simulated Stripe account, for gateways that talk to it over HTTP. */
public final class SimulatorControl implements ProviderControl {
  private static final String EVERY_ROUTE = "";
  private static final int SERVER_ERROR = 500;
  private static final int GONE_ON = 303;

  private final StripeSimulator simulator;
  private final SimulatedCatalog catalog;
  private final HttpClient browser = HttpClient.newHttpClient();

  /** Control over a simulator that is started. */
  public SimulatorControl(StripeSimulator simulator) {
    this.simulator = simulator;
    this.catalog = new SimulatedCatalog(simulator::call);
  }

  @Override
  public String createProduct(String name) {
    return catalog.createProduct(name);
  }

  @Override
  public String createPrice(
      String productId, long unitAmount, String currency, Recurrence.Unit unit, String lookupKey) {
    return catalog.createPrice(productId, unitAmount, currency, unit, lookupKey);
  }

  @Override
  public boolean pay(String sessionId, String cardNumber) {
    String form = Map.of(
            "email", "ada@example.com",
            "name", "Ada Lovelace",
            "number", cardNumber,
            "exp", "12 / 39",
            "cvc", "123")
        .entrySet()
        .stream()
        .map(field ->
            field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
    return submit("/checkout/" + sessionId, form);
  }

  @Override
  public boolean confirm(String sessionId) {
    return submit("/checkout/" + sessionId + "/authenticate", "answer=approve");
  }

  private boolean submit(String page, String form) {
    HttpRequest request = HttpRequest.newBuilder(URI.create(simulator.url() + page))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(form))
        .build();
    try {
      return browser.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == GONE_ON;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while paying", e);
    }
  }

  @Override
  public void createMeter(String eventName, String formula) {
    catalog.createMeter(eventName, formula);
  }

  @Override
  public List<Long> paid(String customerId) {
    return catalog.paid(customerId);
  }

  @Override
  public void replaceCard(String customerId, String readyMade) {
    catalog.replaceCard(customerId, readyMade);
  }

  @Override
  public String cardOf(String customerId) {
    return catalog.cardOf(customerId);
  }

  @Override
  public String createCode(
      String couponId, String percentOff, String code, Optional<Integer> most) {
    return catalog.createCode(couponId, percentOff, code, most);
  }

  @Override
  public Instant now() {
    return simulator.now();
  }

  @Override
  public void advance(Duration time) {
    simulator.advanceTo(simulator.now().plus(time));
  }

  @Override
  public void fail(Outage outage, int calls) {
    simulator.fail(new Fault(EVERY_ROUTE, SERVER_ERROR, SimulatedCalls.when(outage)), calls);
  }

  @Override
  public void recover() {
    simulator.clearFaults();
  }
}
