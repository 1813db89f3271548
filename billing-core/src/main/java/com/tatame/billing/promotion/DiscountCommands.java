package com.tatame.billing.promotion;

import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandHandler;
import com.tatame.billing.command.CommandJournal;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandLookup;
import com.tatame.billing.command.CommandParam;
import com.tatame.billing.command.CommandSearch;
import com.tatame.billing.command.Commands;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.subscription.Subscription;
import java.util.Map;
import java.util.Optional;

/**
 * How discounts that administrators give are sent, and found. Each has a coupon of its own that can be
 * redeemed once, so that the provider, too, refuses to give it twice.
 */
public final class DiscountCommands {
  private DiscountCommands() {}

  public static Map<CommandKind, CommandHandler> handlers(
      Promotions provider, CommandJournal journal, CommandSearch search) {
    return Map.of(
        CommandKind.GIVE_DISCOUNT,
        CommandHandler.of(
            DiscountCommands::customer,
            command -> give(command, provider, journal),
            command -> found(command, provider, search)),
        CommandKind.REMOVE_DISCOUNT,
        CommandHandler.of(
            DiscountCommands::customer,
            command -> provider.removeDiscounts(subscription(command), command.idempotencyKey()),
            command -> {
              Observation present = present(command, search);
              return search.changed(command, present, !given(command, present));
            }));
  }

  // While this command is open no other of the discount can be, so what is seen here holds until it
  // ends.
  private static Observation give(Command command, Promotions provider, CommandJournal journal) {
    if (journal
        .lastSucceeded(command.account(), command.kind(), command.target())
        .isPresent()) {
      throw Commands.superseded("The discount was given already.");
    }
    if (provider.coupon(command.target()).isEmpty()) {
      provider.createCoupon(
          command.target(),
          ManualDiscount.terms(command),
          command.id().value(),
          command.idempotencyKey() + ":coupon");
    }
    return provider.applyCoupon(subscription(command), command.target(), command.idempotencyKey());
  }

  private static CommandLookup found(Command command, Promotions provider, CommandSearch search) {
    boolean redeemed = provider
        .coupon(command.target())
        .filter(coupon -> coupon.timesRedeemed() > 0)
        .isPresent();
    Observation present = present(command, search);
    return search.changed(command, present, redeemed || given(command, present));
  }

  private static Observation present(Command command, CommandSearch search) {
    return search.read(
        new ObjectRef(ObjectKind.SUBSCRIPTION, subscription(command)), customer(command));
  }

  private static boolean given(Command command, Observation present) {
    return present
        .state()
        .map(Subscription.class::cast)
        .flatMap(Subscription::discount)
        .filter(discount -> discount.couponId().equals(command.target()))
        .isPresent();
  }

  private static String subscription(Command command) {
    return ManualDiscount.SUBSCRIPTION.get(command);
  }

  private static Optional<SubjectId> customer(Command command) {
    return Optional.of(new SubjectId(CommandParam.CUSTOMER.get(command)));
  }
}
