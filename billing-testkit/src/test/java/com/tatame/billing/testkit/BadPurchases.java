package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.anonymous.AnonymousSession;
import com.tatame.billing.anonymous.AnonymousSessionStore;
import com.tatame.billing.entitlement.PriceBand;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.entitlement.UsageRow;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.payment.PaymentIntentStore;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.purchase.PurchaseStore;
import com.tatame.billing.refund.RefundStore;
import com.tatame.billing.testkit.fixture.APayment;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Stores that break one rule about purchases and their anonymous buyers each. */
@SuppressWarnings("unchecked") // Arguments of the ports' methods come untyped through a proxy.
final class BadPurchases {
  private BadPurchases() {}

  static class ForgetsRefunds extends ForwardingStore {
    @Override
    public PurchaseStore purchases() {
      return spoil(
          PurchaseStore.class,
          good.purchases(),
          Map.of(
              "find",
              args -> good.purchases()
                  .find((AccountId) args[0], (String) args[1])
                  .map(p -> new Purchase(
                      p.id(),
                      p.account(),
                      p.sale(),
                      p.amount(),
                      p.status(),
                      p.paymentIntentId(),
                      new Money(0, "usd"),
                      p.createdAt()))));
    }
  }

  static class OwnsWhatWentBack extends ForwardingStore {
    @Override
    public PurchaseStore purchases() {
      return spoil(
          PurchaseStore.class,
          good.purchases(),
          Map.of(
              "owned",
              args -> good
                  .purchases()
                  .list((AccountId) args[0], Optional.of((String) args[1]), Optional.empty(), 101)
                  .stream()
                  .filter(Purchase::completed)
                  .findFirst()));
    }
  }

  static class KnowsNoDuplicates extends ForwardingStore {
    @Override
    public PurchaseStore purchases() {
      return spoil(PurchaseStore.class, good.purchases(), Map.of("duplicates", args -> List.of()));
    }
  }

  static class GivesAgainAndAgain extends ForwardingStore {
    private final List<Purchase> given = new ArrayList<>();

    @Override
    public PurchaseStore purchases() {
      return spoil(PurchaseStore.class, good.purchases(), Map.of("addFree", args -> {
        given.add((Purchase) args[0]);
        return given.get(given.size() - 1);
      }));
    }
  }

  static class ListsOldestFirst extends ForwardingStore {
    @Override
    public PurchaseStore purchases() {
      return spoil(PurchaseStore.class, good.purchases(), Map.of("list", args -> {
        List<Purchase> page = new ArrayList<>(good.purchases()
            .list((AccountId) args[0], (Optional<String>) args[1], (Integer) args[2]));
        Collections.reverse(page);
        return page;
      }));
    }
  }

  static class HandsOutAnothersPayment extends ForwardingStore {
    @Override
    public PaymentIntentStore paymentIntents() {
      return spoil(
          PaymentIntentStore.class,
          good.paymentIntents(),
          Map.of(
              "find", args -> any((String) args[1]), "ofCustomer", args -> any((String) args[1])));
    }

    private Optional<PaymentIntent> any(String id) {
      return good
          .projections()
          .load(List.of(new SubjectQuery(
              new SubjectId(id), Set.of(new ObjectRef(ObjectKind.PAYMENT_INTENT, id)), Set.of())))
          .values()
          .stream()
          .flatMap(known -> known.rows().values().stream())
          .flatMap(row -> row.state().stream())
          .map(PaymentIntent.class::cast)
          .findFirst();
    }
  }

  static class TakesTheUnpaidForPaid extends ForwardingStore {
    @Override
    public RefundStore refunds() {
      return spoil(
          RefundStore.class,
          good.refunds(),
          Map.of(
              "ofInvoice",
              args -> Optional.of(new RefundStore.Payment(
                  Optional.empty(), APayment.byCustomer("cus_1", Instant.EPOCH), List.of()))));
    }
  }

  static class ForgetsWhatWasPaid extends ForwardingStore {
    @Override
    public RefundStore refunds() {
      return spoil(
          RefundStore.class,
          good.refunds(),
          Map.of(
              "find",
              args -> good.refunds()
                  .find((String) args[0])
                  .map(given ->
                      new RefundStore.Given(given.refund(), Optional.empty(), Optional.empty()))));
    }
  }

  static class LetsTheLastClaimWin extends ForwardingStore {
    @Override
    public AnonymousSessionStore anonymousSessions() {
      return spoil(
          AnonymousSessionStore.class,
          good.anonymousSessions(),
          Map.of(
              "claim",
              args -> good.anonymousSessions()
                  .claim((String) args[0], (Owner) args[1], (Instant) args[2], AnAuditEntry.any())
                  .map(s -> new AnonymousSession(
                      s.account(),
                      s.createdAt(),
                      s.expiresAt(),
                      Optional.of(((Owner) args[1]).account()),
                      Optional.of((Instant) args[2])))));
    }
  }

  static class MovesNothing extends ForwardingStore {
    @Override
    public AnonymousSessionStore anonymousSessions() {
      return spoil(
          AnonymousSessionStore.class,
          good.anonymousSessions(),
          Map.of("claim", args -> good.anonymousSessions().findByHash((String) args[0])));
    }
  }

  /** What was used stays behind, and is never looked for. */
  static class LeavesUsageBehind extends ForwardingStore {
    @Override
    public AnonymousSessionStore anonymousSessions() {
      return spoil(
          AnonymousSessionStore.class,
          good.anonymousSessions(),
          Map.of("gather", args -> List.of()));
    }
  }

  /** Each claim counts again what the session used. */
  static class MovesUsageAtEachClaim extends ForwardingStore {
    private final Map<String, List<UsageRow>> seen = new HashMap<>();
    private final Map<String, Integer> claims = new HashMap<>();

    @Override
    public AnonymousSessionStore anonymousSessions() {
      return spoil(AnonymousSessionStore.class, good.anonymousSessions(), Map.of("claim", args -> {
        String hash = (String) args[0];
        Owner claimer = (Owner) args[1];
        AccountId by = claimer.account();
        Instant now = (Instant) args[2];
        List<UsageRow> used = seen.computeIfAbsent(
            hash,
            same -> good.anonymousSessions()
                .findByHash(hash)
                .map(session -> good.usage().read(session.account(), now).open())
                .orElse(List.of()));
        Optional<AnonymousSession> claimed =
            good.anonymousSessions().claim(hash, claimer, now, AnAuditEntry.any());
        if (claimed.isPresent() && claims.merge(hash, 1, Integer::sum) > 1) {
          used.forEach(row -> good.usage().consume(List.of(again(by, row, now))));
        }
        return claimed;
      }));
    }

    private static UsageDebit again(AccountId by, UsageRow row, Instant now) {
      String id = Ids.next("use");
      return new UsageDebit(
          id,
          by,
          row.feature(),
          id,
          "",
          "",
          "free",
          row.period(),
          List.of(new UsageDebit.Offer(PriceBand.INCLUDED, Optional.empty(), Optional.empty())),
          row.used().included(),
          now,
          true,
          Map.of());
    }
  }
}
