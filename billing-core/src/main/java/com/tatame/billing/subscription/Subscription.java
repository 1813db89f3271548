package com.tatame.billing.subscription;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Cycle;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.observation.SubscriptionTerms;
import com.tatame.billing.observation.TermsChange;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A subscription as the provider holds it. All instants are by the provider's clock.
 *
 * @param account by metadata that our checkout wrote, if it did
 * @param tier of the catalog, by the price of its first item; empty for a price that the catalog
 *     doesn't sell
 * @param items at least one
 * @param currentPeriodStart of the item whose period ends first
 * @param cancelAtPeriodEnd whether it ends by itself when the current period does
 * @param trialStart set once it had a trial, also after the trial
 * @param selfPause the last pause that the user made, also once it is over; whether it is what holds
 *     now says {@link #pausedByUser}
 * @param defaultPaymentMethodId what it is charged to; empty where the customer's is
 */
public record Subscription(
    String id,
    String customerId,
    SubscriptionStatus status,
    Optional<AccountId> account,
    Optional<String> tier,
    Optional<BillingInterval> interval,
    List<Item> items,
    Instant createdAt,
    Instant currentPeriodStart,
    Instant currentPeriodEnd,
    Optional<Instant> trialStart,
    Optional<Instant> trialEnd,
    boolean cancelAtPeriodEnd,
    Optional<Instant> cancelAt,
    Optional<Instant> canceledAt,
    Optional<String> cancelReason,
    Optional<Instant> endedAt,
    Optional<CollectionPause> collectionPaused,
    Optional<Discount> discount,
    Optional<SelfPause> selfPause,
    Optional<String> defaultPaymentMethodId)
    implements ProviderObject {

  /**
   * One priced item.
   *
   * @param lookupKey of the price, or the name that it keeps without one, see {@link
   *     com.tatame.billing.catalog.Price#soldAs}
   * @param unitAmount minor units; empty when tiered or finer than the minor unit
   * @param taxBehavior {@code inclusive}, {@code exclusive} or {@code unspecified}
   */
  public record Item(
      String id,
      String priceId,
      Optional<String> lookupKey,
      String productId,
      long quantity,
      String currency,
      Optional<Long> unitAmount,
      Optional<Recurrence> recurrence,
      Optional<String> taxBehavior) {
    /** One whose tax behavior is not known. */
    public Item(
        String id,
        String priceId,
        Optional<String> lookupKey,
        String productId,
        long quantity,
        String currency,
        Optional<Long> unitAmount,
        Optional<Recurrence> recurrence) {
      this(
          id,
          priceId,
          lookupKey,
          productId,
          quantity,
          currency,
          unitAmount,
          recurrence,
          Optional.empty());
    }

    /** What the ledger keeps of it. */
    public SubscriptionTerms.Item terms() {
      return new SubscriptionTerms.Item(
          priceId,
          productId,
          quantity,
          currency,
          unitAmount,
          recurrence.map(every -> every.unit().code()),
          recurrence.map(Recurrence::count).orElse(1),
          recurrence.map(Recurrence::metered).orElse(false),
          taxBehavior);
    }
  }

  /**
   * Payment collection is on hold; the subscription itself goes on, and still entitles unless its
   * user made the pause.
   */
  public record CollectionPause(String behavior, Optional<Instant> resumesAt) {}

  /**
   * A discount in force. Exactly one of the two amounts is there; minor units.
   *
   * @param duration {@code once}, {@code repeating} or {@code forever}
   */
  public record Discount(
      String couponId,
      Optional<BigDecimal> percentOff,
      Optional<Long> amountOff,
      Optional<Instant> endsAt,
      Optional<String> duration) {
    /** One whose duration is not known. */
    public Discount(
        String couponId,
        Optional<BigDecimal> percentOff,
        Optional<Long> amountOff,
        Optional<Instant> endsAt) {
      this(couponId, percentOff, amountOff, endsAt, Optional.empty());
    }
  }

  public Subscription {
    items = List.copyOf(items);
  }

  /** One that its user never paused, and that is charged as its customer is. */
  public Subscription(
      String id,
      String customerId,
      SubscriptionStatus status,
      Optional<AccountId> account,
      Optional<String> tier,
      Optional<BillingInterval> interval,
      List<Item> items,
      Instant createdAt,
      Instant currentPeriodStart,
      Instant currentPeriodEnd,
      Optional<Instant> trialStart,
      Optional<Instant> trialEnd,
      boolean cancelAtPeriodEnd,
      Optional<Instant> cancelAt,
      Optional<Instant> canceledAt,
      Optional<String> cancelReason,
      Optional<Instant> endedAt,
      Optional<CollectionPause> collectionPaused,
      Optional<Discount> discount) {
    this(
        id,
        customerId,
        status,
        account,
        tier,
        interval,
        items,
        createdAt,
        currentPeriodStart,
        currentPeriodEnd,
        trialStart,
        trialEnd,
        cancelAtPeriodEnd,
        cancelAt,
        canceledAt,
        cancelReason,
        endedAt,
        collectionPaused,
        discount,
        Optional.empty(),
        Optional.empty());
  }

  /**
   * The user's own pause, while it holds or waits for the renewal with which it begins. A pause that
   * was made or changed at the provider is an administrator's, whatever the metadata says.
   */
  public Optional<SelfPause> pausedByUser() {
    return selfPause.filter(own -> collectionPaused
        .filter(new CollectionPause(PauseBehavior.VOID.code(), Optional.of(own.until()))::equals)
        .isPresent());
  }

  /** Whether the present period was not paid because its user had paused. */
  public boolean skippedByUser() {
    return selfPause.filter(own -> own.skips(currentPeriodStart)).isPresent()
        && (collectionPaused.isEmpty() || pausedByUser().isPresent());
  }

  @Override
  public ObjectKind kind() {
    return ObjectKind.SUBSCRIPTION;
  }

  @Override
  public SubjectId subject() {
    return new SubjectId(customerId);
  }

  @Override
  public boolean terminal() {
    return status.terminal();
  }

  /** Whether it ends at a time that is set already, unless it is kept. */
  public boolean ends() {
    return cancelAtPeriodEnd || cancelAt.isPresent();
  }

  /** The item that names the plan: the first. */
  public Item mainItem() {
    return items.get(0);
  }

  /**
   * The rhythm in which it is billed. The provider cuts periods to short months and comes back to the
   * anchor's day after them, so of the two ends of a period the one later in its month shows that day.
   * A trial ends on the anchor.
   */
  public Optional<Cycle> cycle() {
    if (!currentPeriodStart.isBefore(currentPeriodEnd)) {
      return Optional.empty();
    }
    Recurrence recurrence =
        mainItem().recurrence().orElseGet(() -> new Recurrence(Recurrence.Unit.MONTH, 1, false));
    boolean inMonths =
        recurrence.unit() == Recurrence.Unit.MONTH || recurrence.unit() == Recurrence.Unit.YEAR;
    int months = recurrence.unit() == Recurrence.Unit.YEAR ? 12 * recurrence.count() : 1;
    return Optional.of(new Cycle(
        inMonths ? anchor() : trialEnd.orElse(createdAt),
        recurrence.unit() == Recurrence.Unit.MONTH ? Math.max(1, recurrence.count()) : months,
        new Period(currentPeriodStart, currentPeriodEnd)));
  }

  private Instant anchor() {
    boolean inTrial = trialEnd.filter(end -> !end.isBefore(currentPeriodEnd)).isPresent();
    return inTrial || dayOfMonth(currentPeriodEnd) > dayOfMonth(currentPeriodStart)
        ? currentPeriodEnd
        : currentPeriodStart;
  }

  private static int dayOfMonth(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC).getDayOfMonth();
  }

  /** This subscription with the catalog's names for what it sells. */
  public Subscription sold(Optional<String> newTier, Optional<BillingInterval> newInterval) {
    return new Subscription(
        id,
        customerId,
        status,
        account,
        newTier,
        newInterval,
        items,
        createdAt,
        currentPeriodStart,
        currentPeriodEnd,
        trialStart,
        trialEnd,
        cancelAtPeriodEnd,
        cancelAt,
        canceledAt,
        cancelReason,
        endedAt,
        collectionPaused,
        discount,
        selfPause,
        defaultPaymentMethodId);
  }

  /** What it costs and whether it goes on. */
  public SubscriptionTerms terms() {
    return new SubscriptionTerms(
        status.code(),
        items.stream().map(Item::terms).toList(),
        discount.stream()
            .map(given -> new SubscriptionTerms.Discount(
                Optional.empty(),
                Optional.of(given.couponId()),
                given.percentOff(),
                given.amountOff(),
                given.duration(),
                given.endsAt()))
            .toList(),
        cancelAt.or(() -> cancelAtPeriodEnd ? Optional.of(currentPeriodEnd) : Optional.empty()),
        collectionPaused.map(CollectionPause::behavior));
  }

  /** What it is sold at when the ledger begins with an import. */
  public Fact openingBalance(Instant at) {
    return fact("opening_balance", at).with(new TermsChange(Optional.empty(), terms()));
  }

  /** A difference to the stored row that no event explains. */
  public Fact reconciled(Subscription stored, Instant at) {
    return new Fact(
            id + ":reconciled:" + at.getEpochSecond(),
            "subscription.reconciled",
            subject(),
            Optional.of(id),
            Optional.empty(),
            "reconciled",
            at)
        .with(new TermsChange(Optional.of(stored.terms()), terms()));
  }

  @Override
  public List<Fact> facts() {
    List<Fact> facts = new ArrayList<>();
    facts.add(fact("created", createdAt));
    trialStart.ifPresent(at -> facts.add(fact("trial_started", at)));
    endedAt.ifPresent(at -> facts.add(fact("ended", at)));
    return facts;
  }

  private Fact fact(String what, Instant at) {
    return new Fact(
        id + ":" + what,
        "subscription." + what,
        subject(),
        Optional.of(id),
        Optional.empty(),
        what,
        at);
  }
}
