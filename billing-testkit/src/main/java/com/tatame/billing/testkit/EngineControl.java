package com.tatame.billing.testkit;

import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.simulator.engine.Engine;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.simulator.engine.PageForm;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Control over a simulated account in this process, without HTTP. */
public final class EngineControl implements ProviderControl {
  private static final String EVERY_ROUTE = "";
  private static final int SERVER_ERROR = 500;

  private final Engine engine;
  private final SimulatedCatalog catalog;

  /** Control over this account. */
  public EngineControl(Engine engine) {
    this.engine = engine;
    this.catalog = new SimulatedCatalog(engine::call);
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
    PageForm form = new PageForm("ada@example.com", cardNumber, "12 / 39", "123", "Ada Lovelace");
    return engine.submit(sessionId, form).isEmpty()
        && engine.page(sessionId).orElseThrow().state().equals("complete");
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
  public boolean confirm(String sessionId) {
    return engine.authenticate(sessionId, true).isEmpty()
        && engine.page(sessionId).orElseThrow().state().equals("complete");
  }

  @Override
  public Instant now() {
    return engine.now();
  }

  @Override
  public void advance(Duration time) {
    engine.advanceTo(engine.now().plus(time));
  }

  @Override
  public void fail(Outage outage, int calls) {
    engine.fail(new Fault(EVERY_ROUTE, SERVER_ERROR, SimulatedCalls.when(outage)), calls);
  }

  @Override
  public void recover() {
    engine.clearFaults();
  }
}
