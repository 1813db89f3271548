package com.tatame.billing.http;

import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.NOT_FOUND;
import static com.tatame.billing.http.ProblemCode.PROVIDER_REJECTED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_UNAVAILABLE;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.patch;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.BILLING;

import com.tatame.billing.checkout.Checkouts;
import com.tatame.billing.customer.CustomerLink;
import com.tatame.billing.customer.CustomerUpdate;
import com.tatame.billing.customer.CustomerUpdate.Field;
import com.tatame.billing.customer.Customers;
import com.tatame.billing.customer.Customers.Ensured;
import com.tatame.billing.customer.PostalAddress;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ValidationFailed;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The caller's customer at the payment provider. */
final class CustomerHandlers {
  static final String PATH = "/api/v1/customer";

  private final Customers customers;
  private final Checkouts checkouts;

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
            .by(to -> to.get(CustomerHandlers.class)::read),
        patch(PATH, SIGNED_IN, BILLING)
            .is("Customer", "Change what invoices say and where they are sent")
            .takes(CustomerChange.class)
            .answers(reply(
                200,
                CustomerAnswer.class,
                "The customer; address and locale are with the provider."))
            .refuses(NOT_FOUND, CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.get(CustomerHandlers.class)::change));
  }

  CustomerHandlers(Customers customers, Checkouts checkouts) {
    this.customers = customers;
    this.checkouts = checkouts;
  }

  record NewCustomer(
      @Doc("Of a new customer; the token's if missing.") @Nullable
      String email,

      @Doc("Of a new customer; the token's if missing.") @Nullable
      String name) {}

  record CustomerChange(
      @Doc("Where invoices and receipts are sent; null clears it, and without it it stays.")
      @Nullable
      String billingEmail,

      @Doc("Whom invoices are made out to; null clears it, and without it it stays.") @Nullable
      String name,

      @Doc(
          value = "The language of invoices and mails: a tag of BCP 47; without it it stays.",
          example = "pt-BR")
      @Nullable
      String locale,

      @Doc("Replaces the whole address; null clears it, and without it it stays.") @Nullable
      CustomerAddress address) {}

  record CustomerAddress(
      @Nullable String line1,
      @Nullable String line2,
      @Nullable String city,

      @Doc(value = "As the country divides itself.", example = "SP") @Nullable
      String state,

      @Nullable String postalCode,

      @Doc(value = "ISO 3166-1, two letters.", example = "BR")
      String country) {
    // A missing field of the body is null here, whatever its type says.
    @SuppressWarnings("ConstantValue")
    PostalAddress read() {
      return new PostalAddress(
          Optional.ofNullable(line1),
          Optional.ofNullable(line2),
          Optional.ofNullable(city),
          Optional.ofNullable(state),
          Optional.ofNullable(postalCode),
          country == null ? "" : country);
    }
  }

  record CustomerAnswer(
      @Doc(value = "Whose customer it is.", example = "user_alice")
      String accountId,

      @Doc(value = "The provider's.", example = "cus_123") String customerId,
      @Nullable String email,
      @Nullable String name,

      @Doc(
          value =
              "In which the account pays: that of its first purchase. Null before it, and where the catalog sells in one currency alone.",
          example = "eur")
      @Nullable
      String currency,

      Instant createdAt) {
    static CustomerAnswer of(CustomerLink link, Optional<String> currency) {
      return new CustomerAnswer(
          link.accountId().value(),
          link.customerId(),
          link.email().orElse(null),
          link.name().orElse(null),
          currency.orElse(null),
          link.createdAt());
    }
  }

  private CustomerAnswer answer(CustomerLink link) {
    return CustomerAnswer.of(link, checkouts.currency(link.accountId()));
  }

  Answer ensure(Call call) {
    NewCustomer wanted = call.optionalBody(NewCustomer.class);
    Ensured ensured = customers.ensure(
        call.principal(),
        RequestFields.email("email", wanted.email()),
        RequestFields.text("name", wanted.name()));
    CustomerAnswer body = answer(ensured.link());
    return ensured.created() ? Answer.created(PATH, body) : Answer.ok(body);
  }

  Answer read(Call call) {
    return Answer.ok(answer(customers
        .find(call.account())
        .orElseThrow(() -> new NotFound("customer of account", call.account().value()))));
  }

  Answer change(Call call) {
    CustomerChange wanted = call.body(CustomerChange.class);
    Set<String> given = call.bodyNames();
    if (given.contains("locale") && wanted.locale() == null) {
      throw ValidationFailed.of("locale", "can't be cleared; leave it out");
    }
    CustomerUpdate update = new CustomerUpdate(
        new Field<>(given.contains("billingEmail"), Optional.ofNullable(wanted.billingEmail())),
        new Field<>(given.contains("name"), Optional.ofNullable(wanted.name())),
        Optional.ofNullable(wanted.locale()),
        new Field<>(
            given.contains("address"),
            Optional.ofNullable(wanted.address()).map(CustomerAddress::read)));
    return Answer.ok(answer(customers.update(call.account(), update)));
  }
}
