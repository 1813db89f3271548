package com.tatame.billing.sandbox;

import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.configuration.CatalogFile;
import com.tatame.billing.setup.Setup;
import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.testkit.SimulatedGateway;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** Puts the sandbox's catalog on sale in a simulated account that no server sets up. */
final class Shopfront {
  private Shopfront() {}

  static void open(StripeSimulator stripe) {
    Catalog catalog = CatalogFile.read(Path.of("../examples/tatame/catalog.yaml"), Map.of());
    new Setup(
            catalog, new SimulatedGateway(stripe::call, List.of(), InstantSource.system()).setup())
        .run();
  }
}
