package com.tatame.billing.tax;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.PlanPrice;
import com.tatame.billing.catalog.ProductCatalog;
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
import com.tatame.billing.customer.TaxId;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.tax.Taxes.Item;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Use cases: what is added to a price, and an account's numbers with tax authorities. */
public final class Taxation {
  private static final CommandParam<String> TYPE = CommandParam.text("type");
  private static final CommandParam<String> VALUE = CommandParam.text("value");
  private static final Set<String> BAD_PLACE =
      Set.of("customer_tax_location_invalid", "taxes_calculation_failed");
  private static final Set<String> BAD_NUMBER = Set.of("tax_id_invalid", "parameter_unknown");

  private final CatalogInForce catalog;
  private final ProductCatalog products;
  private final TaxIdStore store;
  private final Taxes provider;
  private final Customers customers;
  private final Commands commands;

  public Taxation(
      CatalogInForce catalog,
      ProductCatalog products,
      TaxIdStore store,
      Taxes provider,
      Customers customers,
      Commands commands) {
    this.catalog = catalog;
    this.products = products;
    this.store = store;
    this.provider = provider;
    this.customers = customers;
    this.commands = commands;
  }

  /**
   * What a plan costs a customer at this address, in the default currency.
   *
   * @throws ValidationFailed naming the field, also if the address doesn't tell the tax
   */
  public TaxCalculation preview(String tier, BillingInterval interval, TaxAddress address) {
    return preview(tier, interval, Optional.empty(), address);
  }

  /**
   * As the other, in a currency in which the plan is sold.
   *
   * @param currency empty for the default one
   */
  public TaxCalculation preview(
      String tier, BillingInterval interval, Optional<String> currency, TaxAddress address) {
    Plan plan = catalog
        .get()
        .plan(tier)
        .orElseThrow(() -> ValidationFailed.of("tier", "'" + tier + "' is not a tier; see /plans"));
    PlanPrice price = Optional.ofNullable(plan.prices().get(interval))
        .orElseThrow(
            () -> ValidationFailed.of("interval", "'" + tier + "' is not sold for this interval"));
    Money amount = currency
        .map(code -> price
            .amounts()
            .in(code)
            .orElseThrow(
                () -> ValidationFailed.of("currency", "'" + tier + "' is not sold in " + code)))
        .orElseGet(price::price);
    Item item = new Item(plan.name(), amount, products.productId(price));
    try {
      return provider.calculate(List.of(item), address);
    } catch (ProviderRejected e) {
      if (BAD_PLACE.contains(e.providerCode())) {
        throw ValidationFailed.of("address", "doesn't tell what tax is due; complete it");
      }
      throw e;
    }
  }

  /** One page, as {@link TaxIdStore#list}. */
  public List<TaxId> ids(AccountId account, Optional<String> after, int limit) {
    return store.list(account, after, limit);
  }

  /**
   * Notes a number; the account gets a customer if it has none.
   *
   * @param type as the provider names it, such as {@code eu_vat}
   * @throws ValidationFailed if it can't be one
   */
  public TaxId addId(Principal caller, String type, String value) {
    CustomerLink customer =
        customers.ensure(caller, Optional.empty(), Optional.empty()).link();
    CommandParams params =
        CommandParams.ofCustomer(customer.customerId()).with(TYPE, type).with(VALUE, value);
    try {
      // The target is what is added, so that asking twice at once adds it once.
      String id = run(caller.account(), CommandKind.ADD_TAX_ID, type + ":" + value, params)
          .result()
          .orElseThrow();
      return find(caller.account(), id);
    } catch (ProviderRejected e) {
      if (BAD_NUMBER.contains(e.providerCode())) {
        throw ValidationFailed.of("value", "is not a number of this type");
      }
      throw e;
    }
  }

  /** Deletes a number. */
  public void removeId(AccountId account, String id) {
    if (commands.finishEarlier(CommandKind.REMOVE_TAX_ID).isPresent()) {
      return;
    }
    TaxId taxId = find(account, id);
    String customer = taxId.customerId().orElseThrow(() -> new NotFound("tax id", id));
    run(account, CommandKind.REMOVE_TAX_ID, id, CommandParams.ofCustomer(customer));
  }

  private TaxId find(AccountId account, String id) {
    return store.find(account, id).orElseThrow(() -> new NotFound("tax id", id));
  }

  private Command run(AccountId account, CommandKind kind, String target, CommandParams params) {
    return commands.run(
        Command.planned(commands.nextId(), account, kind, target, params.asMap(), commands.now()));
  }

  /** How numbers are added and deleted, and how that is found. */
  public static Map<CommandKind, CommandHandler> handlers(Taxes provider, CommandSearch search) {
    return Map.of(
        CommandKind.ADD_TAX_ID,
        CommandHandler.of(
            Taxation::customer,
            command -> provider.addId(
                CommandParam.CUSTOMER.get(command),
                TYPE.get(command),
                VALUE.get(command),
                command.idempotencyKey()),
            command -> provider.idsOfCustomer(CommandParam.CUSTOMER.get(command)).stream()
                .filter(seen -> is(seen, command))
                .findFirst()
                .<CommandLookup>map(CommandLookup.Done::new)
                .orElseGet(CommandLookup.Absent::new)),
        CommandKind.REMOVE_TAX_ID,
        CommandHandler.of(
            Taxation::customer,
            command -> provider.removeId(CommandParam.CUSTOMER.get(command), command.target()),
            command -> {
              Observation present = search.read(command, customer(command));
              return present.state().isPresent()
                  ? new CommandLookup.Absent()
                  : new CommandLookup.Done(present);
            }));
  }

  private static boolean is(Observation seen, Command wanted) {
    return seen.state()
        .map(TaxId.class::cast)
        .filter(taxId -> taxId.type().equals(TYPE.get(wanted)))
        .filter(taxId -> taxId.value().equals(VALUE.get(wanted)))
        .isPresent();
  }

  private static Optional<SubjectId> customer(Command command) {
    return Optional.of(new SubjectId(CommandParam.CUSTOMER.get(command)));
  }
}
