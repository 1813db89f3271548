package com.tatame.billing.testkit;

import com.tatame.billing.subscription.ChangePolicy;
import com.tatame.billing.subscription.InvoicePreview;
import com.tatame.billing.subscription.PauseBehavior;
import com.tatame.billing.subscription.SelfPause;
import com.tatame.billing.subscription.SubscriptionChange;
import com.tatame.billing.subscription.SubscriptionControl;
import com.tatame.billing.testkit.fixture.Ids;
import java.util.Map;
import java.util.Optional;

/** Gateways that break one rule of changing subscriptions each. */
final class BadChanges {
  private BadChanges() {}

  private static SubscriptionControl spoil(
      SubscriptionControl good, String method, ForwardingStore.Bad bad) {
    return ForwardingStore.spoil(SubscriptionControl.class, good, Map.of(method, bad));
  }

  static class ChargesAsOfNow extends ForwardingGateway {
    @Override
    public SubscriptionControl subscriptions() {
      return spoil(
          good.subscriptions(),
          "preview",
          args -> good.subscriptions().preview(undated((SubscriptionChange) args[0])));
    }

    private static SubscriptionChange undated(SubscriptionChange change) {
      return new SubscriptionChange(
          change.subscriptionId(),
          change.itemId(),
          change.priceId(),
          1,
          change.policy(),
          Optional.empty());
    }
  }

  static class ChangesToPreview extends ForwardingGateway {
    @Override
    public SubscriptionControl subscriptions() {
      return spoil(good.subscriptions(), "preview", args -> {
        SubscriptionChange change = (SubscriptionChange) args[0];
        Optional<InvoicePreview> preview = good.subscriptions().preview(change);
        good.subscriptions().change(change, Ids.next("key"));
        return preview;
      });
    }
  }

  static class ProratesAlways extends ForwardingGateway {
    @Override
    public SubscriptionControl subscriptions() {
      return spoil(
          good.subscriptions(),
          "change",
          args -> good.subscriptions()
              .change(((SubscriptionChange) args[0]).with(ChangePolicy.PRORATE), (String) args[1]));
    }
  }

  static class ChangesUnderAnyKey extends ForwardingGateway {
    @Override
    public SubscriptionControl subscriptions() {
      return spoil(good.subscriptions(), "change", args -> {
        SubscriptionChange change = (SubscriptionChange) args[0];
        good.subscriptions()
            .change(
                new SubscriptionChange(
                    change.subscriptionId(),
                    change.itemId(),
                    change.priceId(),
                    change.quantity() + 1,
                    change.policy(),
                    Optional.empty()),
                Ids.next("key"));
        return good.subscriptions().change(change, Ids.next("key"));
      });
    }
  }

  static class ChangesAtOnce extends ForwardingGateway {
    @Override
    public SubscriptionControl subscriptions() {
      return spoil(good.subscriptions(), "changeAtRenewal", args -> {
        SubscriptionChange change = (SubscriptionChange) args[0];
        var scheduled = good.subscriptions().changeAtRenewal(change, (String) args[1]);
        good.subscriptions().change(change.with(ChangePolicy.NONE), Ids.next("key"));
        return scheduled;
      });
    }
  }

  /** States the present plan as the next phase, so that a change stays scheduled. */
  static class KeepsTheSchedule extends ForwardingGateway {
    @Override
    public SubscriptionControl subscriptions() {
      return spoil(good.subscriptions(), "changeAtRenewal", args -> {
        SubscriptionChange change = (SubscriptionChange) args[0];
        SubscriptionChange other = new SubscriptionChange(
            change.subscriptionId(),
            change.itemId(),
            change.priceId(),
            change.quantity() + 1,
            change.policy(),
            change.prorationDate());
        return good.subscriptions().changeAtRenewal(other, (String) args[1]);
      });
    }
  }

  static class PausesForEver extends ForwardingGateway {
    @Override
    public SubscriptionControl subscriptions() {
      return spoil(
          good.subscriptions(),
          "pauseCollection",
          args -> good.subscriptions()
              .pauseCollection(
                  (String) args[0], (PauseBehavior) args[1], Optional.empty(), (String) args[3]));
    }
  }

  static class HidesWhoPaused extends ForwardingGateway {
    @Override
    public SubscriptionControl subscriptions() {
      return spoil(
          good.subscriptions(),
          "pauseByUser",
          args -> good.subscriptions()
              .pauseCollection(
                  (String) args[0],
                  PauseBehavior.VOID,
                  Optional.of(((SelfPause) args[1]).until()),
                  (String) args[2]));
    }
  }

  static class ForgetsAnEndedPause extends ForwardingGateway {
    @Override
    public SubscriptionControl subscriptions() {
      return spoil(
          good.subscriptions(),
          "endPauseByUser",
          args -> good.subscriptions().resumeCollection((String) args[0], (String) args[2]));
    }
  }

  static class AsksForNothing extends ForwardingGateway {
    @Override
    public SubscriptionControl subscriptions() {
      return spoil(good.subscriptions(), "paymentAction", args -> Optional.empty());
    }
  }
}
