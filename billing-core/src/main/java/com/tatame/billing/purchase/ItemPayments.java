package com.tatame.billing.purchase;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.catalog.ItemSale;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandHandler;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandLookup;
import com.tatame.billing.command.CommandParam;
import com.tatame.billing.command.CommandParams;
import com.tatame.billing.command.CommandSearch;
import com.tatame.billing.command.Commands;
import com.tatame.billing.customer.CustomerLink;
import com.tatame.billing.customer.Customers;
import com.tatame.billing.entitlement.ItemUnits;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.Observations;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.payment.PaymentIntentControl;
import com.tatame.billing.payment.PaymentIntentStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Use cases: payments that an application takes on a page of its own, for items of the catalog or,
 * if an administrator says so, for any amount.
 */
public final class ItemPayments {
  /** The target of payments that sell nothing of the catalog. */
  public static final String RAW = "amount";

  private static final long MAX_AMOUNT = 99_999_999;

  private final ItemSales sales;
  private final CurrencyGuard currency;
  private final Customers customers;
  private final PaymentIntentStore payments;
  private final PaymentIntentControl provider;
  private final Commands commands;
  private final Observations observations;

  /**
   * @param currency ends what could be paid in another one
   */
  public ItemPayments(
      ItemSales sales,
      CurrencyGuard currency,
      Customers customers,
      PaymentIntentStore payments,
      PaymentIntentControl provider,
      Commands commands,
      Observations observations) {
    this.sales = sales;
    this.currency = currency;
    this.customers = customers;
    this.payments = payments;
    this.provider = provider;
    this.commands = commands;
    this.observations = observations;
  }

  /**
   * A payment as it is now.
   *
   * @param clientSecret with which the payer's page goes on
   */
  public record Payment(PaymentIntent intent, Optional<String> clientSecret) {
    @Override
    public String toString() {
      return "Payment[" + intent.id() + "]";
    }
  }

  /** A payment that was begun, or the purchase itself if there is nothing to pay. */
  public record Begun(Optional<Payment> payment, Optional<Purchase> free) {}

  /**
   * Begins to sell an item at what it costs the caller.
   *
   * @param key under which what is free is given once; empty if it is never repeated
   * @throws ValidationFailed if the catalog has no such item
   * @throws com.tatame.billing.failure.Forbidden if the caller is a member of an organisation without a
   *     billing role
   */
  public Begun begin(Principal caller, String itemId, Optional<String> key) {
    return begin(caller, itemId, Optional.empty(), key);
  }

  /**
   * As the other, in a currency.
   *
   * @param wanted empty for the account's own, or else the default
   * @throws ValidationFailed also if the item is not sold in it
   * @throws com.tatame.billing.failure.Conflict {@code currency_fixed} if the account pays in another
   */
  public Begun begin(
      Principal caller, String itemId, Optional<String> wanted, Optional<String> key) {
    customers.requireBillingRole(caller);
    ItemSales.Offer offer = sales.offer(caller, itemId, wanted, key);
    if (offer.given().isPresent()) {
      return new Begun(Optional.empty(), offer.given().map(ItemSales.Given::purchase));
    }
    currency.require(
        caller.account(), offer.quote().orElseThrow().price().amount().currency());
    CommandParams params = SaleTerms.params(offer.quote().orElseThrow())
        .with(
            CommandParam.CUSTOMER,
            customers.ensure(caller, Optional.empty(), Optional.empty()).link().customerId());
    return begin(caller.account(), "item:" + itemId, params);
  }

  /**
   * Begins a payment of any amount. Whether the caller may is the caller's to check.
   *
   * @throws ValidationFailed naming what can't be paid
   */
  public Begun begin(AccountId account, Money amount) {
    if (amount.amount() < 1 || amount.amount() > MAX_AMOUNT) {
      throw ValidationFailed.of("amount", "must be from 1 to " + MAX_AMOUNT + ", in minor units");
    }
    CommandParams params = CommandParams.none()
        .with(SaleTerms.AMOUNT, amount.amount())
        .with(SaleTerms.CURRENCY, amount.currency())
        .with(CommandParam.CUSTOMER, customers.find(account).map(CustomerLink::customerId));
    return begin(account, RAW, params);
  }

  private Begun begin(AccountId account, String target, CommandParams params) {
    Command done = commands.run(Command.planned(
        commands.nextId(),
        account,
        CommandKind.CREATE_PAYMENT_INTENT,
        target,
        params.asMap(),
        commands.now()));
    return new Begun(Optional.of(get(account, done.result().orElseThrow())), Optional.empty());
  }

  /**
   * One of the account's payments, as the provider holds it now.
   *
   * @throws NotFound if the account has no such payment
   */
  public Payment get(AccountId account, String id) {
    PaymentIntent known = find(account, id);
    List<String> secrets = new ArrayList<>();
    observations.observe(Optional.of(known.subject()), () -> {
      PaymentIntentControl.Handle handle = provider.read(id);
      handle.clientSecret().ifPresent(secrets::add);
      return handle.observation();
    });
    return new Payment(find(account, id), secrets.stream().findFirst());
  }

  /**
   * Ends a payment that is not paid, unless it has ended.
   *
   * @throws NotFound if the account has no such payment
   * @throws com.tatame.billing.failure.ProviderRejected if it is paid, or about to be
   */
  public void cancel(AccountId account, String id) {
    PaymentIntent known = find(account, id);
    if (known.status() == PaymentIntent.Status.CANCELED) {
      return;
    }
    commands.run(Command.planned(
        commands.nextId(),
        account,
        CommandKind.CANCEL_PAYMENT_INTENT,
        known.id(),
        Map.of(),
        commands.now()));
  }

  private PaymentIntent find(AccountId account, String id) {
    return payments.find(account, id).orElseThrow(() -> new NotFound("payment intent", id));
  }

  /**
   * How the creation of a payment is sent, and found.
   *
   * @param guard throws if what a command sells may not be sold after all
   */
  public static Map<CommandKind, CommandHandler> handlers(
      PaymentIntentControl provider,
      CommandSearch search,
      ItemUnits units,
      Consumer<Command> guard,
      Consumer<Command> rejected) {
    CommandHandler create = new CommandHandler() {
      @Override
      public Optional<SubjectId> subject(Command command) {
        return Optional.empty();
      }

      @Override
      public Observation send(Command command) {
        if (!command.target().equals(RAW)) {
          guard.accept(command);
        }
        return provider.create(
            payment(command, units), command.id().value(), command.idempotencyKey());
      }

      // One that belongs to no customer can't be listed; but it moves no money without its secret,
      // which was never answered.
      @Override
      public CommandLookup find(Command command) {
        Optional<String> customer = CommandParam.CUSTOMER.find(command);
        return customer.isPresent() ? search.made(command, customer) : new CommandLookup.Absent();
      }

      @Override
      public void rejected(Command command) {
        rejected.accept(command);
      }
    };
    return Map.of(
        CommandKind.CREATE_PAYMENT_INTENT,
        create,
        CommandKind.CANCEL_PAYMENT_INTENT,
        CommandHandler.of(
            command -> Optional.of(new SubjectId(command.target())),
            command -> provider.cancel(command.target(), command.idempotencyKey()),
            command -> canceled(command, search)));
  }

  private static CommandLookup canceled(Command command, CommandSearch search) {
    Observation present = search.read(command, Optional.empty());
    boolean canceled = present
        .state()
        .map(PaymentIntent.class::cast)
        .filter(payment -> payment.status() == PaymentIntent.Status.CANCELED)
        .isPresent();
    return search.changed(command, present, canceled);
  }

  private static PaymentIntentControl.NewPayment payment(Command command, ItemUnits units) {
    Optional<String> customer = CommandParam.CUSTOMER.find(command);
    if (!command.target().equals(RAW)) {
      SaleTerms terms = SaleTerms.of(command, units);
      return payment(
          command, customer, terms.amount(), Optional.of(terms.name()), Optional.of(terms.sale()));
    }
    Money amount = new Money(SaleTerms.AMOUNT.get(command), SaleTerms.CURRENCY.get(command));
    return payment(command, customer, amount, Optional.empty(), Optional.empty());
  }

  private static PaymentIntentControl.NewPayment payment(
      Command command,
      Optional<String> customer,
      Money amount,
      Optional<String> description,
      Optional<ItemSale> sale) {
    return new PaymentIntentControl.NewPayment(
        command.account(), customer, amount, description, sale);
  }
}
