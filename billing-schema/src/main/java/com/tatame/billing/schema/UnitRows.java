package com.tatame.billing.schema;

import com.tatame.billing.ledger.Cause;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.ClaimId;
import com.tatame.billing.projection.ReadPriority;
import com.tatame.billing.projection.Unit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Units as the rows that {@code commit_units_v1} takes: grouped by table, numbered by unit. */
final class UnitRows {
  private final Map<String, List<Row>> tables = new LinkedHashMap<>();

  private UnitRows() {}

  static Row document(List<Unit> units, Instant now) {
    UnitRows rows = new UnitRows();
    for (int number = 0; number < units.size(); number++) {
      rows.add(number, units.get(number));
    }
    Row document = Row.empty().with("now", now);
    rows.tables.forEach(document::with);
    return document;
  }

  private void add(int number, Unit unit) {
    OneUnit changes = new OneUnit(unit);
    unit.changes().forEach(changes::see);
    add(
        number,
        "units",
        Row.empty()
            .with("subject", unit.subject().value())
            .with("version", unit.expectedVersion())
            .with("proven_at", changes.provenAt));
    for (long seq : unit.events()) {
      add(
          number,
          "events",
          Row.empty().with("seq", seq).with("claim", unit.claim().map(ClaimId::value)));
    }
    changes.rows.forEach((key, row) -> add(number, key.table(), row));
  }

  private void add(int number, String table, Row row) {
    tables.computeIfAbsent(table, name -> new ArrayList<>()).add(row.with("u", number));
  }

  /** Within one unit the last change of a row counts: one statement can't write a row twice. */
  private static final class OneUnit {
    private record Key(String table, Object row) {}

    private static final String BURIED = "buried";
    private static final String FACTS = "facts";
    private static final String REQUIRED = "required_reads";

    private final Unit unit;
    private final Map<Key, Row> rows = new LinkedHashMap<>();
    private Optional<Instant> provenAt = Optional.empty();

    OneUnit(Unit unit) {
      this.unit = unit;
    }

    void see(Change change) {
      if (change instanceof Change.Put put) {
        see(put);
      } else if (change instanceof Change.Tombstone tombstone) {
        see(tombstone);
      } else if (change instanceof Change.Append append) {
        rows.putIfAbsent(new Key(FACTS, append.fact().key()), fact(append.fact(), append.cause()));
      } else if (change instanceof Change.Link link) {
        rows.put(
            new Key("links", List.of(link.account(), link.customerId())),
            Row.empty()
                .with("user_id", link.account().value())
                .with("stripe_customer_id", link.customerId())
                .with("created_at", link.createdAt()));
      } else if (change instanceof Change.Entitle entitle) {
        rows.put(
            new Key("entitlements", entitle.entitlement().account()),
            EntitlementRows.row(entitle.recorded()).with("examine", entitle.decides()));
      } else if (change instanceof Change.PublishState publish) {
        rows.put(
            new Key("published", publish.customer()),
            Row.empty().with("customer", publish.customer().value()));
      } else if (change instanceof Change.RequireRead require) {
        see(require);
      } else if (change instanceof Change.SettleRead settle) {
        rows.remove(new Key(REQUIRED, settle.object()));
        rows.put(new Key("settled_reads", settle.object()), read(settle.object()));
      } else {
        throw new IllegalArgumentException(
            "no table holds a " + change.getClass().getName());
      }
    }

    private void see(Change.Put put) {
      ObjectRef object = put.state().ref();
      rows.remove(new Key(BURIED, object));
      rows.put(
          new Key(MirrorRows.table(object.kind()), object),
          MirrorRows.row(put.state()).with("as_of", put.asOf()).with("source", put.source()));
      prove(put.source(), put.asOf());
    }

    private void see(Change.Tombstone tombstone) {
      ObjectRef object = tombstone.object();
      rows.put(
          new Key(MirrorRows.shares(object.kind()) ? MirrorRows.SHARED : BURIED, object),
          MirrorRows.named(object, unit.subject())
              .with("as_of", tombstone.asOf())
              .with("source", tombstone.source())
              .with("gone", true));
      prove(tombstone.source(), tombstone.asOf());
    }

    private void see(Change.RequireRead require) {
      Row row = read(require.object())
          .with("subject_id", unit.subject().value())
          .with("priority", priority(require.priority()))
          .with("since", require.since());
      rows.merge(new Key(REQUIRED, require.object()), row, OneUnit::moreUrgent);
    }

    private static Row moreUrgent(Row before, Row after) {
      Instant first = before.instant("since");
      return after
          .with("priority", Math.min(before.integer("priority"), after.integer("priority")))
          .with("since", first.isBefore(after.instant("since")) ? first : after.instant("since"));
    }

    private void prove(Observation.Source source, Instant asOf) {
      if (source == Observation.Source.READ) {
        provenAt = Optional.of(provenAt.filter(asOf::isBefore).orElse(asOf));
      }
    }

    private static Row read(ObjectRef object) {
      return Row.empty().with("kind", object.kind()).with("object_id", object.id());
    }
  }

  static Row fact(Fact fact, Cause cause) {
    return Row.empty()
        .with("fact_key", fact.key())
        .with("subject_id", fact.subject().value())
        .with("subscription_id", fact.subscriptionId())
        .with("stripe_event_id", cause.eventId())
        .with("event_type", fact.type())
        .with("amount", fact.amount().map(Money::amount))
        .with("currency", fact.amount().map(Money::currency))
        .with("status", fact.status())
        .with("occurred_at", fact.occurredAt())
        .with("cause", cause.source())
        .with("command_id", cause.commandId())
        .with("terms", fact.terms().map(RecordRows::row))
        .with("details", fact.details().isEmpty() ? Optional.empty() : Optional.of(fact.details()));
  }

  static int priority(ReadPriority priority) {
    return switch (priority) {
      case AMBIGUOUS -> 0;
      case ENTITLING -> 1;
      case ROUTINE -> 2;
    };
  }

  static ReadPriority priority(int stored) {
    return switch (stored) {
      case 0 -> ReadPriority.AMBIGUOUS;
      case 1 -> ReadPriority.ENTITLING;
      case 2 -> ReadPriority.ROUTINE;
      default -> throw new IllegalStateException("no read priority is " + stored);
    };
  }
}
