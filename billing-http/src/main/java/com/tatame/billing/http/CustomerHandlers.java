package com.tatame.billing.http;

import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.Effect.BILLING;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.NOT_FOUND;
import static com.tatame.billing.http.ProblemCode.PROVIDER_REJECTED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_UNAVAILABLE;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;

import com.tatame.billing.customer.CustomerLink;
import com.tatame.billing.customer.Customers;
import com.tatame.billing.customer.Customers.Ensured;
import com.tatame.billing.failure.NotFound;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The caller's customer at the payment provider. */
final class CustomerHandlers {
  static final String PATH = "/api/v1/customer";

  private final Customers customers;

  static List<Route> routes() {
    return List.of(
        post(PATH, SIGNED_IN, BILLING)
            .is("Customer", "Create the caller's customer, or read it")
            .takes(NewCustomer.class)
            .answers(
                reply(200, CustomerAnswer.class, "It was there."),
                reply(201, CustomerAnswer.class, "It is new."))
            .refuses(CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.get(CustomerHandlers.class)::ensure),
        get(PATH, SIGNED_IN)
            .is("Customer", "Read the caller's customer")
            .answers(reply(200, CustomerAnswer.class, "The customer."))
            .refuses(NOT_FOUND)
            .by(to -> to.get(CustomerHandlers.class)::read));
  }

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
        call.principal(),
        RequestFields.email("email", wanted.email()),
        RequestFields.text("name", wanted.name()));
    CustomerAnswer body = CustomerAnswer.of(ensured.link());
    return ensured.created() ? Answer.created(PATH, body) : Answer.ok(body);
  }

  Answer read(Call call) {
    return Answer.ok(CustomerAnswer.of(customers
        .find(call.account())
        .orElseThrow(() -> new NotFound("customer of account", call.account().value()))));
  }
}
