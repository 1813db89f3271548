package com.tatame.billing.customer;

import com.tatame.billing.account.AccountId;
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
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import java.util.Map;
import java.util.Optional;

/** Use cases: the caller's customer at the provider. */
public final class Customers {
  private static final String TARGET = "customer";
  private static final CommandParam<String> EMAIL = CommandParam.text("email");
  private static final CommandParam<String> NAME = CommandParam.text("name");

  private final CustomerStore store;
  private final Commands commands;

  public Customers(CustomerStore store, Commands commands) {
    this.store = store;
    this.commands = commands;
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
   */
  public Ensured ensure(Principal caller, Optional<String> email, Optional<String> name) {
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
