package com.tatame.billing.checkout;

import com.tatame.billing.checkout.CheckoutSessions.NewItemCheckout;
import com.tatame.billing.checkout.CheckoutSessions.NewSubscriptionCheckout;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandHandler;
import com.tatame.billing.command.CommandJournal;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandLookup;
import com.tatame.billing.command.CommandParam;
import com.tatame.billing.command.CommandParams;
import com.tatame.billing.command.CommandSearch;
import com.tatame.billing.command.Commands;
import com.tatame.billing.entitlement.ItemUnits;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.purchase.ItemSales;
import com.tatame.billing.purchase.SaleTerms;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** The frozen form of checkout commands, and how they are sent. */
public final class CheckoutCommands {
  private static final CommandParam<String> PRICE = CommandParam.text("price");
  private static final CommandParam<Long> QUANTITY = CommandParam.number("quantity");
  private static final CommandParam<Integer> TRIAL_DAYS = CommandParam.integer("trial_days");
  private static final CommandParam<String> TIER = CommandParam.text("tier");
  private static final CommandParam<String> INTERVAL = CommandParam.text("interval");
  private static final CommandParam<String> SUCCESS_URL = CommandParam.text("success_url");
  private static final CommandParam<String> CANCEL_URL = CommandParam.text("cancel_url");
  private static final CommandParam<String> EMAIL = CommandParam.text("email");
  private static final CommandParam<String> PROMOTION_CODE = CommandParam.text("promotion_code");

  /** The checkout of the same target that came before, and was seen to be closed. */
  private static final CommandParam<String> AFTER = CommandParam.text("after");

  private CheckoutCommands() {}

  /** These parameters, for a session that follows on another. */
  static Map<String, String> after(Optional<Command> last, Map<String, String> params) {
    return CommandParams.of(params)
        .with(AFTER, last.map(before -> before.id().value()))
        .asMap();
  }

  /** Whether this command, when it was sent, sold just that. */
  static boolean sells(Command command, Map<String, String> params) {
    return CommandParams.of(command.params()).without(AFTER).asMap().equals(params);
  }

  static Map<String, String> params(
      ItemSales.Quote quote,
      Optional<String> customer,
      Optional<String> email,
      ItemRequest request) {
    return SaleTerms.params(quote)
        .with(CommandParam.CUSTOMER, customer)
        .with(EMAIL, email)
        .with(SUCCESS_URL, request.successUrl())
        .with(CANCEL_URL, request.cancelUrl())
        .asMap();
  }

  static Map<String, String> params(NewSubscriptionCheckout checkout) {
    return CommandParams.ofCustomer(checkout.customerId())
        .with(PRICE, checkout.priceId())
        .with(QUANTITY, checkout.quantity())
        .with(TRIAL_DAYS, checkout.trialDays())
        .with(TIER, checkout.tier())
        .with(INTERVAL, checkout.interval())
        .with(SUCCESS_URL, checkout.successUrl())
        .with(CANCEL_URL, checkout.cancelUrl())
        .with(PROMOTION_CODE, checkout.promotionCodeId())
        .with(SaleTerms.CURRENCY, checkout.currency())
        .asMap();
  }

  static Map<String, String> expiryParams(CheckoutSession session) {
    return CommandParams.none()
        .with(CommandParam.CUSTOMER, session.customerId())
        .asMap();
  }

  private static NewSubscriptionCheckout checkout(Command command) {
    return new NewSubscriptionCheckout(
        command.account(),
        CommandParam.CUSTOMER.get(command),
        PRICE.get(command),
        QUANTITY.get(command),
        TRIAL_DAYS.get(command),
        TIER.find(command),
        INTERVAL.find(command),
        SUCCESS_URL.get(command),
        CANCEL_URL.get(command),
        PROMOTION_CODE.find(command),
        SaleTerms.CURRENCY.find(command));
  }

  private static NewItemCheckout itemCheckout(Command command, ItemUnits units) {
    return new NewItemCheckout(
        command.account(),
        CommandParam.CUSTOMER.find(command),
        EMAIL.find(command),
        SaleTerms.of(command, units),
        SUCCESS_URL.get(command),
        CANCEL_URL.get(command));
  }

  /** How sessions are opened and closed. */
  public static Map<CommandKind, CommandHandler> handlers(
      CheckoutSessions provider,
      CommandJournal journal,
      CommandSearch search,
      ItemUnits units,
      Reservations reservations,
      OpenSales sales) {
    return Map.of(
        CommandKind.CREATE_CHECKOUT,
        handler(
            command -> {
              refuseOvertaken(command, journal);
              sales.refuseSecondCurrency(command);
              return provider.create(
                  checkout(command), command.id().value(), command.idempotencyKey());
            },
            command -> search.made(command, Optional.of(CommandParam.CUSTOMER.get(command)))),
        CommandKind.CREATE_ITEM_CHECKOUT,
        handler(
            command -> {
              refuseOvertaken(command, journal);
              sales.refuseSecondCurrency(command);
              return provider.create(
                  itemCheckout(command, units), command.id().value(), command.idempotencyKey());
            },
            command -> madeForItem(command, search),
            reservations::examine),
        CommandKind.EXPIRE_CHECKOUT,
        handler(command -> provider.expire(command.target(), command.idempotencyKey()), command -> {
          Observation present = search.read(command, subject(command));
          boolean expired = present
              .state()
              .map(CheckoutSession.class::cast)
              .filter(session -> session.status() == CheckoutSession.Status.EXPIRED)
              .isPresent();
          return search.changed(command, present, expired);
        }));
  }

  // A guest's sessions can't be listed, but one whose URL was never answered can't be paid either.
  private static CommandLookup madeForItem(Command command, CommandSearch search) {
    Optional<String> customer = CommandParam.CUSTOMER.find(command);
    return customer.isPresent() ? search.made(command, customer) : new CommandLookup.Absent();
  }

  // A session is not opened if another one of the target was opened after the decision, since
  // that one is still open. While a command is open no other can be, so what is seen here holds
  // until it ends.
  private static void refuseOvertaken(Command command, CommandJournal journal) {
    Optional<String> last = journal
        .lastSucceeded(command.account(), command.kind(), command.target())
        .map(before -> before.id().value());
    if (!last.equals(AFTER.find(command))) {
      throw Commands.superseded("Another checkout was opened meanwhile; try again.");
    }
  }

  private static Optional<SubjectId> subject(Command command) {
    return CommandParam.CUSTOMER.find(command).map(SubjectId::new);
  }

  private static CommandHandler handler(
      Function<Command, Observation> send, Function<Command, CommandLookup> find) {
    return handler(send, find, command -> {});
  }

  private static CommandHandler handler(
      Function<Command, Observation> send,
      Function<Command, CommandLookup> find,
      Consumer<Command> rejected) {
    return new CommandHandler() {
      @Override
      public Optional<SubjectId> subject(Command command) {
        return CheckoutCommands.subject(command);
      }

      @Override
      public Observation send(Command command) {
        return send.apply(command);
      }

      @Override
      public CommandLookup find(Command command) {
        return find.apply(command);
      }

      @Override
      public void rejected(Command command) {
        rejected.accept(command);
      }
    };
  }
}
