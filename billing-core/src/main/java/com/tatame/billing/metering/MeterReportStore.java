package com.tatame.billing.metering;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.projection.ClaimId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Port: the outbox of metered usage. Nothing is written to it directly: consuming, recording and
 * releasing units of a metered feature adds to it in the same step, see {@link
 * com.tatame.billing.entitlement.UsageStore}.
 */
public interface MeterReportStore {
  /**
   * Which reports are wanted.
   *
   * @param state empty for all
   * @param account empty for everybody's
   */
  record Filter(Optional<MeterReport.State> state, Optional<AccountId> account) {}

  /**
   * What waits.
   *
   * @param pending reports that are not sent and can be
   * @param unlinked reports of accounts that have no customer yet
   * @param overdue pending ones whose invoice has been finalised without them
   * @param dead reports that are given up
   * @param undecided reports that wait for a person
   * @param oldest when the first unit was used that is pending
   */
  record Backlog(
      long pending,
      long unlinked,
      long overdue,
      long dead,
      long undecided,
      Optional<Instant> oldest) {}

  /** Units of one meter by how far they got. */
  record Totals(String meter, long sent, long pending, long dead, long undecided) {
    /** All that was used, whatever became of it. */
    public long used() {
      return sent + pending + dead + undecided;
    }
  }

  /**
   * Takes reports to be sent, those with the nearest deadline first: open ones are closed, and bound
   * to the account's customer. Repeated under the same id it gives the same ones. A sender that doesn't
   * settle within the lease loses them to the next one.
   *
   * @param now wall time, for leases and delays
   * @param at the billing clock: from here on it is doubtful whether the provider has it
   * @param urgent only those with a deadline
   * @return as they were before, so that {@link MeterReport#doubtfulSince} tells of earlier claims; of
   *     a claim that is repeated maybe as they are since
   */
  List<MeterReport> claim(
      ClaimId claim, int limit, Instant now, Instant at, Duration lease, boolean urgent);

  /** Writes down what became of reports; those that another claim holds meanwhile stay as they are. */
  void settle(ClaimId claim, List<ReportOutcome> outcomes);

  /**
   * An invoice is about to be finalised: what the customer used until then is to be sent before that,
   * and before all others.
   *
   * @param until the end of what it bills
   * @return how many reports are to be sent
   */
  int hurry(String customerId, Instant until, Instant deadline);

  /**
   * Units by meter, of what was used in a time.
   *
   * @param from inclusive
   * @param until exclusive
   * @return by meter
   */
  List<Totals> totals(AccountId account, Instant from, Instant until);

  /**
   * One page, the most recently used first.
   *
   * @param after the id of the last one before the page
   */
  List<MeterReport> list(Filter filter, Optional<String> after, int limit);

  /** One report. */
  Optional<MeterReport> find(String id);

  /**
   * Decides about one that is dead or undecided.
   *
   * @param sent whether the provider has it; if not, it is sent anew
   * @param audit written in the same commit, if that is done
   * @return as it is now; empty if there is none such that waits for it
   */
  Optional<MeterReport> resolve(String id, boolean sent, AuditEntry audit);

  /**
   * What waits.
   *
   * @param at the billing clock
   */
  Backlog backlog(Instant at);

  /** Prunes reports that were sent, of what was used before; returns how many. */
  int prune(Instant before);
}
