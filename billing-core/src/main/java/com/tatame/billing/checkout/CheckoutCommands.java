package com.tatame.billing.checkout;

import com.tatame.billing.checkout.CheckoutSessions.NewItemCheckout;
import com.tatame.billing.checkout.CheckoutSessions.NewSubscriptionCheckout;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandHandler;
import com.tatame.billing.command.CommandJournal;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandLookup;
import com.tatame.billing.command.CommandSearch;
import com.tatame.billing.command.Commands;
import com.tatame.billing.entitlement.ItemUnits;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.purchase.ItemSales;
import com.tatame.billing.purchase.SaleTerms;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** The frozen form of checkout commands, and how they are sent. */
public final class CheckoutCommands {
  private static final String CUSTOMER = "customer";
  private static final String PRICE = "price";
  private static final String QUANTITY = "quantity";
  private static final String TRIAL_DAYS = "trial_days";
  private static final String TIER = "tier";
  private static final String INTERVAL = "interval";
  private static final String SUCCESS_URL = "success_url";
  private static final String CANCEL_URL = "cancel_url";
  private static final String EMAIL = "email";
  private static final String PROMOTION_CODE = "promotion_code";

  /** The checkout of the same target that came before, and was seen to be closed. */
  private static final String AFTER = "after";

  private CheckoutCommands() {}

  /** These parameters, for a session that follows on another. */
  static Map<String, String> after(Optional<Command> last, Map<String, String> params) {
    Map<String, String> following = new TreeMap<>(params);
    last.ifPresent(before -> following.put(AFTER, before.id().value()));
    return following;
  }

  /** Whether this command, when it was sent, sold just that. */
  static boolean sells(Command command, Map<String, String> params) {
    Map<String, String> sold = new TreeMap<>(command.params());
    sold.remove(AFTER);
    return sold.equals(params);
  }

  static Map<String, String> params(
      ItemSales.Quote quote,
      Optional<String> customer,
      Optional<String> email,
      ItemRequest request) {
    Map<String, String> params = new TreeMap<>(SaleTerms.params(quote));
    customer.ifPresent(id -> params.put(CUSTOMER, id));
    email.ifPresent(address -> params.put(EMAIL, address));
    params.put(SUCCESS_URL, request.successUrl());
    params.put(CANCEL_URL, request.cancelUrl());
    return params;
  }

  static Map<String, String> params(NewSubscriptionCheckout checkout) {
    Map<String, String> params = new TreeMap<>();
    params.put(CUSTOMER, checkout.customerId());
    params.put(PRICE, checkout.priceId());
    params.put(QUANTITY, Long.toString(checkout.quantity()));
    params.put(TRIAL_DAYS, Integer.toString(checkout.trialDays()));
    checkout.tier().ifPresent(tier -> params.put(TIER, tier));
    checkout.interval().ifPresent(interval -> params.put(INTERVAL, interval));
    params.put(SUCCESS_URL, checkout.successUrl());
    params.put(CANCEL_URL, checkout.cancelUrl());
    checkout.promotionCodeId().ifPresent(code -> params.put(PROMOTION_CODE, code));
    return params;
  }

  static Map<String, String> expiryParams(CheckoutSession session) {
    Map<String, String> params = new TreeMap<>();
    session.customerId().ifPresent(customer -> params.put(CUSTOMER, customer));
    return params;
  }

  private static NewSubscriptionCheckout checkout(Command command) {
    Map<String, String> params = command.params();
    return new NewSubscriptionCheckout(
        command.account(),
        required(params, CUSTOMER),
        required(params, PRICE),
        Long.parseLong(required(params, QUANTITY)),
        Integer.parseInt(required(params, TRIAL_DAYS)),
        Optional.ofNullable(params.get(TIER)),
        Optional.ofNullable(params.get(INTERVAL)),
        required(params, SUCCESS_URL),
        required(params, CANCEL_URL),
        Optional.ofNullable(params.get(PROMOTION_CODE)));
  }

  private static NewItemCheckout itemCheckout(Command command, ItemUnits units) {
    Map<String, String> params = command.params();
    return new NewItemCheckout(
        command.account(),
        Optional.ofNullable(params.get(CUSTOMER)),
        Optional.ofNullable(params.get(EMAIL)),
        SaleTerms.of(command, units),
        required(params, SUCCESS_URL),
        required(params, CANCEL_URL));
  }

  private static String required(Map<String, String> params, String name) {
    String value = params.get(name);
    if (value == null) {
      throw new IllegalStateException("a stored checkout command lacks " + name);
    }
    return value;
  }

  /** How sessions are opened and closed. */
  public static Map<CommandKind, CommandHandler> handlers(
      CheckoutSessions provider,
      CommandJournal journal,
      CommandSearch search,
      ItemUnits units,
      Reservations reservations) {
    return Map.of(
        CommandKind.CREATE_CHECKOUT,
        handler(
            command -> {
              refuseOvertaken(command, journal);
              return provider.create(
                  checkout(command), command.id().value(), command.idempotencyKey());
            },
            command -> search.made(command, Optional.of(required(command.params(), CUSTOMER)))),
        CommandKind.CREATE_ITEM_CHECKOUT,
        handler(
            command -> {
              refuseOvertaken(command, journal);
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
    Optional<String> customer = Optional.ofNullable(command.params().get(CUSTOMER));
    return customer.isPresent() ? search.made(command, customer) : new CommandLookup.Absent();
  }

  // A session is not opened if another one of the target was opened after the decision, since
  // nobody has closed that one. While a command is open no other can be, so what is seen here holds
  // until it ends.
  private static void refuseOvertaken(Command command, CommandJournal journal) {
    Optional<String> last = journal
        .lastSucceeded(command.account(), command.kind(), command.target())
        .map(before -> before.id().value());
    if (!last.equals(Optional.ofNullable(command.params().get(AFTER)))) {
      throw Commands.superseded("Another checkout was opened meanwhile; try again.");
    }
  }

  private static Optional<SubjectId> subject(Command command) {
    return Optional.ofNullable(command.params().get(CUSTOMER)).map(SubjectId::new);
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
