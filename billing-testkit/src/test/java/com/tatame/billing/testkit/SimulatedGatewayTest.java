package com.tatame.billing.testkit;

import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.simulator.engine.Engine;
import com.tatame.billing.simulator.engine.Settings;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

class SimulatedGatewayTest implements PaymentGatewayContract {
  private final Engine engine = new Engine(
      new Settings(
          SimulatedCalls.VERSION,
          List.of(1, 3, 5),
          Settings.AfterLastRetry.CANCEL,
          () -> "https://pay.example.com"),
      Instant.parse("2026-01-01T00:00:00Z"),
      1,
      Optional.empty(),
      deliveries -> {});

  @Override
  public PaymentGateway gateway() {
    return new SimulatedGateway(engine::call, List.of("whsec_test"), engine::now);
  }

  @Override
  public ProviderControl provider() {
    return new EngineControl(engine);
  }
}
