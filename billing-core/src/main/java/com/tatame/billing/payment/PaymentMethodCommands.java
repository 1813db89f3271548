package com.tatame.billing.payment;

import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandHandler;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandLookup;
import com.tatame.billing.command.CommandParam;
import com.tatame.billing.command.CommandParams;
import com.tatame.billing.command.CommandSearch;
import com.tatame.billing.command.Commands;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The frozen form of commands about payment methods, and how they are sent. */
public final class PaymentMethodCommands {
  private static final CommandParam<String> METHOD = CommandParam.text("payment_method");

  private PaymentMethodCommands() {}

  static Map<String, String> params(String customerId) {
    return CommandParams.ofCustomer(customerId).asMap();
  }

  static Map<String, String> params(PaymentMethod method) {
    return CommandParams.ofCustomer(method.customerId())
        .with(METHOD, method.id())
        .asMap();
  }

  /**
   * How payment methods are saved, chosen and removed, and how that is found. One is not removed if it
   * is the last that a living subscription can be charged to, as the provider knows it; while such a
   * command is open no other of the customer can go.
   *
   * @param subscribed whether a customer has a living subscription
   */
  public static Map<CommandKind, CommandHandler> handlers(
      PaymentMethods provider, Predicate<String> subscribed, CommandSearch search) {
    return Map.of(
        CommandKind.BEGIN_SETUP,
        CommandHandler.of(
            command -> Optional.empty(),
            command -> provider.beginSetup(
                command.account(),
                CommandParam.CUSTOMER.get(command),
                command.id().value(),
                command.idempotencyKey()),
            command -> search.made(command, Optional.of(CommandParam.CUSTOMER.get(command)))),
        CommandKind.DEFAULT_PAYMENT_METHOD,
        CommandHandler.of(
            PaymentMethodCommands::customer,
            command -> provider.makeDefault(
                CommandParam.CUSTOMER.get(command), METHOD.get(command), command.idempotencyKey()),
            // It may have been executed in part; doing it again does no harm.
            command -> new CommandLookup.Absent()),
        CommandKind.DETACH_PAYMENT_METHOD,
        CommandHandler.of(
            PaymentMethodCommands::customer,
            command -> removed(provider, subscribed, command),
            command -> {
              ObjectRef method = new ObjectRef(ObjectKind.PAYMENT_METHOD, METHOD.get(command));
              Observation present = search.read(method, customer(command));
              return present.state().isPresent()
                  ? new CommandLookup.Absent()
                  : new CommandLookup.Done(present);
            }));
  }

  private static Observation removed(
      PaymentMethods provider, Predicate<String> subscribed, Command command) {
    String customer = CommandParam.CUSTOMER.get(command);
    String method = METHOD.get(command);
    List<Observation> saved = provider.ofCustomer(customer);
    boolean last = saved.size() == 1 && saved.get(0).object().id().equals(method);
    if (last && subscribed.test(customer)) {
      throw Commands.superseded("It is the last payment method of a living subscription.");
    }
    return provider.detach(customer, method, command.idempotencyKey());
  }

  private static Optional<SubjectId> customer(Command command) {
    return Optional.of(new SubjectId(CommandParam.CUSTOMER.get(command)));
  }
}
