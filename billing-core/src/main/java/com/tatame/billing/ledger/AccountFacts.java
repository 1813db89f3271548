package com.tatame.billing.ledger;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What happened to an account and moved no money. */
public final class AccountFacts {
  /** The stream of what concerns all accounts. */
  public static final AccountId CATALOG = new AccountId("system:catalog");

  private AccountFacts() {}

  /**
   * An account got a customer of the provider.
   *
   * @param at the customer's creation, by the provider's clock
   */
  public static Fact created(AccountId account, SubjectId customer, Instant at) {
    return new Fact(
        account.value() + ":created",
        "account.created",
        customer,
        Optional.empty(),
        Optional.empty(),
        "created",
        at);
  }

  /**
   * An account is another than its stream's last entry shows, and no other entry says so, such as
   * after a renewal, or after a read of what no event had told.
   *
   * @param number one that no other change of the account has
   * @param at by the billing clock
   */
  public static Fact updated(AccountId account, long number, Instant at) {
    return new Fact(
        account.value() + ":updated:" + number,
        "account.updated",
        new SubjectId(account.value()),
        Optional.empty(),
        Optional.empty(),
        "updated",
        at);
  }

  /**
   * What an account is entitled to became another: its tier, the subscriptions that entitle it, or its
   * grants.
   *
   * @param number one that no other change of the account has
   * @param from the tier before; empty for the first one that is known
   * @param to the tier that decides now
   * @param at by the billing clock
   */
  public static Fact entitlementChanged(
      AccountId account,
      long number,
      Optional<String> from,
      String to,
      List<String> subscriptions,
      List<String> grants,
      Instant at) {
    return new Fact(
            account.value() + ":entitlement:" + number,
            "entitlement.changed",
            new SubjectId(account.value()),
            Optional.empty(),
            Optional.empty(),
            to,
            at)
        .with("fromTier", from)
        .with("tier", Optional.of(to))
        .with("subscriptions", joined(subscriptions))
        .with("grants", joined(grants));
  }

  /**
   * A share of a limit is used up, for the first time in its window.
   *
   * @param threshold the share in percent
   * @param used units of the plan's own
   * @param at by the billing clock
   */
  public static Fact thresholdCrossed(
      AccountId account,
      String feature,
      Period window,
      int threshold,
      long used,
      long limit,
      Instant at) {
    return new Fact(
        account.value() + ":limit:" + feature + ":" + window.start().getEpochSecond() + ":"
            + threshold,
        "limit.threshold_crossed",
        new SubjectId(account.value()),
        Optional.empty(),
        Optional.empty(),
        Integer.toString(threshold),
        at,
        Optional.empty(),
        Map.of(
            "feature", feature,
            "threshold", Integer.toString(threshold),
            "used", Long.toString(used),
            "limit", Long.toString(limit),
            "periodStart", window.start().toString(),
            "periodEnd", window.end().toString()));
  }

  /**
   * Another catalog is in force, for all accounts at once.
   *
   * @param at wall time
   */
  public static Fact catalogPublished(long version, Instant at) {
    return new Fact(
        CATALOG.value() + ":published:" + version,
        "catalog.published",
        new SubjectId(CATALOG.value()),
        Optional.empty(),
        Optional.empty(),
        "published",
        at,
        Optional.empty(),
        Map.of("version", Long.toString(version)));
  }

  private static Optional<String> joined(List<String> ids) {
    return ids.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", ids));
  }
}
