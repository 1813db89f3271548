package com.tatame.billing.testkit;

import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the table of facts without the store that wrote it, for tests that look at it from outside.
 */
public final class StoredFacts {
  private StoredFacts() {}

  /** All facts of the subject, on a connection whose schema has the table. */
  public static List<Fact> of(Connection connection, SubjectId subject) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(
        "select fact_key, event_type, subscription_id, amount, currency, status, occurred_at, terms, details"
            + " from billing_events where subject_id = ?")) {
      query.setString(1, subject.value());
      try (ResultSet rows = query.executeQuery()) {
        List<Fact> facts = new ArrayList<>();
        while (rows.next()) {
          facts.add(fact(subject, rows));
        }
        return facts;
      }
    }
  }

  private static Fact fact(SubjectId subject, ResultSet row) throws SQLException {
    long amount = row.getLong("amount");
    return new Fact(
        row.getString("fact_key"),
        row.getString("event_type"),
        subject,
        Optional.ofNullable(row.getString("subscription_id")),
        Optional.ofNullable(row.getString("currency")).map(currency -> new Money(amount, currency)),
        row.getString("status"),
        row.getObject("occurred_at", OffsetDateTime.class).toInstant(),
        StoredTerms.change(row.getString("terms")),
        StoredTerms.details(row.getString("details")));
  }
}
