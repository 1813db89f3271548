package com.tatame.billing.failure;

import java.util.Optional;

/** The provider understood the request and refused it for good; sending it again changes nothing. */
public final class ProviderRejected extends BillingException {
  private static final long serialVersionUID = 1L;

  private final String providerCode;
  private final transient Optional<String> parameter;

  public ProviderRejected(String providerCode, Optional<String> parameter, String message) {
    super("provider_rejected", false, message);
    this.providerCode = providerCode;
    this.parameter = parameter;
  }

  /** The provider's own code for the refusal, such as {@code resource_missing}. */
  public String providerCode() {
    return providerCode;
  }

  /** The provider's name of the parameter at fault. */
  public Optional<String> parameter() {
    return parameter;
  }
}
