package com.tatame.billing.customer;

import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandHandler;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandParam;
import com.tatame.billing.command.CommandParams;
import com.tatame.billing.command.CommandSearch;
import com.tatame.billing.customer.CustomerUpdate.Field;
import com.tatame.billing.observation.SubjectId;
import java.util.Map;
import java.util.Optional;

/**
 * The frozen form of changes of a customer, and how they are sent. What stays has no parameter, and
 * what is cleared has an empty one.
 */
public final class CustomerUpdateCommand {
  private static final CommandParam<String> EMAIL = CommandParam.text("email");
  private static final CommandParam<String> NAME = CommandParam.text("name");
  private static final CommandParam<String> LOCALE = CommandParam.text("locale");
  private static final CommandParam<String> LINE1 = CommandParam.text("address_line1");
  private static final CommandParam<String> LINE2 = CommandParam.text("address_line2");
  private static final CommandParam<String> CITY = CommandParam.text("address_city");
  private static final CommandParam<String> STATE = CommandParam.text("address_state");
  private static final CommandParam<String> POSTAL_CODE = CommandParam.text("address_postal_code");

  // Empty without the others stands for an address that is cleared.
  private static final CommandParam<String> COUNTRY = CommandParam.text("address_country");

  private CustomerUpdateCommand() {}

  static CommandParams params(String customerId, CustomerUpdate update) {
    CommandParams params = CommandParams.ofCustomer(customerId);
    write(params, EMAIL, update.email());
    write(params, NAME, update.name());
    params.with(LOCALE, update.locale());
    if (update.address().given()) {
      params.with(COUNTRY, update.address().value().map(PostalAddress::country).orElse(""));
    }
    update
        .address()
        .value()
        .ifPresent(address -> params
            .with(LINE1, address.line1())
            .with(LINE2, address.line2())
            .with(CITY, address.city())
            .with(STATE, address.state())
            .with(POSTAL_CODE, address.postalCode()));
    return params;
  }

  private static void write(CommandParams params, CommandParam<String> param, Field<String> field) {
    if (field.given()) {
      params.with(param, field.value().orElse(""));
    }
  }

  private static CustomerUpdate read(Command command) {
    return new CustomerUpdate(
        read(command, EMAIL), read(command, NAME), LOCALE.find(command), address(command));
  }

  private static Field<String> read(Command command, CommandParam<String> param) {
    Optional<String> stored = param.find(command);
    return new Field<>(stored.isPresent(), stored.filter(text -> !text.isEmpty()));
  }

  private static Field<PostalAddress> address(Command command) {
    Field<String> country = read(command, COUNTRY);
    return new Field<>(
        country.given(),
        country
            .value()
            .map(code -> new PostalAddress(
                LINE1.find(command),
                LINE2.find(command),
                CITY.find(command),
                STATE.find(command),
                POSTAL_CODE.find(command),
                code)));
  }

  /** How a customer is changed, and how that is found: the last change alone can be open. */
  public static Map<CommandKind, CommandHandler> handlers(
      CustomerDetails provider, CommandSearch search) {
    return Map.of(
        CommandKind.UPDATE_CUSTOMER,
        CommandHandler.of(
            CustomerUpdateCommand::customer,
            command -> provider.update(
                CommandParam.CUSTOMER.get(command), read(command), command.idempotencyKey()),
            // Not all of it is kept here, so only an event tells.
            command -> search.changed(command, search.read(command, customer(command)), false)));
  }

  private static Optional<SubjectId> customer(Command command) {
    return Optional.of(new SubjectId(CommandParam.CUSTOMER.get(command)));
  }
}
