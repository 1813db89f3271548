package com.tatame.billing.promotion;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.command.Commands;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.promotion.DiscountStore.Commanded;
import com.tatame.billing.promotion.ManualDiscount.Status;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStore;
import com.tatame.billing.text.Sha256;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Use cases: discounts that administrators give to subscriptions, and take off again. */
public final class ManualDiscounts {
  private static final String PREFIX = "disc_";
  private static final int ID_DIGITS = 32;

  private final Coupons coupons;
  private final DiscountStore store;
  private final SubscriptionStore subscriptions;
  private final Commands commands;

  public ManualDiscounts(
      Coupons coupons, DiscountStore store, SubscriptionStore subscriptions, Commands commands) {
    this.coupons = coupons;
    this.store = store;
    this.subscriptions = subscriptions;
    this.commands = commands;
  }

  /**
   * A discount, and how it came about.
   *
   * @param again whether it was given before, under the same key
   */
  public record Given(ManualDiscount discount, boolean again) {}

  /**
   * Puts a discount on a subscription, in the place of those that it has. However often it is asked
   * for under its key, it is given once.
   *
   * @param by the administrator or API key, for the record
   * @throws NotFound if the account has no such subscription
   * @throws ValidationFailed if there are several and none is named, or the currency is another one
   * @throws Conflict if there is none that lives, or {@code idempotency_key_reused}
   * @throws ProviderRejected if the provider refused it for good
   * @throws ProviderUnavailable if its outcome is not known yet; asking again continues it
   */
  public Given give(NewDiscount wanted, String by) {
    String id = wanted
        .key()
        .map(key -> PREFIX + hash(wanted.account(), key))
        .orElseGet(() -> PREFIX + commands.nextId().value());
    Optional<Command> before = store.find(id).map(Commanded::given);
    if (before.isPresent()) {
      requireSame(before.get(), wanted);
      if (before.get().state() == CommandState.SUCCEEDED) {
        return new Given(get(id), true);
      }
    }
    Map<String, String> params =
        before.<Map<String, String>>map(Command::params).orElseGet(() -> params(wanted, by));
    run(Command.planned(
        commands.nextId(),
        wanted.account(),
        CommandKind.GIVE_DISCOUNT,
        id,
        params,
        commands.now()));
    return new Given(get(id), before.isPresent());
  }

  private Map<String, String> params(NewDiscount wanted, String by) {
    Subscription subscription = coupons.subscription(wanted.account(), wanted.subscriptionId());
    String currency = subscription.mainItem().currency();
    if (wanted
        .terms()
        .amountOff()
        .filter(off -> !off.currency().equals(currency))
        .isPresent()) {
      throw ValidationFailed.of("amountOff.currency", "must be " + currency);
    }
    return ManualDiscount.params(
        wanted.terms(), subscription.id(), subscription.customerId(), wanted.reason(), by);
  }

  // What was asked for under the same key must be the same, for every caller.
  private static void requireSame(Command before, NewDiscount wanted) {
    ManualDiscount known = ManualDiscount.of(new Commanded(before, Optional.empty()));
    boolean same = known.terms().equals(wanted.terms())
        && known.reason().equals(wanted.reason())
        && wanted.subscriptionId().map(known.subscriptionId()::equals).orElse(true);
    if (!same) {
      throw Conflict.idempotencyKeyReused();
    }
  }

  // A faster caller did what was wanted.
  private void run(Command planned) {
    try {
      commands.run(planned);
    } catch (ProviderRejected e) {
      if (!Commands.wasSuperseded(e)) {
        throw e;
      }
    }
  }

  /**
   * Takes a discount off its subscription: later invoices are not discounted. A second time it
   * changes nothing.
   *
   * @param by the administrator or API key, for the record
   * @param reason at most 500 characters
   * @throws NotFound if there is no such discount
   * @throws Conflict if it is not in force any more
   */
  public ManualDiscount remove(String id, String by, Optional<String> reason) {
    if (reason.filter(text -> text.length() > NewDiscount.MAX_REASON_LENGTH).isPresent()) {
      throw ValidationFailed.of(
          "reason", "must have at most " + NewDiscount.MAX_REASON_LENGTH + " characters");
    }
    ManualDiscount discount = get(id);
    if (discount.removed().isPresent()) {
      return discount;
    }
    Optional<Command> begun = store
        .find(id)
        .flatMap(Commanded::removed)
        .filter(command -> command.state().open());
    if (begun.isEmpty() && !inForce(discount)) {
      throw Conflict.because("The discount is not in force: it was used up, replaced, or refused.");
    }
    Subscription subscription = subscription(discount);
    run(Command.planned(
        commands.nextId(),
        discount.account(),
        CommandKind.REMOVE_DISCOUNT,
        id,
        begun
            .<Map<String, String>>map(Command::params)
            .orElseGet(() ->
                ManualDiscount.removal(subscription.id(), subscription.customerId(), reason, by)),
        commands.now()));
    return get(id);
  }

  private boolean inForce(ManualDiscount discount) {
    Subscription subscription = subscription(discount);
    return discount.status() == Status.GIVEN
        && !subscription.terminal()
        && subscription
            .discount()
            .filter(present -> present.couponId().equals(discount.id()))
            .isPresent();
  }

  private Subscription subscription(ManualDiscount discount) {
    return subscriptions
        .find(discount.account(), discount.subscriptionId())
        .orElseThrow(() -> new NotFound("subscription", discount.subscriptionId()));
  }

  /**
   * One discount.
   *
   * @throws NotFound if there is none with this id
   */
  public ManualDiscount get(String id) {
    return store.find(id).map(ManualDiscount::of).orElseThrow(() -> new NotFound("discount", id));
  }

  /** Discounts, whether they are in force or not, one page as {@link DiscountStore#list}. */
  public List<ManualDiscount> list(
      Optional<AccountId> account, Optional<String> before, int limit) {
    return store.list(account, before, limit).stream().map(ManualDiscount::of).toList();
  }

  private static String hash(AccountId account, String key) {
    return Sha256.hex(account.value() + "\n" + key).substring(0, ID_DIGITS);
  }
}
