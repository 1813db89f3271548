package com.tatame.billing.importing;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.importing.CustomerImport.Claim;
import com.tatame.billing.importing.CustomerImport.Manner;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.subscription.Subscription;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes over whose customers are, from rows that say so, and with them all that they have. */
final class LinkImport {
  /** Each row may take some requests. */
  static final int PAGE = 25;

  private final ObjectReads reads;
  private final CustomerImport customers;

  LinkImport(ObjectReads reads, CustomerImport customers) {
    this.reads = reads;
    this.customers = customers;
  }

  /** Takes over these rows; none of them overwrites a link that there is. */
  ImportCounts take(List<Map<String, String>> rows, LinkColumns columns, Manner manner) {
    ImportCounts tally = new ImportCounts();
    Map<String, List<Claim>> byCustomer = new LinkedHashMap<>();
    for (Map<String, String> row : rows) {
      claim(row, columns, tally)
          .ifPresent(claim -> byCustomer
              .computeIfAbsent(claim.customerId(), first -> new ArrayList<>())
              .add(claim));
    }
    // Two rows about one customer one after the other: the second sees what became of the first.
    while (!byCustomer.isEmpty()) {
      List<Claim> next =
          byCustomer.values().stream().map(claims -> claims.remove(0)).toList();
      byCustomer.values().removeIf(List::isEmpty);
      tally.add(customers.take(next, List::of, manner));
    }
    return tally;
  }

  private Optional<Claim> claim(Map<String, String> row, LinkColumns columns, ImportCounts tally) {
    Optional<String> customer = columns.customer().map(row::get).filter(id -> !id.isBlank());
    Optional<String> subscription =
        columns.subscription().map(row::get).filter(id -> !id.isBlank());
    if (customer.isEmpty() && subscription.isEmpty()) {
      tally.skipped("links");
      return Optional.empty();
    }
    String named = customer.or(() -> subscription).orElseThrow();
    Optional<AccountId> account = account(row.get(columns.account()));
    if (account.isEmpty()) {
      tally.refused(named, columns.account() + " names no account");
      return Optional.empty();
    }
    Optional<String> owner = customer.or(() -> subscription.flatMap(this::customerOf));
    if (owner.isEmpty()) {
      tally.refused(
          named, "the provider has no such subscription: deleted, or of another mode or account");
    }
    return owner.map(id -> new Claim(id, account, subscription));
  }

  // What a table says of a subscription is not believed: it only names it.
  private Optional<String> customerOf(String subscriptionId) {
    Observation seen = reads.read(
        new ObjectRef(ObjectKind.SUBSCRIPTION, subscriptionId), new SubjectId(subscriptionId));
    return seen.state()
        .filter(Subscription.class::isInstance)
        .map(state -> ((Subscription) state).customerId());
  }

  /** The account that a text names, if it can. */
  static Optional<AccountId> account(@Nullable String text) {
    try {
      return Optional.ofNullable(text).map(String::strip).map(AccountId::new);
    } catch (ValidationFailed e) {
      return Optional.empty();
    }
  }
}
