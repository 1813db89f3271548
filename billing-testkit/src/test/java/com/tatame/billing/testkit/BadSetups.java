package com.tatame.billing.testkit;

import com.tatame.billing.catalog.Price;
import com.tatame.billing.money.Amounts;
import com.tatame.billing.setup.AccountState;
import com.tatame.billing.setup.AccountState.HeldPrice;
import com.tatame.billing.setup.ProviderSetup;
import com.tatame.billing.setup.ProviderSetup.Made;
import com.tatame.billing.setup.SetupChange;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.testkit.fixture.Ids;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gateways that break one rule of setting an account up each. */
final class BadSetups {
  private BadSetups() {}

  abstract static class Spoilt extends ForwardingGateway {
    @Override
    public ProviderSetup setup() {
      return ForwardingStore.spoil(
          ProviderSetup.class,
          good.setup(),
          Map.of("apply", args -> apply((SetupChange) args[0]), "state", args -> state()));
    }

    Made apply(SetupChange change) {
      return good.setup().apply(change);
    }

    AccountState state() {
      return good.setup().state();
    }
  }

  static class ForgetsWhatItMade extends Spoilt {
    @Override
    Made apply(SetupChange change) {
      Made made = super.apply(change);
      if (change instanceof SetupChange.CreatePrice) {
        engine.call(Request.of(
            "POST", "/v1/prices/" + made.id(), Map.of("metadata", Map.of(Price.PLAN_MARK, ""))));
      }
      return made;
    }
  }

  static class ChangesTheAmountForAll extends Spoilt {
    @Override
    Made apply(SetupChange change) {
      if (change instanceof SetupChange.ArchivePrice archived) {
        return new Made(archived.id());
      }
      return super.apply(change);
    }
  }

  static class TakesWhatOthersMadeForItsOwn extends Spoilt {
    @Override
    AccountState state() {
      AccountState held = super.state();
      List<HeldPrice> prices = held.prices().stream()
          .map(HeldPrice::price)
          .map(price -> new Price(
              price.id(),
              price.productId(),
              price.active(),
              price.currency(),
              price.unitAmount(),
              price.recurrence(),
              price.lookupKey(),
              Map.of(Price.PLAN_MARK, price.plan().orElse("some/plan")),
              price.createdAt()))
          .map(price -> new HeldPrice(price, Map.of()))
          .toList();
      return new AccountState(
          held.products(), prices, held.portals(), held.endpoints(), held.meters());
    }
  }

  static class TellsNoSigningSecret extends Spoilt {
    @Override
    Made apply(SetupChange change) {
      return new Made(super.apply(change).id());
    }
  }

  static class SendsEverything extends Spoilt {
    @Override
    Made apply(SetupChange change) {
      Made made = super.apply(change);
      if (change instanceof SetupChange.CreateEndpoint) {
        engine.call(Request.of(
            "POST", "/v1/webhook_endpoints/" + made.id(), Map.of("enabled_events", List.of("*"))));
      }
      return made;
    }
  }

  static class MakesPricesUnderAnyKey extends Spoilt {
    @Override
    Made apply(SetupChange change) {
      if (change instanceof SetupChange.CreatePrice price) {
        return super.apply(new SetupChange.CreatePrice(
            price.productId(),
            price.plan(),
            Ids.next("lookup"),
            price.price(),
            price.unit(),
            price.replaced(),
            Optional.of(Ids.next("after")),
            price.meter()));
      }
      return super.apply(change);
    }
  }

  static class MakesPricesInOneCurrency extends Spoilt {
    @Override
    Made apply(SetupChange change) {
      if (change instanceof SetupChange.CreatePrice price) {
        return super.apply(new SetupChange.CreatePrice(
            price.productId(),
            price.plan(),
            price.lookupKey(),
            Amounts.of(price.price().standard()),
            price.unit(),
            price.replaced(),
            price.after(),
            price.meter()));
      }
      return super.apply(change);
    }
  }

  static class AddsNoCurrency extends Spoilt {
    @Override
    Made apply(SetupChange change) {
      return change instanceof SetupChange.UpdatePrice price
          ? super.apply(new SetupChange.UpdatePrice(
              price.id(), price.plan(), price.lookupKey(), List.of(), price.difference()))
          : super.apply(change);
    }
  }

  static class SeesNoOtherCurrency extends Spoilt {
    @Override
    AccountState state() {
      AccountState held = super.state();
      return new AccountState(
          held.products(),
          held.prices().stream()
              .map(price -> new HeldPrice(price.price(), Map.of()))
              .toList(),
          held.portals(),
          held.endpoints(),
          held.meters());
    }
  }

  static class ArchivesNoProduct extends Spoilt {
    @Override
    Made apply(SetupChange change) {
      return change instanceof SetupChange.ArchiveProduct archived
          ? new Made(archived.id())
          : super.apply(change);
    }
  }

  static class OffersNoPlans extends Spoilt {
    @Override
    Made apply(SetupChange change) {
      return change instanceof SetupChange.Portal portal
          ? super.apply(new SetupChange.Portal(portal.id(), List.of()))
          : super.apply(change);
    }
  }
}
