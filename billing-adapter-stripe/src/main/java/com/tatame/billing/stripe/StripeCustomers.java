package com.tatame.billing.stripe;

import com.stripe.net.RequestOptions;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.CustomerListParams;
import com.tatame.billing.customer.CustomerAccounts;
import com.tatame.billing.customer.CustomerList;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.Observation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Creates and lists customers. */
final class StripeCustomers implements CustomerAccounts, CustomerList {
  private static final String CREATE = "customers.create";
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
