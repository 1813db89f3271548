package com.tatame.billing.importing;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.customer.Customer;
import com.tatame.billing.drift.ProviderState;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.payment.PaymentMethods;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.Projection;
import com.tatame.billing.projection.Projections;
import com.tatame.billing.projection.RowChange;
import com.tatame.billing.projection.StoredObject;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.subscription.Subscription;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Takes over whole customers: reads all that the provider holds of them, and commits it. */
public final class CustomerImport {
  private static final Logger LOG = System.getLogger(CustomerImport.class.getName());
  private static final int MAX_ROUNDS = 5;

  private final CatalogInForce catalog;
  private final Projections projections;
  private final ObjectReads reads;
  private final PaymentMethods paymentMethods;
  private final ProviderState providerState;

  public CustomerImport(
      CatalogInForce catalog,
      Projections projections,
      ObjectReads reads,
      PaymentMethods paymentMethods,
      ProviderState providerState) {
    this.catalog = catalog;
    this.projections = projections;
    this.reads = reads;
    this.paymentMethods = paymentMethods;
    this.providerState = providerState;
  }

  /** Takes over the customers that an application's own table links. */
  LinkImport links() {
    return new LinkImport(reads, this);
  }

  /**
   * A customer to be taken over.
   *
   * @param owner whose it is, as the operator says
   * @param subscriptionId one that it is said to have
   */
  record Claim(String customerId, Optional<AccountId> owner, Optional<String> subscriptionId) {
    SubjectId subject() {
      return new SubjectId(customerId);
    }

    ObjectRef customer() {
      return new ObjectRef(ObjectKind.CUSTOMER, customerId);
    }
  }

  private sealed interface Attempt {}

  /** What the provider holds of a claimed customer, and what was known before it was read. */
  private record Held(Claim claim, SubjectState before, List<Observation> seen) implements Attempt {
    Optional<Customer> customer() {
      return seen.stream()
          .flatMap(each -> each.state().stream())
          .filter(Customer.class::isInstance)
          .map(Customer.class::cast)
          .findFirst();
    }
  }

  /** A customer that has to be read once more, and why. */
  private record Again(Claim claim, String reason) implements Attempt {}

  /** What was read of a customer and may be committed, and why no account may have it, if so. */
  private record Ready(
      Held held, SubjectState known, Optional<String> refusal, Projection projection) {}

  /**
   * How a run takes customers over.
   *
   * @param promised whose customer is to be whose, and is not stored yet
   */
  record Manner(ParallelReader readers, boolean dryRun, PendingLinks promised) {
    Manner(ParallelReader readers, boolean dryRun) {
      this(readers, dryRun, new PendingLinks());
    }
  }

  /**
   * Takes over these customers.
   *
   * @param listing the customers themselves as far as a list tells, asked for once their versions
   *     were loaded; those that it doesn't tell are read one by one
   */
  ImportCounts take(List<Claim> claims, Supplier<List<Observation>> listing, Manner manner) {
    ImportCounts tally = new ImportCounts();
    List<Again> again = round(claims, listing, manner, tally);
    for (int round = 1; !again.isEmpty() && round < MAX_ROUNDS; round++) {
      again = round(again.stream().map(Again::claim).toList(), List::of, manner, tally);
    }
    again.forEach(left -> tally.refused(left.claim().customerId(), left.reason()));
    return tally;
  }

  private List<Again> round(
      List<Claim> claims, Supplier<List<Observation>> listing, Manner manner, ImportCounts tally) {
    List<Again> again = new ArrayList<>();
    // Versions come before everything that is read, as for every read that may be committed.
    Map<SubjectId, SubjectState> before = projections
        .store()
        .load(claims.stream()
            .map(claim -> new SubjectQuery(claim.subject(), Set.of(), Set.of()))
            .toList());
    Map<ObjectRef, Observation> listed =
        listing.get().stream().collect(Collectors.toMap(Observation::object, seen -> seen));
    List<Held> held = new ArrayList<>();
    for (Attempt answer : manner.readers().map(claims, claim -> read(claim, before, listed))) {
      if (answer instanceof Held all) {
        held.add(all);
      } else {
        again.add((Again) answer);
      }
    }
    Map<SubjectId, SubjectState> known = projections.store().load(wanted(held));
    List<Ready> ready = new ArrayList<>();
    for (Held all : held) {
      SubjectId subject = all.claim().subject();
      SubjectState now = known.getOrDefault(subject, SubjectState.nothing(subject));
      if (now.version() != all.before().version() || !ProviderState.allOf(subject, all.seen())) {
        again.add(new Again(all.claim(), "is changed faster than it can be read"));
      } else {
        ready.add(project(all, now, manner.promised()));
      }
    }
    List<CommitResult> results = manner.dryRun()
        ? ready.stream().<CommitResult>map(each -> new CommitResult.Applied()).toList()
        : projections.commit(units(ready));
    for (int i = 0; i < ready.size(); i++) {
      Claim claim = ready.get(i).held().claim();
      CommitResult result = results.get(i);
      if (result instanceof CommitResult.Applied) {
        count(ready.get(i), tally);
      } else if (result instanceof CommitResult.Rejected rejected) {
        LOG.log(Level.WARNING, "{0} was not stored: {1}", claim.customerId(), rejected.reason());
        again.add(new Again(claim, "the database refused it; the log says why"));
      } else {
        again.add(new Again(claim, "is changed faster than it can be read"));
      }
    }
    if (!manner.dryRun()) {
      manner.promised().clear();
    }
    return again;
  }

  // A customer whose link is refused is mirrored all the same.
  private Ready project(Held all, SubjectState known, PendingLinks promised) {
    Optional<AccountId> owner =
        all.claim().owner().or(() -> all.customer().flatMap(Customer::account));
    Optional<String> refusal = refusal(all, known, owner, promised);
    if (refusal.isEmpty()) {
      owner.ifPresent(account -> promised.add(account, all.claim().customerId()));
    }
    Optional<AccountId> assigned =
        refusal.isPresent() ? Optional.empty() : all.claim().owner();
    return new Ready(all, known, refusal, projections.importing(known, all.seen(), assigned));
  }

  private Attempt read(
      Claim claim, Map<SubjectId, SubjectState> before, Map<ObjectRef, Observation> listed) {
    SubjectState known =
        before.getOrDefault(claim.subject(), SubjectState.nothing(claim.subject()));
    try {
      Observation customer = Optional.ofNullable(listed.get(claim.customer()))
          .orElseGet(() -> reads.read(claim.customer(), claim.subject()));
      if (customer.content() instanceof Observation.Gone) {
        return new Held(claim, known, List.of(customer));
      }
      List<Observation> seen = new ArrayList<>();
      seen.add(customer);
      seen.addAll(paymentMethods.ofCustomer(claim.customerId()));
      return new Held(claim, known, providerState.beside(known, seen));
    } catch (ProviderRejected e) {
      // It may have been deleted since it was listed.
      return new Again(claim, "can't be read: " + e.getMessage());
    }
  }

  private List<SubjectQuery> wanted(List<Held> held) {
    List<SubjectQuery> wanted = new ArrayList<>();
    for (Held all : held) {
      Set<AccountId> accounts = new HashSet<>();
      Set<ObjectRef> objects = new HashSet<>();
      all.seen().forEach(seen -> objects.add(seen.object()));
      all.claim().owner().ifPresent(accounts::add);
      all.customer().flatMap(Customer::account).ifPresent(accounts::add);
      wanted.add(new SubjectQuery(all.claim().subject(), objects, accounts));
    }
    return wanted;
  }

  private static Optional<String> refusal(
      Held all, SubjectState known, Optional<AccountId> owner, PendingLinks promised) {
    Optional<Customer> customer = all.customer();
    if (customer.isEmpty()) {
      // A customer that goes while the list is walked is no loss.
      return owner.map(
          account -> "the provider has no such customer: deleted, or of another mode or account");
    }
    if (owner.isEmpty()) {
      return Optional.empty();
    }
    Optional<AccountId> named =
        customer.get().account().filter(account -> !account.equals(owner.get()));
    if (named.isPresent()) {
      return Optional.of("its metadata names account " + named.get() + ", not " + owner.get());
    }
    Optional<AccountId> linked = known
        .linked()
        .or(() -> promised.ownerOf(all.claim().customerId()))
        .filter(account -> !account.equals(owner.get()));
    if (linked.isPresent()) {
      return Optional.of(
          "it is linked to account " + linked.get() + " already, not to " + owner.get());
    }
    Optional<String> other = Optional.ofNullable(known.customerOf().get(owner.get()))
        .or(() -> promised.customerOf(owner.get()))
        .filter(id -> !id.equals(all.claim().customerId()));
    if (other.isPresent()) {
      return Optional.of("account " + owner.get() + " has customer " + other.get() + " already");
    }
    return all.claim()
        .subscriptionId()
        .filter(id -> all.seen().stream().noneMatch(seen -> seen.object().id().equals(id)))
        .map(id -> "it has no subscription " + id);
  }

  private static List<Unit> units(List<Ready> ready) {
    List<Unit> units = new ArrayList<>();
    for (Ready each : ready) {
      Projection projection = each.projection();
      projection.alarms().forEach(alarm -> LOG.log(Level.WARNING, alarm));
      units.add(new Unit(
          each.held().claim().subject(),
          each.known().version(),
          Optional.empty(),
          Set.of(),
          projection.changes()));
    }
    return units;
  }

  private void count(Ready ready, ImportCounts tally) {
    Claim claim = ready.held().claim();
    SubjectState known = ready.known();
    ready.refusal().ifPresent(reason -> tally.refused(claim.customerId(), reason));
    Set<String> differing = RowChange.of(known, ready.projection()).stream()
        .map(RowChange::id)
        .collect(Collectors.toSet());
    for (Observation seen : ready.held().seen()) {
      Optional<ProviderObject> stored =
          Optional.ofNullable(known.rows().get(seen.object())).flatMap(StoredObject::state);
      String what = seen.object().kind().name().toLowerCase(Locale.ROOT) + "s";
      if (seen.content() instanceof Observation.Unreadable unreadable) {
        tally.refused(seen.object().id(), "can't be understood: " + unreadable.reason());
      } else if (stored.isEmpty() && seen.state().isPresent()) {
        tally.created(what);
      } else if (differing.contains(seen.object().id())) {
        tally.changed(what);
      } else if (seen.state().isPresent()) {
        tally.present(what);
      } else if (ready.refusal().isEmpty()) {
        tally.skipped(what);
      }
      seen.state().ifPresent(state -> countUnsold(state, tally));
    }
    if (ready.projection().changes().stream().anyMatch(Change.Link.class::isInstance)) {
      tally.created("links");
    } else if (known.linked().isPresent()) {
      tally.present("links");
    }
  }

  private void countUnsold(ProviderObject state, ImportCounts tally) {
    if (state instanceof Subscription subscription && subscription.status().entitles()) {
      var item = subscription.mainItem();
      if (catalog.get().offer(item.priceId(), item.lookupKey()).isEmpty()) {
        tally.unsold(item.priceId());
      }
    }
  }
}
