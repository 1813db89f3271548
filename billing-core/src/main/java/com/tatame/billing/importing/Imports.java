package com.tatame.billing.importing;

import com.tatame.billing.customer.CustomerList;
import com.tatame.billing.importing.CustomerImport.Manner;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Use cases: taking over what is there already. Each import can be killed at any point and run again:
 * it goes on where it stood, and what it has done is not done twice. No mail is sent for it.
 */
public final class Imports {
  private final CustomerList list;
  private final CustomerImport customers;
  private final UserImport users;
  private final UsageImport usage;
  private final EventImport events;
  private final ImportRuns runs;

  public Imports(
      CustomerList list,
      CustomerImport customers,
      UserImport users,
      UsageImport usage,
      EventImport events,
      ImportRuns runs) {
    this.list = list;
    this.customers = customers;
    this.users = users;
    this.usage = usage;
    this.events = events;
    this.runs = runs;
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
    settings.listener().begins("customers");
    return new ProviderImport(list, customers)
        .run(
            owners, runs.checkpoint("import customers", settings), settings, runs.retries(settings))
        .report();
  }

  /**
   * Takes over what an application's own tables say: users, of whom nothing newer is known; whose
   * customers are, with all that the provider holds of them, and without overwriting a link; what was
   * used in the present period, each row once; and events, which take their usual way through the
   * inbox. What tables say of subscriptions is not believed but read at the provider.
   *
   * @throws com.tatame.billing.failure.ValidationFailed if there is no such table or column
   * @throws com.tatame.billing.failure.Conflict if another import of this mapping was started
   *     meanwhile
   */
  public ImportReport tables(SourceTables source, TableMapping mapping, ImportSettings settings) {
    ImportCounts tally = new ImportCounts();
    mapping
        .users()
        .ifPresent(columns -> tally.add(walk(
            "users",
            mapping,
            new TableWalk(
                source, columns.table(), columns.columns(), columns.key(), SourceTables.MAX_PAGE),
            rows -> users.take(rows, columns, settings.dryRun()),
            settings)));
    mapping
        .customers()
        .ifPresent(columns -> tally.add(customers(source, mapping, columns, settings)));
    for (int i = 0; i < mapping.usage().size(); i++) {
      UsageColumns columns = mapping.usage().get(i);
      tally.add(walk(
          "usage " + (i + 1),
          mapping,
          new TableWalk(
              source, columns.table(), columns.columns(), columns.key(), SourceTables.MAX_PAGE),
          rows -> usage.take(rows, mapping.name(), columns, settings.dryRun()),
          settings));
    }
    mapping
        .events()
        .ifPresent(columns -> tally.add(walk(
            "events",
            mapping,
            new TableWalk(
                source, columns.table(), columns.columns(), columns.id(), EventImport.PAGE),
            rows -> events.take(rows, columns, settings.dryRun()),
            settings)));
    return tally.report();
  }

  private ImportCounts customers(
      SourceTables source, TableMapping mapping, LinkColumns columns, ImportSettings settings) {
    try (ParallelReader readers = new ParallelReader(settings.parallel())) {
      Manner manner = new Manner(readers, settings.dryRun());
      return walk(
          "customers",
          mapping,
          new TableWalk(source, columns.table(), columns.columns(), columns.key(), LinkImport.PAGE),
          rows -> customers.links().take(rows, columns, manner),
          settings);
    }
  }

  private ImportCounts walk(
      String what,
      TableMapping mapping,
      TableWalk walk,
      Function<List<Map<String, String>>, ImportCounts> take,
      ImportSettings settings) {
    settings.listener().begins(what);
    return walk.run(
        take,
        runs.checkpoint("import " + mapping.name() + " " + what, settings),
        settings,
        runs.retries(settings));
  }
}
