package com.tatame.billing.customer;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.BillingRoles;
import com.tatame.billing.account.Principal;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandHandler;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandLookup;
import com.tatame.billing.command.CommandParam;
import com.tatame.billing.command.CommandParams;
import com.tatame.billing.command.CommandSearch;
import com.tatame.billing.command.Commands;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Use cases: the caller's customer at the provider. */
public final class Customers {
  private static final String TARGET = "customer";
  private static final CommandParam<String> EMAIL = CommandParam.text("email");
  private static final CommandParam<String> NAME = CommandParam.text("name");

  private final CustomerStore store;
  private final Commands commands;
  private final BillingRoles billingRoles;
  private final BiConsumer<AccountId, String> localeChanged;

  /**
   * Wires the use cases.
   *
   * @param billingRoles who decides about an organisation's money
   * @param localeChanged receives the language that an account asked for
   */
  public Customers(
      CustomerStore store,
      Commands commands,
      BillingRoles billingRoles,
      BiConsumer<AccountId, String> localeChanged) {
    this.store = store;
    this.commands = commands;
    this.billingRoles = billingRoles;
    this.localeChanged = localeChanged;
  }

  /**
   * Refuses a member of an organisation whose role doesn't decide about its money.
   *
   * @throws com.tatame.billing.failure.Forbidden naming the roles that do
   */
  public void requireBillingRole(Principal caller) {
    billingRoles.require(caller);
  }

  /** A customer that is there now, and whether this call made it. */
  public record Ensured(CustomerLink link, boolean created) {}

  public Optional<CustomerLink> find(AccountId account) {
    return store.find(account);
  }

  /**
   * Returns the account's customer, and makes one if it has none: one, however many ask at once and
   * wherever earlier attempts died.
   *
   * @param email of a new customer; empty takes the caller's
   * @param name of a new customer; empty takes the caller's
   * @throws com.tatame.billing.failure.Forbidden if the caller is a member of an organisation without a
   *     billing role
   */
  public Ensured ensure(Principal caller, Optional<String> email, Optional<String> name) {
    requireBillingRole(caller);
    Optional<CustomerLink> existing = store.find(caller.account());
    if (existing.isPresent()) {
      return new Ensured(existing.get(), commands.begunEarlier(CommandKind.CREATE_CUSTOMER));
    }
    if (!caller.isApiKey()) {
      store.rememberUser(caller);
    }
    Command planned = Command.planned(
        commands.nextId(),
        caller.account(),
        CommandKind.CREATE_CUSTOMER,
        TARGET,
        CommandParams.none()
            .with(EMAIL, email.or(caller::email))
            .with(NAME, name.or(caller::name))
            .asMap(),
        commands.now());
    boolean created = ran(planned);
    CustomerLink link = store
        .find(caller.account())
        .orElseThrow(
            () -> Conflict.because("The new customer is linked to another account already."));
    return new Ensured(link, created);
  }

  /**
   * Changes what the provider writes on the account's invoices and where it sends them. The address is
   * kept by the provider alone, and so is the locale where accounts are sent no mails.
   *
   * @return the customer as it is then
   * @throws NotFound if the account has no customer yet
   * @throws ValidationFailed naming every field at fault
   */
  public CustomerLink update(AccountId account, CustomerUpdate update) {
    update.requireValid();
    CustomerLink link = find(account).orElseThrow(() -> noCustomer(account));
    commands.run(Command.planned(
        commands.nextId(),
        account,
        CommandKind.UPDATE_CUSTOMER,
        link.customerId(),
        CustomerUpdateCommand.params(link.customerId(), update).asMap(),
        commands.now()));
    update.locale().ifPresent(locale -> localeChanged.accept(account, locale));
    return find(account).orElseThrow(() -> noCustomer(account));
  }

  private static NotFound noCustomer(AccountId account) {
    return new NotFound("customer of account", account.value());
  }

  // Whether this request made the customer.
  private boolean ran(Command planned) {
    try {
      return commands.run(planned).answers(planned);
    } catch (ProviderRejected e) {
      if (Commands.wasSuperseded(e)) {
        return false;
      }
      throw e;
    }
  }

  /**
   * How the creation of a customer is sent: not at all if the account got one since it was looked
   * for.
   */
  public static Map<CommandKind, CommandHandler> handlers(
      CustomerAccounts provider, CustomerStore store, CommandSearch search) {
    return Map.of(CommandKind.CREATE_CUSTOMER, new CommandHandler() {
      @Override
      public Optional<SubjectId> subject(Command command) {
        return Optional.empty();
      }

      @Override
      public Observation send(Command command) {
        if (store.find(command.account()).isPresent()) {
          throw Commands.superseded("The account has a customer already.");
        }
        return provider.create(
            new CustomerAccounts.NewCustomer(
                command.account(), EMAIL.find(command), NAME.find(command)),
            command.id().value(),
            command.idempotencyKey());
      }

      @Override
      public CommandLookup find(Command command) {
        return search.made(command, Optional.empty());
      }
    });
  }
}
