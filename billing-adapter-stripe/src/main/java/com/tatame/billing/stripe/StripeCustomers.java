package com.tatame.billing.stripe;

import com.stripe.net.RequestOptions;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.CustomerListParams;
import com.stripe.param.CustomerUpdateParams;
import com.stripe.param.common.EmptyParam;
import com.tatame.billing.customer.CustomerAccounts;
import com.tatame.billing.customer.CustomerDetails;
import com.tatame.billing.customer.CustomerList;
import com.tatame.billing.customer.CustomerUpdate;
import com.tatame.billing.customer.PostalAddress;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.Observation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Creates, changes and lists customers. */
final class StripeCustomers implements CustomerAccounts, CustomerDetails, CustomerList {
  private static final String CREATE = "customers.create";
  private static final String UPDATE = "customers.update";
  private static final String LIST = "customers.list";
  private static final String MISSING = "resource_missing";

  private final StripeCalls calls;
  private final StripeReads reads;

  StripeCustomers(StripeCalls calls, StripeReads reads) {
    this.calls = calls;
    this.reads = reads;
  }

  @Override
  public Observation create(NewCustomer customer, String commandId, String idempotencyKey) {
    CustomerCreateParams.Builder params = CustomerCreateParams.builder()
        .putMetadata(Metadata.ACCOUNT, customer.account().value())
        .putMetadata(Metadata.COMMAND, commandId);
    customer.email().ifPresent(params::setEmail);
    customer.name().ifPresent(params::setName);
    RequestOptions options =
        RequestOptions.builder().setIdempotencyKey(idempotencyKey).build();
    StripeResult answer =
        calls.send(CREATE, client -> client.v1().customers().create(params.build(), options));
    return reads.answered(CREATE, ObjectKind.CUSTOMER, answer);
  }

  @Override
  public Observation update(String customerId, CustomerUpdate update, String idempotencyKey) {
    CustomerUpdateParams.Builder params = CustomerUpdateParams.builder();
    if (update.email().given()) {
      update
          .email()
          .value()
          .ifPresentOrElse(params::setEmail, () -> params.setEmail(EmptyParam.EMPTY));
    }
    if (update.name().given()) {
      update
          .name()
          .value()
          .ifPresentOrElse(params::setName, () -> params.setName(EmptyParam.EMPTY));
    }
    update.locale().ifPresent(params::addPreferredLocale);
    if (update.address().given()) {
      update
          .address()
          .value()
          .ifPresentOrElse(
              address -> params.setAddress(address(address)),
              () -> params.setAddress(EmptyParam.EMPTY));
    }
    RequestOptions options =
        RequestOptions.builder().setIdempotencyKey(idempotencyKey).build();
    StripeResult answer = calls.send(
        UPDATE, client -> client.v1().customers().update(customerId, params.build(), options));
    return reads.answered(UPDATE, ObjectKind.CUSTOMER, answer);
  }

  // Every part is sent, so that none stays of the address before.
  private static CustomerUpdateParams.Address address(PostalAddress address) {
    CustomerUpdateParams.Address.Builder parts =
        CustomerUpdateParams.Address.builder().setCountry(address.country());
    address.line1().ifPresentOrElse(parts::setLine1, () -> parts.setLine1(EmptyParam.EMPTY));
    address.line2().ifPresentOrElse(parts::setLine2, () -> parts.setLine2(EmptyParam.EMPTY));
    address.city().ifPresentOrElse(parts::setCity, () -> parts.setCity(EmptyParam.EMPTY));
    address.state().ifPresentOrElse(parts::setState, () -> parts.setState(EmptyParam.EMPTY));
    address
        .postalCode()
        .ifPresentOrElse(parts::setPostalCode, () -> parts.setPostalCode(EmptyParam.EMPTY));
    return parts.build();
  }

  /** Whether Stripe goes on behind a customer that was deleted is nowhere promised. */
  @Override
  public List<Observation> page(Optional<Cursor> after, int limit) {
    try {
      return listed(after.map(Cursor::customerId), Optional.empty(), limit);
    } catch (ProviderRejected e) {
      if (after.isEmpty() || !e.providerCode().equals(MISSING)) {
        throw e;
      }
      return listed(Optional.empty(), after.flatMap(Cursor::createdAt), limit);
    }
  }

  private List<Observation> listed(Optional<String> after, Optional<Instant> createdBy, int limit) {
    CustomerListParams.Builder params = CustomerListParams.builder().setLimit((long) limit);
    after.ifPresent(params::setStartingAfter);
    createdBy.ifPresent(instant -> params.setCreated(
        CustomerListParams.Created.builder().setLte(instant.getEpochSecond()).build()));
    CustomerListParams list = params.build();
    return reads.page(
        LIST, ObjectKind.CUSTOMER, client -> client.v1().customers().list(list));
  }
}
