package com.tatame.billing.bench;

import com.tatame.billing.simulator.StripeSimulator;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** What the load was answered against what the database and the provider hold in the end. */
final class Acknowledged {
  private final Database database;
  private final String name;
  private final Consumer<String> out;
  private boolean right = true;

  /**
   * @param name of the server's database
   * @param out takes line after line
   */
  Acknowledged(Database database, String name, Consumer<String> out) {
    this.database = database;
    this.name = name;
    this.out = out;
  }

  /** Waits until all events are settled, however long their retries take. */
  void awaitProcessing() throws SQLException, InterruptedException {
    database.awaitNone(name, "select 1 from billing.webhook_queue where status <> 'dead' limit 1");
  }

  void webhooks(RouteClass load) throws SQLException {
    Map<String, Integer> stored = counts("select stripe_event_id, count(*) from billing.webhook_events "
        + "where stripe_event_id like 'evt\\_%' group by 1");
    Map<String, Integer> processed = counts("select e.stripe_event_id, count(*) from billing.webhook_events e "
        + "join billing.webhook_log l on l.seq = e.seq where l.status = 'processed' group by 1");
    stored.keySet().retainAll(load.sent());
    processed.keySet().retainAll(load.sent());
    tell("webhooks", load, stored);
    out.accept(processed.size() + " of the stored ones were processed, each once; "
        + database.number(name, "select count(*) from billing.webhook_queue where status = 'dead'")
        + " events are dead.");
    right &= processed.equals(stored);
  }

  void consumptions(RouteClass load) throws SQLException {
    // A user's keys are stored with a prefix.
    Map<String, Integer> stored = counts("select substring(idempotency_key from 'outage-[0-9]+$'), count(*) "
        + "from billing.consumptions group by 1");
    tell("consumptions", load, stored);
    long units = database.number(name, "select coalesce(sum(amount), 0) from billing.usage_tracking");
    out.accept(units + " units are counted, " + stored.size() + " consumptions are stored.");
    right &= units == stored.size();
  }

  void grants(RouteClass load) throws SQLException {
    tell("grants", load, counts("select substring(idempotency_key from 'outage-[0-9]+$'), count(*) "
        + "from billing.grants group by 1"));
  }

  /** Each account is created once at the provider, and known here by that customer. */
  void customers(RouteClass load, StripeSimulator simulator) throws SQLException {
    Map<String, Integer> created = new HashMap<>();
    simulator.events().stream()
        .filter(event -> event.path("type").asText().equals("customer.created"))
        .forEach(event -> created.merge(
            event.path("data").path("object").path("metadata").path("billing_account").asText(), 1, Integer::sum));
    tell("customers at the provider", load, created);
    tell("customers in the store", load, counts("select account_id, count(*) from billing.customers "
        + "where account_id like 'user\\_new\\_%' and not gone group by 1"));
    out.accept(database.number(name, "select count(*) from billing.commands where state in "
            + "('planned', 'sending', 'unknown')")
        + " commands are open, "
        + database.number(name, "select count(*) from billing.commands where state = 'needs_operator'")
        + " need an operator.");
  }

  /** What an endpoint was sent; after an outage accounts wait for their next attempt, up to minutes. */
  void events(Set<String> received) throws SQLException {
    out.accept(received.size() + " events came to the endpoint, of "
        + database.number(name, "select count(*) from billing.billing_events") + " in the ledger; "
        + database.number(name, "select count(*) from billing.subscriber_positions where due_at is not null")
        + " accounts are parked.");
  }

  private void tell(String what, RouteClass load, Map<String, Integer> stored) {
    Set<String> lost = new HashSet<>(load.accepted());
    lost.removeAll(stored.keySet());
    long doubled = stored.values().stream().filter(count -> count > 1).count();
    long silent = stored.keySet().stream().filter(id -> !load.accepted().contains(id)).count();
    out.accept(String.format(
        Locale.ROOT,
        "Of %d %s %d were answered with success: %d of these are lost, %d doubled. %d more are there, "
            + "though no success was answered.",
        load.sent().size(), what, load.accepted().size(), lost.size(), doubled, silent));
    right &= lost.isEmpty() && doubled == 0;
  }

  private Map<String, Integer> counts(String sql) throws SQLException {
    Map<String, Integer> counts = new HashMap<>();
    try (Connection connection = database.connect(name);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        counts.put(rows.getString(1), rows.getInt(2));
      }
    }
    return counts;
  }

  /** Fails if anything was lost or doubled. */
  void require() {
    if (!right) {
      throw new IllegalStateException("what is stored is not what was acknowledged");
    }
  }
}
