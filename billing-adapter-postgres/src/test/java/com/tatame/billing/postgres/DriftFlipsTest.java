package com.tatame.billing.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.drift.Comparison;
import com.tatame.billing.drift.Drift;
import com.tatame.billing.drift.Drift.Cause;
import com.tatame.billing.drift.DriftCauses;
import com.tatame.billing.drift.DriftMonitor;
import com.tatame.billing.drift.DriftPolicy;
import com.tatame.billing.drift.ProviderState;
import com.tatame.billing.inbox.EventSource;
import com.tatame.billing.inbox.ReadBudget;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.invoice.InvoiceControl;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.Projection;
import com.tatame.billing.projection.Projections;
import com.tatame.billing.projection.Projector;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionControl;
import com.tatame.billing.testkit.SettableClock;
import com.tatame.billing.testkit.fixture.ACatalog;
import com.tatame.billing.testkit.fixture.ACheckoutSession;
import com.tatame.billing.testkit.fixture.ACustomer;
import com.tatame.billing.testkit.fixture.APrice;
import com.tatame.billing.testkit.fixture.AProduct;
import com.tatame.billing.testkit.fixture.ASubscription;
import com.tatame.billing.testkit.fixture.AnInvoice;
import com.tatame.billing.testkit.fixture.Ids;
import com.tatame.billing.testkit.fixture.Mirrored;
import com.tatame.billing.time.Clocks;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every column of every mirrored table, as the catalog of the database lists them, is given another
 * value behind the back of the store, in rows that live, that are final and that are gone. The drift
 * monitor must list each with a cause and put it right.
 */
class DriftFlipsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Between two looks of the monitor, so that it believes what it sees. */
  private static final Duration LATER = Duration.ofMinutes(6);

  /** The table that links accounts and customers is no mirror, and decides whose objects those are. */
  private static final String LINKS = "stripe_customer_mapping";

  /** What the monitor doesn't put right, and why. */
  private static final Map<String, String> EXEMPT = exempt();

  /** What it lists and leaves to a person, and why. */
  private static final Map<String, String> FOR_A_PERSON = Map.of(
      LINKS + ".user_id", "who pays for whom must not change because one row differs",
      LINKS + ".stripe_customer_id", "who pays for whom must not change because one row differs");

  private static final Map<String, Map<String, String>> TYPES = new HashMap<>();
  private static final Map<String, List<String>> LITERALS = new HashMap<>();
  private static final PostgresConfig CONFIG = TestDatabase.freshSchema();
  private static final PostgresBillingStore STORE = PostgresBillingStore.open(CONFIG);

  private final SettableClock clock = new SettableClock(Instant.parse("2026-03-04T05:06:07Z"));
  private final Map<ObjectRef, ProviderObject> provider = new HashMap<>();
  private final Projector projector = new Projector(ACatalog.freeBasicAndPro());
  private final ObjectReads reads = (object, subject) -> Optional.ofNullable(provider.get(object))
      .map(state -> Observation.read(state, clock.instant()))
      .orElseGet(() -> Observation.absent(object, subject, clock.instant()));
  private final DriftMonitor monitor = monitor();

  private Optional<String> customers = Optional.empty();
  private Optional<String> objects = Optional.empty();

  // Of the test itself, which looks thousands of times.
  private static Connection session;

  @BeforeAll
  static void connect() throws SQLException {
    session = TestDatabase.connect(CONFIG);
  }

  @AfterAll
  static void close() throws SQLException {
    session.close();
    STORE.close();
  }

  private static Map<String, String> exempt() {
    Map<String, String> exempt = new TreeMap<>();
    for (String table : List.of(
        "customers",
        "subscriptions",
        "stripe_invoices",
        "checkout_sessions",
        "products",
        "prices",
        "provider_objects")) {
      exempt.put(table + ".as_of", "when the state was seen: each observation sets it");
      exempt.put(table + ".source", "how the state was seen: each observation sets it");
      exempt.put(table + ".updated_at", "our own, when the row was written; nothing reads it");
    }
    String key = "the key: the row under the wrong id is marked as gone; the provider lists no such"
        + " object by customer, so the one that is missing is learnt from its next event";
    exempt.put("checkout_sessions.id", key);
    exempt.put("products.id", "the key, as above; the catalog's refresh lists all products");
    exempt.put("prices.id", "the key, as above; the catalog's refresh lists all prices");
    exempt.put("provider_objects.id", key);
    exempt.put("provider_objects.kind", "half of the key; a state fits no other kind");
    exempt.put(
        "provider_objects.state.times_redeemed",
        "taken over and not listed: the provider announces no redemption");
    exempt.put(LINKS + ".clerk_user_id", "copied from the account's own row when it is linked");
    exempt.put(LINKS + ".created_at", "our own, when the link was made; nothing reads it");
    return exempt;
  }

  private DriftMonitor monitor() {
    SubscriptionControl subscriptions =
        listing(SubscriptionControl.class, customer -> held(Subscription.class, customer));
    InvoiceControl invoices =
        listing(InvoiceControl.class, customer -> held(Invoice.class, customer));
    EventSource noEvents = listing(EventSource.class, payload -> List.of());
    return new DriftMonitor(
        STORE.drift(),
        new Comparison(
            STORE.drift(),
            STORE.inbox(),
            new Projections(STORE.projections(), projector, new Clocks(clock, clock)),
            reads,
            new ProviderState(reads, subscriptions, invoices)),
        new DriftCauses(STORE.inbox(), noEvents, projector),
        new ReadBudget(100_000, clock),
        DriftPolicy.REPAIR,
        clock,
        new Random(1));
  }

  private interface Lists {
    List<Observation> ofCustomer(String id);
  }

  private static <T> T listing(Class<T> role, Lists lists) {
    return role.cast(Proxy.newProxyInstance(
        role.getClassLoader(), new Class<?>[] {role}, (proxy, method, args) -> {
          if (method.getName().equals("ofCustomer")) {
            return lists.ofCustomer((String) args[0]);
          }
          throw new UnsupportedOperationException(method.getName());
        }));
  }

  private List<Observation> held(Class<? extends ProviderObject> type, String customer) {
    return provider.values().stream()
        .filter(type::isInstance)
        .filter(state -> state.subject().value().equals(customer))
        .map(state -> Observation.read(state, clock.instant()))
        .toList();
  }

  /** One value of one row that is given another one. */
  private record Flip(String table, String column, Optional<String> field, Place place) {
    String name() {
      return table + "." + column + field.map(name -> "." + name).orElse("");
    }
  }

  /** A row by its key; group: rows that one comparison sees together. */
  private record Place(Map<String, String> key, String group) {}

  @Test
  void everyFlipIsListedWithItsCauseAndPutRight() {
    mirror();
    assertThat(look()).isEmpty();
    assertThat(look()).isEmpty();

    Map<String, Deque<Flip>> waiting = new LinkedHashMap<>();
    Set<String> discovered = new TreeSet<>();
    for (Flip flip : flips()) {
      discovered.add(flip.name());
      waiting.computeIfAbsent(flip.place().group(), group -> new ArrayDeque<>()).add(flip);
    }
    Set<String> flipped = new TreeSet<>();
    Map<String, Set<Cause>> causes = new TreeMap<>();
    Map<String, String> unmended = new TreeMap<>();
    while (!waiting.isEmpty()) {
      List<Flip> round = waiting.values().stream().map(Deque::removeFirst).toList();
      waiting.values().removeIf(Collection::isEmpty);
      round(round, flipped, causes, unmended);
    }

    Set<String> columns = new TreeSet<>(columns());
    assertThat(columns).hasSizeGreaterThan(100);
    columns.removeAll(EXEMPT.keySet());
    assertThat(discovered).as("columns that some row flips").containsAll(columns);
    assertThat(flipped).as("columns that accept another value").containsAll(columns);
    Set<String> known = new TreeSet<>(EXEMPT.keySet());
    known.addAll(FOR_A_PERSON.keySet());
    assertThat(discovered).as("what is exempt exists").containsAll(known);
    unmended.keySet().removeAll(known);
    assertThat(unmended).as("flips that are not put right").isEmpty();
    assertThat(causes.get("customers.gone")).contains(Cause.CONTRADICTION);
    assertThat(causes.get("products.name")).containsExactly(Cause.EVENT_MISSED);
    assertThat(causes.get("subscriptions.billing_interval")).contains(Cause.UNREADABLE);
    assertThat(causes.get("subscriptions.tier")).contains(Cause.DERIVED);
    assertThat(causes.get("subscriptions.user_id")).containsExactly(Cause.ROW_ALTERED);
  }

  private void round(
      List<Flip> round,
      Set<String> flipped,
      Map<String, Set<Cause>> causes,
      Map<String, String> unmended) {
    Map<Flip, ObjectNode> before = new LinkedHashMap<>();
    Map<Flip, Map<String, String>> moved = new HashMap<>();
    for (Flip flip : round) {
      ObjectNode row = row(flip.table(), flip.place().key()).orElseThrow();
      Optional<Map<String, String>> applied = apply(flip, row);
      if (applied.isPresent()) {
        before.put(flip, row);
        moved.put(flip, applied.get());
        flipped.add(flip.name());
      }
    }

    look();
    clock.advance(LATER);
    List<Drift> listed = look();

    before.forEach((flip, row) -> {
      List<Drift> found =
          listed.stream().filter(drift -> isOf(flip, row, drift)).toList();
      found.forEach(
          drift -> causes.computeIfAbsent(flip.name(), name -> new TreeSet<>()).add(drift.cause()));
      boolean restored = row(flip.table(), flip.place().key())
          .filter(now -> content(now).equals(content(row)))
          .isPresent();
      boolean repaired = restored
          && !found.isEmpty()
          && found.stream().allMatch(drift -> drift.repairedBy().equals(Optional.of("monitor")));
      if (FOR_A_PERSON.containsKey(flip.name())) {
        assertThat(found).as(flip.name()).isNotEmpty().allSatisfy(drift -> {
          assertThat(drift.cause()).isEqualTo(Cause.LINK_CONFLICT);
          assertThat(drift.repairedAt()).isEmpty();
        });
        assertThat(restored).as(flip.name()).isFalse();
      } else if (EXEMPT.containsKey(flip.name())) {
        assertThat(repaired)
            .as("stale exemption, since it is found: " + flip.name() + " " + found)
            .isFalse();
      } else if (!repaired) {
        unmended.merge(
            flip.name(),
            flip.place().key() + (restored ? " not listed " : " not restored ") + found,
            (one, other) -> one);
      }
      if (!restored) {
        restore(flip, moved.getOrDefault(flip, flip.place().key()), row);
      }
    });
    if (monitor.open() > 0) {
      look();
      clock.advance(LATER);
      look();
    }
    assertThat(monitor.open()).as("left open after " + round).isZero();
  }

  private static boolean isOf(Flip flip, ObjectNode row, Drift drift) {
    String id = flip.table().equals(LINKS)
        ? row.get("stripe_customer_id").asText()
        : flip.place()
            .key()
            .getOrDefault("id", String.join("", flip.place().key().values()));
    return drift.difference().id().equals(id);
  }

  /** What the monitor listed in two turns, one through customers and one through objects. */
  private List<Drift> look() {
    Instant now = clock.instant();
    customers = monitor.customersFrom(customers);
    objects = monitor.objectsFrom(objects);
    return monitor.list(false, Optional.empty(), 101).stream()
        .filter(drift -> drift.foundAt().equals(now))
        .toList();
  }

  /** Rows of each table and kind: living, final, bare, and gone. */
  private void mirror() {
    Instant at = Instant.parse("2026-01-02T03:04:05Z");
    for (boolean living : List.of(true, false)) {
      AccountId account = Ids.account();
      String customer = Ids.next("cus");
      hold(ACustomer.of(account, customer, at));
      hold(
          living
              ? ASubscription.withEverything(customer, account, at)
              : ASubscription.canceled(customer, at).build());
      String invoiced = Ids.next("cus");
      hold(ACustomer.of(Ids.account(), invoiced, at));
      hold(
          living
              ? AnInvoice.withEverything(invoiced, Ids.next("sub"), at)
              : AnInvoice.paid(invoiced, at).build());
    }
    hold(AProduct.active(at));
    Mirrored.full(Ids.next("cus"), at).forEach(this::hold);
    Mirrored.bare(Ids.next("cus"), at).forEach(this::hold);
    var session = ACheckoutSession.open(Ids.account(), Ids.next("cus"), at);
    hold(session);
    hold(ACheckoutSession.completed(
        ACheckoutSession.open(Ids.account(), Ids.next("cus"), at), Ids.next("sub")));
    hold(APrice.of(Ids.next("prod"), at).build());
    for (ProviderObject gone :
        List.of(AProduct.active(at), ACustomer.ofNobody(Ids.next("cus"), at))) {
      hold(gone);
      provider.remove(gone.ref());
      store(Observation.absent(gone.ref(), gone.subject(), clock.instant().plusSeconds(1)));
    }
    clock.advance(LATER);
  }

  private void hold(ProviderObject state) {
    provider.put(state.ref(), state);
    store(Observation.read(state, clock.instant()));
  }

  private void store(Observation seen) {
    SubjectState known = STORE
        .projections()
        .load(projector.wanted(List.of(seen)))
        .getOrDefault(seen.subject(), SubjectState.nothing(seen.subject()));
    Projection projection = projector.project(known, List.of(seen), clock.instant());
    Unit unit =
        new Unit(seen.subject(), known.version(), Optional.empty(), Set.of(), projection.changes());
    assertThat(STORE.projections().commit(List.of(unit), clock.instant()))
        .containsExactly(new CommitResult.Applied());
  }

  private static List<String> mirroredTables() {
    List<String> tables = new ArrayList<>(TestDatabase.query(
        session,
        "select table_name from information_schema.columns where is_generated = 'NEVER' and table_schema = '"
            + CONFIG.schema()
            + "' and column_name in ('as_of', 'source', 'gone') group by table_name"
            + " having count(*) = 3 order by table_name"));
    assertThat(tables).contains("customers", "provider_objects");
    tables.add(LINKS);
    return tables;
  }

  private static Set<String> columns() {
    Set<String> columns = new TreeSet<>();
    mirroredTables()
        .forEach(table -> types(table).keySet().forEach(name -> columns.add(table + "." + name)));
    return columns;
  }

  private static Map<String, String> types(String table) {
    return TYPES.computeIfAbsent(table, DriftFlipsTest::typesOf);
  }

  private static Map<String, String> typesOf(String table) {
    Map<String, String> types = new TreeMap<>();
    TestDatabase.query(
            session,
            "select column_name || ' ' || data_type from information_schema.columns where is_generated = 'NEVER' and"
                + " table_schema = '" + CONFIG.schema() + "' and table_name = '" + table + "'")
        .forEach(column -> types.put(
            column.substring(0, column.indexOf(' ')), column.substring(column.indexOf(' ') + 1)));
    return types;
  }

  private static List<String> keyOf(String table) {
    return TestDatabase.query(
        session,
        "select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and"
            + " a.attnum = any (i.indkey) where i.indisprimary and i.indrelid = '\""
            + CONFIG.schema() + "\"." + table + "'::regclass order by a.attname");
  }

  private static List<Flip> flips() {
    List<Flip> flips = new ArrayList<>();
    // Customers and links are flipped where there is no subscription, which has flips enough.
    List<String> subscribed =
        TestDatabase.query(session, "select stripe_customer_id from subscriptions");
    for (String table : mirroredTables()) {
      Map<String, String> types = types(table);
      for (String text :
          TestDatabase.query(session, "select to_jsonb(t)::text from " + table + " t")) {
        ObjectNode row = json(text);
        Map<String, String> key = new TreeMap<>();
        keyOf(table).forEach(column -> key.put(column, row.get(column).asText()));
        Place place = new Place(key, group(table, row));
        if (subscribed.contains(place.group()) && !table.equals("subscriptions")) {
          continue;
        }
        boolean gone = row.path("gone").asBoolean();
        types.forEach((column, type) -> {
          if (gone && !column.equals("gone")) {
            return; // What was known of an object that is gone is read by nothing.
          }
          flips.add(new Flip(table, column, Optional.empty(), place));
          if (type.equals("jsonb")) {
            fields(row.get(column))
                .forEach(field -> flips.add(new Flip(table, column, Optional.of(field), place)));
          }
        });
      }
    }
    return flips;
  }

  private static String group(String table, ObjectNode row) {
    String subject = table.equals("provider_objects") ? "subject_id" : "stripe_customer_id";
    return row.hasNonNull(subject) ? row.get(subject).asText() : row.get("id").asText();
  }

  private static List<String> fields(JsonNode value) {
    JsonNode object = value.isArray() ? value.path(0) : value;
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static ObjectNode json(String text) {
    try {
      return (ObjectNode) JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Optional<ObjectNode> row(String table, Map<String, String> key) {
    return TestDatabase.query(
            session, "select to_jsonb(t)::text from " + table + " t where " + where(key))
        .stream()
        .map(DriftFlipsTest::json)
        .findFirst();
  }

  private static String where(Map<String, String> key) {
    List<String> conditions = new ArrayList<>();
    key.forEach((column, value) -> conditions.add(column + " = '" + value + "'"));
    return String.join(" and ", conditions);
  }

  /** A row without what no comparison looks at. */
  private static ObjectNode content(ObjectNode row) {
    ObjectNode content = row.deepCopy();
    for (String column : List.of("as_of", "source", "updated_at")) {
      content.remove(column);
    }
    return content;
  }

  /** Gives it the first other value that the table's constraints accept; its key after that. */
  private static Optional<Map<String, String>> apply(Flip flip, ObjectNode row) {
    JsonNode value = row.get(flip.column());
    for (JsonNode other : others(flip, value)) {
      ObjectNode altered = JsonNodeFactory.instance.objectNode();
      altered.set(flip.column(), other);
      String sql = "update " + flip.table() + " set " + flip.column() + " = (select a."
          + flip.column() + " from jsonb_populate_record(null::" + flip.table()
          + ", ?::jsonb) a) where " + where(flip.place().key());
      if (!other.equals(value) && isAccepted(sql, altered)) {
        Map<String, String> key = new TreeMap<>(flip.place().key());
        key.computeIfPresent(flip.column(), (column, old) -> other.asText());
        return Optional.of(key);
      }
    }
    return Optional.empty();
  }

  private static boolean isAccepted(String sql, ObjectNode altered) {
    try (PreparedStatement update = session.prepareStatement(sql)) {
      update.setString(1, altered.toString());
      assertThat(update.executeUpdate()).isEqualTo(1);
      return true;
    } catch (SQLException e) {
      assertThat(e.getSQLState()).as(e.getMessage()).startsWith("23");
      return false;
    }
  }

  private static List<JsonNode> others(Flip flip, JsonNode value) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (flip.field().isPresent()) {
      return List.of(withOther(value, flip.field().get()));
    }
    String type = types(flip.table()).getOrDefault(flip.column(), "text");
    List<JsonNode> others = new ArrayList<>();
    switch (type) {
      case "boolean" -> others.add(nodes.booleanNode(!value.asBoolean()));
      case "bigint", "integer" -> others.add(nodes.numberNode(value.asInt() + 1));
      case "timestamp with time zone" -> others.add(nodes.textNode("2031-01-01T00:00:00Z"));
      case "jsonb" -> {
        others.add(value.isArray() ? nodes.arrayNode() : odd());
        fields(value).forEach(field -> others.add(withOther(value, field)));
      }
      default -> {
        others.add(nodes.textNode(value.isNull() ? "other" : value.asText() + "_other"));
        literals(flip.table()).forEach(literal -> others.add(nodes.textNode(literal)));
      }
    }
    return others;
  }

  private static JsonNode withOther(JsonNode value, String field) {
    JsonNode copy = value.deepCopy();
    ObjectNode object = (ObjectNode) (copy.isArray() ? copy.get(0) : copy);
    object.set(field, other(object.get(field)));
    return copy;
  }

  private static ObjectNode odd() {
    return JsonNodeFactory.instance.objectNode().put("behavior", "odd");
  }

  private static JsonNode other(JsonNode value) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (value.isBoolean()) {
      return nodes.booleanNode(!value.asBoolean());
    } else if (value.isNumber()) {
      return nodes.numberNode(value.decimalValue().intValue() + 1);
    } else if (value.isObject()) {
      return odd();
    } else if (value.isArray()) {
      return value.isEmpty() ? nodes.arrayNode().add(odd()) : nodes.arrayNode();
    }
    return value.asText().matches("\\d{4}-.*T.*Z")
        ? nodes.textNode("2031-01-01T00:00:00Z")
        : nodes.textNode(value.asText() + "_other");
  }

  /** Values that the constraints of a table name. */
  private static List<String> literals(String table) {
    return LITERALS.computeIfAbsent(table, DriftFlipsTest::literalsOf);
  }

  private static List<String> literalsOf(String table) {
    return TestDatabase.query(
            session,
            "select pg_get_constraintdef(oid) from pg_constraint where contype = 'c' and conrelid = '\""
                + CONFIG.schema() + "\"." + table + "'::regclass")
        .stream()
        .flatMap(
            definition -> Pattern.compile("'(\\w+)'::text").matcher(definition).results())
        .map(match -> match.group(1))
        .distinct()
        .toList();
  }

  private static void restore(Flip flip, Map<String, String> moved, ObjectNode row) {
    TestDatabase.run(
        session,
        "delete from " + flip.table() + " where " + where(moved),
        "delete from " + flip.table() + " where " + where(flip.place().key()),
        "insert into " + flip.table() + " select * from jsonb_populate_record(null::" + flip.table()
            + ", '" + row.toString().replace("'", "''") + "'::jsonb)");
  }
}
