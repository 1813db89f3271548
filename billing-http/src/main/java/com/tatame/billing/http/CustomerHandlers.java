package com.tatame.billing.http;

import com.tatame.billing.customer.CustomerLink;
import com.tatame.billing.customer.Customers;
import com.tatame.billing.customer.Customers.Ensured;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ValidationFailed;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The caller's customer at the payment provider. */
final class CustomerHandlers {
  static final String PATH = "/api/v1/customer";
  private static final int MAX_LENGTH = 255;

  private final Customers customers;

  CustomerHandlers(Customers customers) {
    this.customers = customers;
  }

  record NewCustomer(
      @Doc("Of a new customer; the token's if missing.") @Nullable
      String email,

      @Doc("Of a new customer; the token's if missing.") @Nullable
      String name) {}

  record CustomerAnswer(
      @Doc(value = "Whose customer it is.", example = "user_alice")
      String accountId,

      @Doc(value = "The provider's.", example = "cus_123") String customerId,
      @Nullable String email,
      @Nullable String name,
      Instant createdAt) {
    static CustomerAnswer of(CustomerLink link) {
      return new CustomerAnswer(
          link.accountId().value(),
          link.customerId(),
          link.email().orElse(null),
          link.name().orElse(null),
          link.createdAt());
    }
  }

  Answer ensure(Call call) {
    NewCustomer wanted = call.optionalBody(NewCustomer.class);
    Ensured ensured = customers.ensure(
        call.principal(), email("email", wanted.email()), text("name", wanted.name()));
    CustomerAnswer body = CustomerAnswer.of(ensured.link());
    return ensured.created() ? Answer.created(PATH, body) : Answer.ok(body);
  }

  Answer read(Call call) {
    return Answer.ok(CustomerAnswer.of(customers
        .find(call.account())
        .orElseThrow(() -> new NotFound("customer of account", call.account().value()))));
  }

  static Optional<String> text(String field, @Nullable String value) {
    if (value != null && value.length() > MAX_LENGTH) {
      throw ValidationFailed.of(field, "must have at most " + MAX_LENGTH + " characters");
    }
    return Optional.ofNullable(value).filter(text -> !text.isBlank());
  }

  static Optional<String> email(String field, @Nullable String value) {
    Optional<String> email = text(field, value);
    if (email.filter(address -> !address.matches("[^\\s@]+@[^\\s@]+")).isPresent()) {
      throw ValidationFailed.of(field, "must be an e-mail address");
    }
    return email;
  }
}
