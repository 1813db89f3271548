package com.tatame.billing.testkit.eventorder;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.Billing;
import com.tatame.billing.BillingBuilder;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditAction;
import com.tatame.billing.audit.AuditChange;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.customer.Customer;
import com.tatame.billing.drift.DriftPolicy;
import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.inbox.BatchStep;
import com.tatame.billing.inbox.EventSource.Observed;
import com.tatame.billing.inbox.InboxStatus;
import com.tatame.billing.inbox.RetryPolicy;
import com.tatame.billing.mail.MailListener;
import com.tatame.billing.mail.MailSettings;
import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.Observations;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.ObservationRecorder;
import com.tatame.billing.projection.Projections;
import com.tatame.billing.projection.Projector;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.SimulatedGateway;
import com.tatame.billing.testkit.fixture.ACatalog;
import com.tatame.billing.time.Clocks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Our own core as the handler on trial: several programs on one store, run step by step in any order,
 * each of which may die before and after every call of its ports.
 */
public final class BillingUnderProof implements WebhookHandler {
  // Nodes die here so often that an innocent event may meet any number of their deaths.
  private static final RetryPolicy PATIENT =
      new RetryPolicy(Duration.ofSeconds(5), Duration.ofHours(1), Integer.MAX_VALUE);

  private static final int ALL = 10_000;

  private final ProofWorld world;
  private final BillingStore store;
  private final Function<SubjectId, List<Fact>> factsOf;
  private final Catalog catalog = ACatalog.freeBasicAndPro();
  private final PaymentGateway gateway;
  private final Flaw flaw;
  private final Ledger ledger;
  private final StreamsCheck streams;
  private final Optional<MailsCheck> mails;
  private final List<Node> nodes = new ArrayList<>();

  private BillingUnderProof(
      ProofWorld world,
      BillingStore store,
      Function<SubjectId, List<Fact>> factsOf,
      Flaw flaw,
      Optional<MailsCheck> mails) {
    this.mails = mails;
    this.world = world;
    this.store = store;
    this.factsOf = factsOf;
    this.flaw = flaw;
    this.ledger = new Ledger(world);
    this.streams = new StreamsCheck(world);
    this.gateway = flaw.of(new LaggingReads(world, store)
        .around(
            new SimulatedGateway(world::call, List.of(world.webhookSecret()), world.wallClock())));
    for (int i = 1; i <= world.nodes(); i++) {
      nodes.add(new Node("node " + i));
    }
  }

  /** A proof of the core, each seed on a store in memory of its own. */
  public static OrderProof inMemory() {
    return proof(world -> {
      InMemoryBillingStore store = new InMemoryBillingStore();
      return on(store, store::factsOf).open(world);
    });
  }

  /**
   * A proof of the core on whatever store is made for each seed.
   *
   * @param handler as {@link #on} makes it
   */
  public static OrderProof proof(Factory handler) {
    return OrderProof.of(handler).also(engine -> {
      Map<String, String> rows =
          CoreTruth.rows(engine, ACatalog.freeBasicAndPro().grace());
      rows.putAll(SecondaryObjectTruth.rows(engine));
      return rows;
    });
  }

  /**
   * The core on this store, which may hold what other seeds left and is not closed.
   *
   * @param factsOf a look at what the port writes and never reads
   */
  public static Factory on(BillingStore store, Function<SubjectId, List<Fact>> factsOf) {
    return on(store, factsOf, new Flaw() {});
  }

  static Factory on(BillingStore store, Function<SubjectId, List<Fact>> factsOf, Flaw flaw) {
    return world -> new BillingUnderProof(world, store, factsOf, flaw, Optional.empty());
  }

  /**
   * The core with mail.
   *
   * @param store of this seed's own; is not closed
   * @param factsOf as {@link #on} takes it
   */
  public static Factory withMail(BillingStore store, Function<SubjectId, List<Fact>> factsOf) {
    return world -> new BillingUnderProof(
        world,
        store,
        factsOf,
        new Flaw() {},
        Optional.of(new MailsCheck(world, store, sent -> {})));
  }

  /**
   * The same in memory.
   *
   * @param sent gets what each seed has sent, in the end
   */
  static Factory withMail(Flaw flaw, Consumer<Map<MailTemplate, Integer>> sent) {
    return world -> {
      InMemoryBillingStore store = new InMemoryBillingStore();
      return new BillingUnderProof(
          world, store, store::factsOf, flaw, Optional.of(new MailsCheck(world, store, sent)));
    };
  }

  /** A place to put the core wrong, above all that watches it. */
  interface Flaw {
    default BillingStore of(BillingStore store) {
      return store;
    }

    default PaymentGateway of(PaymentGateway gateway) {
      return gateway;
    }
  }

  /** One program, and how far it is with its batch. */
  private final class Node {
    final String name;
    private Billing billing;
    private Optional<BatchStep> next = Optional.empty();
    private boolean busy;

    Node(String name) {
      this.name = name;
      this.billing = program();
    }

    private Billing program() {
      FaultInjector hazards = new FaultInjector(world, name);
      BillingBuilder parts = Billing.builder()
          .store(hazards.around(flaw.of(ledger.watching(store))))
          .gateway(hazards.around(gateway))
          .catalog(catalog)
          .checkoutOrigins("https://example.com")
          .clock(world.engine()::now)
          .wallClock(world.wallClock())
          .random(world.random())
          .pause(world.wallClock()::advance)
          .readsPerSecond(world.reads() == Reads.ONE_A_SECOND ? 1 : ALL)
          .retries(PATIENT)
          // Repairs would hide what goes wrong before them, and reads lag here for weeks, which a
          // second comparison minutes later can't tell from the truth.
          .drift(DriftPolicy.REPORT)
          // Both ways into the rows have to hold; the workers' own has more steps to be crashed in.
          .projectOnArrival(world.seed() % 2 == 0)
          // All of it is compared in the end, months later.
          .keepFeed(Duration.ofDays(36_500))
          .workers(0);
      mails.ifPresent(
          all -> parts.mail(all.renderer(), all, MailSettings.DEFAULT, MailListener.NONE));
      Billing program = parts.build();
      program.events().subscribe(streams.subscriber(), streams::handle);
      return program;
    }

    void die() {
      billing.close();
      billing = program();
      next = Optional.empty();
    }

    void step() {
      busy = true;
      try {
        next = next.orElseGet(billing::steps).run();
      } catch (FaultInjector.Death e) {
        die();
      } finally {
        busy = false;
      }
    }

    void receive(byte[] body, String signatureHeader) {
      busy = true;
      try {
        billing.webhooks().receive(body, signatureHeader);
      } catch (FaultInjector.Death e) {
        die();
        throw new IllegalStateException("no answer", e);
      } finally {
        busy = false;
      }
    }
  }

  private Optional<Node> free() {
    List<Node> free = nodes.stream().filter(node -> !node.busy).toList();
    return free.isEmpty()
        ? Optional.empty()
        : Optional.of(free.get(world.random().nextInt(free.size())));
  }

  @Override
  public void receive(byte[] body, String signatureHeader) {
    free()
        .orElseThrow(() -> new IllegalStateException("no node listens"))
        .receive(body, signatureHeader);
  }

  @Override
  public void step() {
    free().ifPresent(node -> {
      world.trace(node.name + " goes on");
      node.step();
    });
  }

  @Override
  public void crash() {
    free().ifPresent(node -> {
      world.trace(node.name + " dies between two steps");
      node.die();
    });
  }

  @Override
  public boolean idle() {
    if (nodes.stream().anyMatch(node -> node.next.isPresent())) {
      return false;
    }
    return store.inbox().status().backlog() == 0
        && streams.idle(store, world.engine().now())
        && mails.map(all -> all.idle(world.engine().now())).orElse(true);
  }

  @Override
  public boolean believesEvents() {
    return true;
  }

  @Override
  public Set<String> unsure() {
    Set<String> ids = new TreeSet<>();
    store
        .projections()
        .pendingReads(ALL)
        .forEach(pending -> ids.add(pending.object().id()));
    return ids;
  }

  @Override
  public boolean readInstead(String event) {
    Observations observations = new ObservationRecorder(
        new Projections(
            flaw.of(ledger.watching(store)).projections(),
            new Projector(catalog),
            new Clocks(world.engine()::now, world.wallClock())),
        gateway.reads());
    if (gateway.events().translate(event) instanceof Observed observed) {
      for (Observation learnt : observed.observations()) {
        observations.refresh(learnt.object(), learnt.subject());
      }
    }
    return true;
  }

  @Override
  public Set<Coverage> met() {
    return ledger.met();
  }

  @Override
  public List<String> complaints() {
    List<String> complaints = new ArrayList<>(ledger.complaints());
    InboxStatus status = store.inbox().status();
    if (status.dead() > 0) {
      complaints.add(status.dead() + " events are dead");
    }
    Set<String> facts = objects().keySet().stream()
        .flatMap(subject -> factsOf.apply(subject).stream())
        .map(Fact::key)
        .collect(Collectors.toSet());
    complaints.addAll(streams.complaints(flaw.of(store), facts));
    mails.ifPresent(all -> complaints.addAll(all.complaints(streams.streams(store))));
    complaints.addAll(EventFactsCheck.complaints(
        world.engine().events(),
        store.inbox(),
        objects().keySet().stream().flatMap(subject -> factsOf.apply(subject).stream())));
    return complaints;
  }

  @Override
  public Map<String, String> rows() {
    Map<SubjectId, Set<ObjectRef>> objects = objects();
    Set<AccountId> accounts = new HashSet<>();
    for (JsonNode event : SecondaryObjectTruth.toldBy(world.engine())) {
      JsonNode account = AmbiguousTimestamps.object(event).path("metadata").path("billing_account");
      if (account.isTextual()) {
        accounts.add(new AccountId(account.asText()));
      }
    }
    List<ProviderObject> states = states(objects);
    Map<String, String> rows = new TreeMap<>(CoreRows.of(states));
    Set<String> present =
        states.stream().map(ProviderObject::id).collect(Collectors.toCollection(HashSet::new));
    objects
        .keySet()
        .forEach(subject -> factsOf.apply(subject).stream()
            .filter(fact -> !EventFactsCheck.isStatedByEvents(fact))
            // Whether a deleted customer was ever linked depends on which of its events came first.
            .filter(fact -> !fact.type().equals("account.created")
                || present.contains(fact.subject().value()))
            .forEach(fact -> put(rows, fact)));
    accounts.forEach(account -> store
        .usage()
        .read(account, world.engine().now())
        .entitlement()
        .ifPresent(entitlement -> put(rows, entitlement)));
    return rows;
  }

  /** The objects that events spoke of, by subject. */
  private Map<SubjectId, Set<ObjectRef>> objects() {
    Map<SubjectId, Set<ObjectRef>> objects = new TreeMap<>();
    for (JsonNode event : SecondaryObjectTruth.toldBy(world.engine())) {
      JsonNode object = AmbiguousTimestamps.object(event);
      if (ProofRun.path(object).isPresent()) {
        String name = object.required("object").asText().replace('.', '_');
        ObjectRef ref = new ObjectRef(
            ObjectKind.valueOf(name.toUpperCase(Locale.ROOT)),
            object.required("id").asText());
        objects.computeIfAbsent(subject(ref, object), s -> new TreeSet<>()).add(ref);
      }
    }
    return objects;
  }

  private static SubjectId subject(ObjectRef ref, JsonNode object) {
    return switch (ref.kind()) {
      case PAYMENT_INTENT, SETUP_INTENT, PROMOTION_CODE -> new SubjectId(ref.id());
      case INVOICE_PAYMENT ->
        new SubjectId(object.required("payment").required("payment_intent").asText());
      case REFUND, DISPUTE -> new SubjectId(object.required("payment_intent").asText());
      default -> new SubjectId(object.path("customer").asText(ref.id()));
    };
  }

  private List<ProviderObject> states(Map<SubjectId, Set<ObjectRef>> objects) {
    List<SubjectQuery> wanted = new ArrayList<>();
    objects.forEach((subject, refs) -> wanted.add(new SubjectQuery(subject, refs, Set.of())));
    List<ProviderObject> states = new ArrayList<>();
    store
        .projections()
        .load(wanted)
        .values()
        .forEach(known -> known.rows().values().forEach(row -> row.state().ifPresent(states::add)));
    Set<String> customers = new HashSet<>();
    states.stream()
        .filter(Customer.class::isInstance)
        .forEach(customer -> customers.add(customer.id()));
    states.removeIf(
        state -> ownerOf(state).filter(owner -> !customers.contains(owner)).isPresent());
    return states;
  }

  // Goes with its customer, without an event.
  private static Optional<String> ownerOf(ProviderObject state) {
    return switch (state.kind()) {
      case PAYMENT_METHOD, TAX_ID -> Optional.of(state.subject().value());
      default -> Optional.empty();
    };
  }

  private static void put(Map<String, String> rows, Fact fact) {
    String money =
        fact.amount().map(amount -> amount.amount() + " " + amount.currency()).orElse("");
    rows.put("fact " + fact.key(), CoreTruth.factText(fact.occurredAt().getEpochSecond(), money));
  }

  private static void put(Map<String, String> rows, AccountEntitlement entitlement) {
    entitlement
        .sources()
        .forEach(source -> rows.put(
            "entitlement " + entitlement.account().value() + " " + source.subscriptionId(),
            source
                .graceUntil()
                .map(until -> Long.toString(until.getEpochSecond()))
                .orElse("-")));
  }

  @Override
  public void close() {
    nodes.forEach(node -> node.billing.close());
    mails.ifPresent(MailsCheck::count);
    store
        .subscribers()
        .remove(
            streams.subscriber(),
            AuditEntry.of(
                world.wallClock().instant(),
                AuditAction.REMOVE_SUBSCRIBER.code(),
                Optional.empty(),
                streams.subscriber(),
                AuditChange.created(Map.of())));
  }
}
