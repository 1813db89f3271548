package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.entitlement.DebitResult;
import com.tatame.billing.entitlement.ReservationStore;
import com.tatame.billing.entitlement.ReservationStore.Held;
import com.tatame.billing.entitlement.ReservationStore.Outcome;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.purchase.PurchaseStore;
import com.tatame.billing.purchase.PurchaseStore.Giving;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Stores that break one rule about the units of sales each. */
@SuppressWarnings("unchecked") // Arguments of the ports' methods come untyped through a proxy.
final class BadReservations {
  private BadReservations() {}

  static class ReturnsWhatWasPaid extends ForwardingStore {
    @Override
    public ReservationStore reservations() {
      return spoil(ReservationStore.class, good.reservations(), Map.of("settle", args -> {
        boolean decided = good.reservations()
            .settle((AccountId) args[0], (String) args[1], (Outcome) args[2], (Instant) args[3]);
        if (!decided && args[2] == Outcome.RETURNED) {
          return good.usage()
              .release((AccountId) args[0], "quiz", (String) args[1], (Instant) args[3])
              .isPresent();
        }
        return decided;
      }));
    }
  }

  static class KeepsEverything extends ForwardingStore {
    @Override
    public ReservationStore reservations() {
      return spoil(
          ReservationStore.class,
          good.reservations(),
          Map.of(
              "settle",
              args -> good.reservations()
                  .settle((AccountId) args[0], (String) args[1], Outcome.KEPT, (Instant) args[3])));
    }
  }

  static class ListsTheLastFirst extends ForwardingStore {
    @Override
    public ReservationStore reservations() {
      return spoil(ReservationStore.class, good.reservations(), Map.of("held", args -> {
        List<Held> page =
            new ArrayList<>(good.reservations().held((Optional<Held>) args[0], (Integer) args[1]));
        Held last = page.isEmpty() ? null : page.get(page.size() - 1);
        List<Held> turned = new ArrayList<>(page);
        if (last != null) {
          turned.remove(last);
          Collections.reverse(turned);
          turned.add(last);
        }
        return turned;
      }));
    }
  }

  static class GivesWithoutAUnit extends ForwardingStore {
    @Override
    public PurchaseStore purchases() {
      return spoil(PurchaseStore.class, good.purchases(), Map.of("give", args -> {
        Giving giving =
            good.purchases().give((Purchase) args[0], (UsageDebit) args[1], AnAuditEntry.any());
        return giving.debit() instanceof DebitResult.Denied
            ? new Giving(giving.debit(), Optional.of((Purchase) args[0]))
            : giving;
      }));
    }
  }

  static class GivesWhatIsOwned extends ForwardingStore {
    @Override
    public PurchaseStore purchases() {
      return spoil(
          PurchaseStore.class,
          good.purchases(),
          Map.of(
              "giveOnce",
              args -> good.purchases()
                  .give((Purchase) args[0], (UsageDebit) args[1], AnAuditEntry.any())));
    }
  }

  static class TakesAUnitAtEachRepetition extends ForwardingStore {
    @Override
    public PurchaseStore purchases() {
      return spoil(PurchaseStore.class, good.purchases(), Map.of("give", args -> {
        UsageDebit asked = (UsageDebit) args[1];
        UsageDebit alone = new UsageDebit(
            asked.id(),
            asked.account(),
            asked.feature(),
            asked.id(),
            asked.fingerprint(),
            asked.version(),
            asked.tier(),
            asked.period(),
            asked.offers(),
            asked.amount(),
            asked.at(),
            asked.recorded(),
            asked.metadata());
        return good.purchases().give((Purchase) args[0], alone, AnAuditEntry.any());
      }));
    }
  }

  static class LeavesTheUnitOfAGiftOpen extends ForwardingStore {
    @Override
    public PurchaseStore purchases() {
      return spoil(PurchaseStore.class, good.purchases(), Map.of("give", args -> {
        UsageDebit asked = (UsageDebit) args[1];
        DebitResult result = good.usage().consume(List.of(asked)).get(0);
        return new Giving(
            result,
            result instanceof DebitResult.Granted
                ? Optional.of(good.purchases().addFree((Purchase) args[0], AnAuditEntry.any()))
                : Optional.empty());
      }));
    }
  }
}
