package com.tatame.billing.drift;

import com.tatame.billing.invoice.InvoiceControl;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.subscription.SubscriptionControl;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All that the provider holds of one customer. */
public final class ProviderState {
  private final ObjectReads reads;
  private final SubscriptionControl subscriptions;
  private final InvoiceControl invoices;

  public ProviderState(
      ObjectReads reads, SubscriptionControl subscriptions, InvoiceControl invoices) {
    this.reads = reads;
    this.subscriptions = subscriptions;
    this.invoices = invoices;
  }

  /**
   * Lists subscriptions and invoices, and asks for what is stored and neither listed nor seen by
   * itself: missing in a list never means deleted. That goes for ended subscriptions, too, since the
   * provider lists those; what is known to be gone is not read again.
   *
   * @param known loaded before anything was seen
   * @param seen what was read of the customer already
   * @return that, and all the rest
   */
  public List<Observation> beside(SubjectState known, List<Observation> seen) {
    String customerId = known.subject().value();
    List<Observation> all = new ArrayList<>(seen);
    all.addAll(subscriptions.ofCustomer(customerId));
    all.addAll(invoices.ofCustomer(customerId));
    Set<ObjectRef> listed = new HashSet<>();
    all.forEach(each -> listed.add(each.object()));
    known.rows().forEach((object, row) -> {
      if (!listed.contains(object) && row.state().isPresent()) {
        all.add(reads.read(object, known.subject()));
      }
    });
    return all;
  }

  /** Whether all of it belongs to the customer; if not, it was moved meanwhile. */
  public static boolean allOf(SubjectId subject, List<Observation> held) {
    return held.stream().allMatch(seen -> seen.subject().equals(subject));
  }
}
