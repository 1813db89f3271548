package com.tatame.billing.setup;

import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.money.Amounts;
import com.tatame.billing.money.MinorUnits;
import com.tatame.billing.money.Money;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** One thing that is made, changed or archived at the provider. Nothing is ever deleted. */
public sealed interface SetupChange {
  /** How it stands in a plan. */
  enum Sign {
    ADD("+"),
    CHANGE("~"),
    ARCHIVE("-");

    private final String mark;

    Sign(String mark) {
      this.mark = mark;
    }

    @Override
    public String toString() {
      return mark;
    }
  }

  Sign sign();

  /** What it is about, for people. */
  String words();

  /**
   * Use is added up, for each customer.
   *
   * @param eventName under which usage is reported to it; the provider allows one active meter of a name
   */
  record CreateMeter(String eventName) implements SetupChange {
    @Override
    public Sign sign() {
      return Sign.ADD;
    }

    @Override
    public String words() {
      return "meter " + eventName + ", the sum of what is used";
    }
  }

  /**
   * What a price charges by.
   *
   * @param id empty until the meter is made
   */
  record MeteredBy(String eventName, Optional<String> id) {}

  /** A tier becomes a product. The id is ours, so that the provider itself refuses a second one. */
  record CreateProduct(String id, String tier, String name, String description)
      implements SetupChange {
    @Override
    public Sign sign() {
      return Sign.ADD;
    }

    @Override
    public String words() {
      return "product " + id + " \"" + name + "\"";
    }
  }

  /**
   * A product is given the catalog's name and description, and is on sale.
   *
   * @param differences what was otherwise, in words
   */
  record UpdateProduct(String id, String name, String description, List<String> differences)
      implements SetupChange {
    @Override
    public Sign sign() {
      return Sign.CHANGE;
    }

    @Override
    public String words() {
      return "product " + id + ": " + String.join(", ", differences);
    }
  }

  /** A product goes off sale; who subscribes to it goes on doing so. */
  record ArchiveProduct(String id, String name) implements SetupChange {
    @Override
    public Sign sign() {
      return Sign.ARCHIVE;
    }

    @Override
    public String words() {
      return "product " + id + " \"" + name + "\"";
    }
  }

  /**
   * A price under a lookup key, which is taken from the price that has it. It is one price in all
   * currencies.
   *
   * @param plan {@code tier/interval}
   * @param replaced the price that has the lookup key
   * @param after the newest price of ours for this plan, for {@link #idempotencyKey}
   * @param meter by which each unit is charged; empty for a price that is paid in advance
   */
  record CreatePrice(
      String productId,
      String plan,
      String lookupKey,
      Amounts price,
      Recurrence.Unit unit,
      Optional<String> replaced,
      Optional<String> after,
      Optional<MeteredBy> meter)
      implements SetupChange {
    @Override
    public Sign sign() {
      return Sign.ADD;
    }

    @Override
    public String words() {
      return "price " + lookupKey + " " + money(price.all())
          + meter
              .map(by -> " / unit of " + by.eventName() + ", by the " + unit.code())
              .orElse(" / " + unit.code())
          + replaced
              .map(old -> " instead of " + old + ", which those who have it keep")
              .orElse("");
    }

    /**
     * The same as long as the account is the same: a second setup at once makes no second
     * price, while one that comes back later is a new one.
     */
    public String idempotencyKey() {
      String all = String.join(
          "\n",
          productId,
          plan,
          lookupKey,
          String.join(
              "", price.all().stream().map(one -> one.amount() + one.currency()).toList()),
          unit.code(),
          replaced.orElse(""),
          after.orElse("") + meter.map(by -> "\n" + by.eventName()).orElse(""));
      return "setup_price_" + UUID.nameUUIDFromBytes(all.getBytes(StandardCharsets.UTF_8));
    }

    /** The same, with the id of a meter that was made meanwhile. */
    CreatePrice knowing(Map<String, String> metersByEventName) {
      return new CreatePrice(
          productId,
          plan,
          lookupKey,
          price,
          unit,
          replaced,
          after,
          meter.map(by -> new MeteredBy(
              by.eventName(),
              by.id().or(() -> Optional.ofNullable(metersByEventName.get(by.eventName()))))));
    }
  }

  /**
   * A price is given its lookup key and our mark, and can be bought.
   *
   * @param added what it costs in currencies in which it was not sold before
   * @param difference what was otherwise, in words
   */
  record UpdatePrice(String id, String plan, String lookupKey, List<Money> added, String difference)
      implements SetupChange {
    @Override
    public Sign sign() {
      return Sign.CHANGE;
    }

    @Override
    public String words() {
      return "price " + lookupKey + " (" + id + "): " + difference;
    }
  }

  /**
   * A price can't be bought any more; who has it keeps it.
   *
   * @param defaultOf the product whose default it is, which must end first
   */
  record ArchivePrice(String id, String plan, Optional<String> defaultOf) implements SetupChange {
    @Override
    public Sign sign() {
      return Sign.ARCHIVE;
    }

    @Override
    public String words() {
      return "price " + id + " of " + plan;
    }
  }

  /**
   * How the provider's own page for customers is set up: their details, cards, invoices, the end of a
   * subscription, and what plans they may change to.
   *
   * @param id empty to make one
   */
  record Portal(Optional<String> id, List<Sold> plans) implements SetupChange {
    /**
     * A price that a customer may change to.
     *
     * @param priceId empty until it is made
     */
    public record Sold(String productId, String lookupKey, Optional<String> priceId) {}

    public Portal {
      plans = List.copyOf(plans);
    }

    @Override
    public Sign sign() {
      return id.isEmpty() ? Sign.ADD : Sign.CHANGE;
    }

    @Override
    public String words() {
      return "portal configuration" + id.map(known -> " " + known).orElse("")
          + (plans.isEmpty()
              ? ", without changes of plan"
              : ", changes to "
                  + String.join(", ", plans.stream().map(Sold::lookupKey).toList()));
    }

    /** The same, with the ids of prices that were made meanwhile. */
    Portal knowing(Map<String, String> idsByLookupKey) {
      return new Portal(
          id,
          plans.stream()
              .map(sold -> new Sold(
                  sold.productId(),
                  sold.lookupKey(),
                  sold.priceId()
                      .or(() -> Optional.ofNullable(idsByLookupKey.get(sold.lookupKey())))))
              .toList());
    }
  }

  /** An address to which the provider sends what this gateway understands. */
  record CreateEndpoint(String url, ProviderSetup.Events events) implements SetupChange {
    @Override
    public Sign sign() {
      return Sign.ADD;
    }

    @Override
    public String words() {
      return "webhook endpoint " + url + ", " + events.types().size()
          + " types of events, API version " + events.apiVersion();
    }
  }

  /**
   * An endpoint is given exactly the events that this gateway understands, and is enabled.
   *
   * @param differences what was otherwise, in words
   */
  record UpdateEndpoint(
      String id, String url, ProviderSetup.Events events, List<String> differences)
      implements SetupChange {
    @Override
    public Sign sign() {
      return Sign.CHANGE;
    }

    @Override
    public String words() {
      return "webhook endpoint " + id + " " + url + ": " + String.join(", ", differences);
    }
  }

  /** Such as {@code 9.99 usd, 8.99 eur}. */
  static String money(List<Money> amounts) {
    return String.join(", ", amounts.stream().map(SetupChange::money).toList());
  }

  private static String money(Money money) {
    return BigDecimal.valueOf(money.amount(), MinorUnits.decimals(money.currency()))
            .toPlainString() + " " + money.currency();
  }
}
