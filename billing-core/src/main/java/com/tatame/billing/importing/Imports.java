package com.tatame.billing.importing;

import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.command.Pause;
import com.tatame.billing.customer.CustomerList;
import com.tatame.billing.drift.Holdings;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.payment.PaymentMethods;
import com.tatame.billing.projection.ProjectionStore;
import com.tatame.billing.projection.Projector;
import com.tatame.billing.schedule.TaskStore;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Use cases: taking over what is there already. Each import can be killed at any point and run again:
 * it goes on where it stood, and what it has done is not done twice. Nobody is sent a mail for it.
 */
public final class Imports {
  private final CustomerList list;
  private final CustomerImport customers;
  private final TaskStore positions;
  private final InstantSource wallClock;
  private final Pause pause;
  private final RandomGenerator random;

  /**
   * Wires the use cases.
   *
   * @param clock the billing clock
   * @param pause how it is waited for a provider or a store that can't answer
   */
  public Imports(
      Catalog catalog,
      ProjectionStore rows,
      Projector projector,
      CustomerList list,
      ObjectReads reads,
      PaymentMethods paymentMethods,
      Holdings holdings,
      TaskStore positions,
      InstantSource clock,
      InstantSource wallClock,
      Pause pause,
      RandomGenerator random) {
    this.list = list;
    this.customers = new CustomerImport(
        catalog, rows, projector, reads, paymentMethods, holdings, clock, wallClock);
    this.positions = positions;
    this.wallClock = wallClock;
    this.pause = pause;
    this.random = random;
  }

  /**
   * Takes over every customer of the provider with its subscriptions, ended ones too, its invoices
   * and its payment methods. A customer is linked to the account that its metadata names, else to
   * the one that the operator names; never by an e-mail address.
   *
   * @param owners whose customers they are, as far as the operator knows
   * @throws com.tatame.billing.failure.Conflict if another such import was started meanwhile
   * @throws com.tatame.billing.failure.ProviderUnavailable if the provider doesn't answer for
   *     minutes; what was taken over stays, and the next run goes on from there
   */
  public ImportReport provider(CustomerOwners owners, ImportSettings settings) {
    return new ProviderImport(list, customers)
        .run(owners, bookmark("import customers", settings), settings, patience(settings))
        .report();
  }

  private Patience patience(ImportSettings settings) {
    return new Patience(pause, settings.listener());
  }

  private Optional<Bookmark> bookmark(String name, ImportSettings settings) {
    return settings.dryRun()
        ? Optional.empty()
        : Optional.of(
            new Bookmark(positions, name, Long.toHexString(random.nextLong()), wallClock));
  }
}
