package com.tatame.billing.drift;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.customer.Customer;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.Projection;
import com.tatame.billing.projection.RowChange;
import com.tatame.billing.projection.SubjectState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Compares which account a customer belongs to: who pays for whom is decided by no repair. */
final class LinkComparison {
  private final StoredRows stored;

  LinkComparison(StoredRows stored) {
    this.stored = stored;
  }

  /** What a customer entitles to must not go to an account that the customer's own row doesn't name. */
  Projection entitledAsLinked(SubjectState known, Projection projection) {
    boolean entitles = projection.changes().stream().anyMatch(Change.Entitle.class::isInstance);
    if (!entitles
        || known
            .linked()
            .filter(account -> isLinkDenied(known.subject(), account))
            .isEmpty()) {
      return projection;
    }
    return new Projection(
        projection.changes().stream()
            .filter(change -> !(change instanceof Change.Entitle))
            .toList(),
        projection.alarms());
  }

  /** Whether the customer as it is stored names another account. */
  private boolean isLinkDenied(SubjectId customerId, AccountId account) {
    return stored
        .customer(customerId)
        .flatMap(Customer::account)
        .filter(named -> !named.equals(account))
        .isPresent();
  }

  /** A link that was made stays: who pays for whom must not change because a row differs. */
  void compare(SubjectState known, List<Observation> held, Differences differences) {
    differences.comparedAlso(RowNames.of(RowNames.LINK, known.subject().value()));
    for (Observation seen : held) {
      if (seen.state().isPresent()
          && seen.state().get() instanceof Customer customer
          && customer.account().isPresent()) {
        AccountId named = customer.account().get();
        Optional<AccountId> linked = known.linked();
        Optional<String> other = Optional.ofNullable(known.customerOf().get(named));
        if (linked.isPresent() && !linked.get().equals(named)) {
          conflict(
              differences, texts("account", linked.get().value()), texts("account", named.value()));
        } else if (linked.isEmpty() && other.isPresent()) {
          if (!isCustomerOf(named, other.get())) {
            conflict(differences, texts("customer", other.get()), texts("customer", customer.id()));
          }
        } else if (linked.isEmpty()) {
          differences.add(new RowChange(
              RowNames.LINK, customer.id(), new TreeMap<>(), texts("account", named.value())));
          if (!differences.isRepairedBy(Change.Link.class::isInstance)) {
            differences.repairBy(new Change.Link(named, customer.id(), customer.createdAt()));
          }
        }
      }
    }
  }

  // Nothing of a customer is repaired while it is open whose it is: its subscriptions would entitle
  // the wrong account.
  private static void conflict(
      Differences differences, SortedMap<String, String> before, SortedMap<String, String> after) {
    differences.addLasting(
        new RowChange(RowNames.LINK, differences.subject().value(), before, after),
        Drift.Cause.LINK_CONFLICT);
    differences.refuseRepair();
  }

  /** An account may have several customers at the provider; the first one that was linked stays. */
  private boolean isCustomerOf(AccountId account, String customerId) {
    return stored
        .customer(new SubjectId(customerId))
        .flatMap(Customer::account)
        .filter(account::equals)
        .isPresent();
  }

  private static SortedMap<String, String> texts(String field, String text) {
    return new TreeMap<>(Map.of(field, text));
  }
}
