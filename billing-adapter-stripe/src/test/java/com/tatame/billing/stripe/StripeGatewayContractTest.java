package com.tatame.billing.stripe;

import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.testkit.PaymentGatewayContract;
import com.tatame.billing.testkit.ProviderControl;
import com.tatame.billing.testkit.SimulatorControl;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;

class StripeGatewayContractTest implements PaymentGatewayContract {
  private final StripeSimulator simulator = StripeSimulator.builder().start();
  private final ProviderControl provider = new SimulatorControl(simulator);
  private final PaymentGateway gateway = StripeGateway.builder("sk_test_1")
      .apiBase(URI.create(simulator.url()))
      .pause(time -> {})
      .build();

  @AfterEach
  void stop() {
    simulator.close();
  }

  @Override
  public PaymentGateway gateway() {
    return gateway;
  }

  @Override
  public ProviderControl provider() {
    return provider;
  }
}
