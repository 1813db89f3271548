package com.tatame.billing.stripe;

import com.stripe.net.RequestOptions;
import com.stripe.param.CustomerCreateParams;
import com.tatame.billing.customer.CustomerAccounts;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.Observation;

/** Creates customers. */
final class StripeCustomers implements CustomerAccounts {
  private static final String CREATE = "customers.create";

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
    Answer answer =
        calls.send(CREATE, client -> client.v1().customers().create(params.build(), options));
    return reads.answered(CREATE, ObjectKind.CUSTOMER, answer);
  }
}
