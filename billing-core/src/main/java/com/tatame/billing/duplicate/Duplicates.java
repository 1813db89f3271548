package com.tatame.billing.duplicate;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.catalog.DuplicatePolicy;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.Commands;
import com.tatame.billing.duplicate.Duplicate.Settlement;
import com.tatame.billing.duplicate.Duplicate.Status;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.invoice.InvoiceControl;
import com.tatame.billing.invoice.InvoiceStatus;
import com.tatame.billing.refund.Refunds;
import com.tatame.billing.subscription.SubscriptionStore;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Use cases: subscriptions that are one too many. They are found among the accounts that have several,
 * and dealt with as the catalog says. What was found under another policy stays with operators.
 */
public final class Duplicates {
  private static final Logger LOG = System.getLogger(Duplicates.class.getName());
  private static final String POLICY = "policy";
  private static final int SLICE = 100;

  /** How soon something that could not be done is tried again. */
  private static final Duration SOON = Duration.ofMinutes(1);

  /** How soon it is seen that an alert is over. */
  private static final Duration LOOK_AGAIN = Duration.ofMinutes(5);

  /** How often an invoice that may still be paid is looked at, and for how long. */
  private static final Duration HOURLY = Duration.ofHours(1);

  private static final Duration PAYABLE = Duration.ofDays(30);

  private final CatalogInForce catalog;
  private final DuplicateStore store;
  private final SubscriptionStore subscriptions;
  private final InvoiceControl invoices;
  private final Commands commands;
  private final Refunds refunds;

  /** Wires the use cases. */
  public Duplicates(
      CatalogInForce catalog,
      DuplicateStore store,
      SubscriptionStore subscriptions,
      InvoiceControl invoices,
      Commands commands,
      Refunds refunds) {
    this.catalog = catalog;
    this.store = store;
    this.subscriptions = subscriptions;
    this.invoices = invoices;
    this.commands = commands;
    this.refunds = refunds;
  }

  /** One page, as {@link DuplicateStore#list}. */
  public List<Duplicate> list(boolean open, Optional<String> before, int limit) {
    return store.list(open, before, limit);
  }

  /** How many are still to be dealt with. */
  public long open() {
    return store.open();
  }

  /**
   * Ends a subscription that is one too many, at once, and gives back what it cost. Asking again for
   * what is done changes nothing.
   *
   * @param by who asked for it, for the record
   * @throws NotFound if this subscription was never found to be one too many
   * @throws Conflict if it is none any more
   */
  public Duplicate cancel(String subscriptionId, String by) {
    Duplicate duplicate = get(subscriptionId);
    if (duplicate.status() == Status.ALERTED) {
      store.replace(Status.ALERTED, duplicate.handledBy(by, commands.now()));
      duplicate = get(subscriptionId);
    }
    if (duplicate.status() == Status.HANDLING) {
      handle(duplicate);
      duplicate = get(subscriptionId);
    }
    if (duplicate.status() == Status.OVER) {
      throw Conflict.because("The account has no second subscription any more.");
    }
    return duplicate;
  }

  private Duplicate get(String subscriptionId) {
    return store
        .find(subscriptionId)
        .orElseThrow(() -> new NotFound("duplicate subscription", subscriptionId));
  }

  /**
   * Searches, and deals with what is due.
   *
   * @param position where the last search ended
   * @return where this one ended
   */
  public Optional<String> from(Optional<String> position) {
    return catalog.pinned(() -> searched(position));
  }

  private Optional<String> searched(Optional<String> position) {
    Optional<String> next = position;
    if (policy() != DuplicatePolicy.KEEP_BOTH) {
      DuplicateStore.Several several = store.several(position, SLICE);
      several.accounts().forEach(this::examine);
      next = Optional.of(several.position());
    }
    for (Duplicate due : store.due(commands.now(), SLICE)) {
      try {
        lookAt(due);
      } catch (BillingException e) {
        LOG.log(Level.INFO, "{0} is checked again soon: {1}", due.subscriptionId(), e.code());
        store.replace(due.status(), due.checkedAgain(commands.now().plus(SOON)));
      }
    }
    return next;
  }

  private void examine(AccountId account) {
    for (DuplicateRule.Pair pair : rule().pairs(subscriptions.all(account))) {
      Instant now = commands.now();
      boolean cancels = policy() == DuplicatePolicy.CANCEL_AND_REFUND_NEWER;
      Duplicate found = new Duplicate(
          pair.extra().id(),
          pair.kept().id(),
          account,
          pair.extra().customerId(),
          pair.family(),
          cancels ? Status.HANDLING : Status.ALERTED,
          now,
          Optional.of(cancels ? now : now.plus(LOOK_AGAIN)),
          Optional.empty(),
          Optional.empty(),
          cancels ? Optional.of(POLICY) : Optional.empty());
      if (store.report(found).equals(found)) {
        LOG.log(
            Level.WARNING,
            "{0} is one too many of family {1}, beside {2}: {3}",
            found.subscriptionId(),
            found.family(),
            found.keptId(),
            policy().code());
      }
    }
  }

  private void lookAt(Duplicate due) {
    if (due.status() == Status.HANDLING) {
      handle(due);
    } else {
      Duplicate next = rule()
          .pairOf(due.subscriptionId(), subscriptions.all(due.account()))
          .map(pair -> due.beside(pair.kept().id()).checkedAgain(commands.now().plus(LOOK_AGAIN)))
          .orElseGet(due::over);
      store.replace(due.status(), next);
    }
  }

  // It may have died after any step of this, and goes through all of them again: a cancellation
  // that
  // succeeded is not repeated, and of a payment no more is given back than is left.
  private void handle(Duplicate duplicate) {
    if (commands
        .lastSucceeded(
            duplicate.account(), CommandKind.CANCEL_DUPLICATE, duplicate.subscriptionId())
        .isEmpty()) {
      try {
        commands.run(Command.planned(
            commands.nextId(),
            duplicate.account(),
            CommandKind.CANCEL_DUPLICATE,
            duplicate.subscriptionId(),
            DuplicateCommands.params(duplicate),
            commands.now()));
      } catch (ProviderRejected e) {
        if (!Commands.wasSuperseded(e)) {
          throw e;
        }
        store.replace(Status.HANDLING, duplicate.over());
        return;
      }
    }
    giveBack(duplicate);
  }

  private void giveBack(Duplicate duplicate) {
    long paid = 0;
    long refunded = 0;
    String currency = "";
    Duration wait = Duration.ZERO;
    for (Invoice invoice : invoicesOf(duplicate)) {
      currency = invoice.currency();
      if (invoice.amountPaid() > 0) {
        paid += invoice.amountPaid();
        Optional<Long> back = refunds.giveBack(invoice.id());
        refunded += back.orElse(0L);
        wait = back.isEmpty() ? SOON : wait;
      }
      if (invoice.status() == InvoiceStatus.OPEN && wait.isZero()) {
        wait = HOURLY;
      }
    }
    Optional<Settlement> settlement = currency.isEmpty()
        ? Optional.empty()
        : Optional.of(new Settlement(paid, refunded, currency));
    Instant now = commands.now();
    boolean settled = wait.isZero() || duplicate.foundAt().plus(PAYABLE).isBefore(now);
    store.replace(
        Status.HANDLING,
        settled
            ? duplicate.canceled(settlement, now)
            : duplicate.waiting(settlement, now.plus(wait)));
  }

  private List<Invoice> invoicesOf(Duplicate duplicate) {
    return invoices.ofCustomer(duplicate.customerId()).stream()
        .flatMap(seen -> seen.state().stream())
        .map(Invoice.class::cast)
        .filter(invoice ->
            invoice.subscriptionId().filter(duplicate.subscriptionId()::equals).isPresent())
        .toList();
  }

  private DuplicatePolicy policy() {
    return catalog.get().policies().duplicates();
  }

  private DuplicateRule rule() {
    return new DuplicateRule(catalog.get());
  }
}
