package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.entitlement.AccountUsage;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.Grant;
import com.tatame.billing.entitlement.Grant.Revocation;
import com.tatame.billing.entitlement.GrantStore;
import com.tatame.billing.entitlement.PriceBand;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.entitlement.UsageStore;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Stores that break one rule of what is given each. */
final class BadGrants {
  private BadGrants() {}

  static class ForgetsKeys extends ForwardingStore {
    @Override
    public GrantStore grants() {
      return spoil(GrantStore.class, good.grants(), Map.of("add", args -> {
        Grant grant = (Grant) args[0];
        return good.grants().add(grant, grant.id(), (String) args[2], AnAuditEntry.any());
      }));
    }
  }

  static class RevokesAnybodys extends ForwardingStore {
    @Override
    public GrantStore grants() {
      return spoil(GrantStore.class, good.grants(), Map.of("revoke", args -> {
        AccountId owner =
            good.grants().find((String) args[1]).map(Grant::account).orElse((AccountId) args[0]);
        return good.grants()
            .revoke(owner, (String) args[1], (Revocation) args[2], AnAuditEntry.any());
      }));
    }
  }

  /** What was taken back is as if it had never been given. */
  static class DeletesWhatIsRevoked extends ForwardingStore {
    @Override
    public GrantStore grants() {
      return spoil(
          GrantStore.class,
          good.grants(),
          Map.of(
              "find",
              args -> good.grants()
                  .find((String) args[0])
                  .filter(grant -> grant.revoked().isEmpty())));
    }
  }

  static class KnowsNoEnd extends ForwardingStore {
    @Override
    public UsageStore usage() {
      return spoil(UsageStore.class, good.usage(), Map.of("read", args -> {
        AccountUsage usage = good.usage().read((AccountId) args[0], (Instant) args[1]);
        return new AccountUsage(
            usage.recorded(),
            usage.version(),
            usage.open(),
            good.grants().list(Optional.of((AccountId) args[0]), Optional.empty(), 100));
      }));
    }
  }

  /** A revoked grant is consumed by a caller that read it before. */
  static class DecidesByOldGrants extends BadUsage.Redrawing {
    @Override
    UsageDebit redraw(UsageDebit debit) {
      return BadUsage.with(
          debit,
          debit.key(),
          debit.fingerprint(),
          good.usage().read(debit.account(), debit.at()).version(),
          debit.offers());
    }
  }

  static class DrawsTheLastFirst extends BadUsage.Redrawing {
    @Override
    UsageDebit redraw(UsageDebit debit) {
      List<UsageDebit.Offer> offers = new ArrayList<>(debit.offers());
      Collections.reverse(offers);
      return BadUsage.with(debit, debit.key(), debit.fingerprint(), debit.version(), offers);
    }
  }

  /** Believes the offer, and not the grant, about how many units there are. */
  static class CountsNothingAgainstGrants extends BadUsage.Redrawing {
    @Override
    UsageDebit redraw(UsageDebit debit) {
      List<UsageDebit.Offer> offers = debit.offers().stream()
          .map(offer -> new UsageDebit.Offer(offer.place(), offer.limit(), offer.discountPercent()))
          .toList();
      return BadUsage.with(debit, debit.key(), debit.fingerprint(), debit.version(), offers);
    }
  }

  /** Units that came from a grant are lost when they are given back. */
  static class KeepsWhatIsReleased extends ForwardingStore {
    @Override
    public UsageStore usage() {
      return spoil(
          UsageStore.class,
          good.usage(),
          Map.of(
              "release",
              args ->
                  good
                      .usage()
                      .list((AccountId) args[0], Optional.empty(), Optional.empty(), 1)
                      .stream()
                      .findFirst()
                      .map(row -> new Consumption(
                          (String) args[2],
                          row.feature(),
                          row.period(),
                          PriceBand.INCLUDED,
                          1,
                          0,
                          Optional.empty(),
                          Optional.empty(),
                          (Instant) args[3],
                          Optional.of((Instant) args[3])))));
    }
  }
}
