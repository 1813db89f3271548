package com.tatame.billing.checkout;

import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.failure.ValidationFailed.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an account wants to subscribe to: a tier and an interval, or a price.
 *
 * @param successUrl may hold {@code {CHECKOUT_SESSION_ID}}
 * @param promotionCode as it was typed
 * @param currency empty for the account's own, or else the default
 */
public record CheckoutRequest(
    Optional<String> tier,
    Optional<BillingInterval> interval,
    Optional<String> priceId,
    long quantity,
    String successUrl,
    String cancelUrl,
    Optional<String> email,
    Optional<String> promotionCode,
    Optional<String> currency) {
  private static final long MAX_QUANTITY = 1_000_000;

  /** For one unit of a plan of the catalog. */
  public static Builder forPlan(String tier, BillingInterval interval) {
    return new Builder(Optional.of(tier), Optional.of(interval), Optional.empty());
  }

  /**
   * For one unit of the only plan that the catalog sells, with the pages that the catalog names.
   *
   * @throws ValidationFailed naming {@code tier} if there are several plans, or {@code interval} if the
   *     plan has several
   */
  public static Builder forOnlyPlan(Catalog catalog) {
    Plan plan = catalog
        .onlyPlanForSale()
        .orElseThrow(() ->
            ValidationFailed.of("tier", "is required: the catalog doesn't sell exactly one plan"));
    BillingInterval interval = plan.onlyInterval()
        .orElseThrow(() -> ValidationFailed.of("interval", "is required: the plan has several"));
    Builder builder = forPlan(plan.tier(), interval);
    catalog
        .checkout()
        .ifPresent(pages -> builder.successUrl(pages.successUrl()).cancelUrl(pages.cancelUrl()));
    return builder;
  }

  /** For one unit at a price of the provider. */
  public static Builder forPrice(String priceId) {
    return new Builder(Optional.empty(), Optional.empty(), Optional.of(priceId));
  }

  /** Without a promotion code. */
  public CheckoutRequest(
      Optional<String> tier,
      Optional<BillingInterval> interval,
      Optional<String> priceId,
      long quantity,
      String successUrl,
      String cancelUrl,
      Optional<String> email) {
    this(tier, interval, priceId, quantity, successUrl, cancelUrl, email, Optional.empty());
  }

  /** In the account's currency, or else the default. */
  public CheckoutRequest(
      Optional<String> tier,
      Optional<BillingInterval> interval,
      Optional<String> priceId,
      long quantity,
      String successUrl,
      String cancelUrl,
      Optional<String> email,
      Optional<String> promotionCode) {
    this(
        tier,
        interval,
        priceId,
        quantity,
        successUrl,
        cancelUrl,
        email,
        promotionCode,
        Optional.empty());
  }

  public CheckoutRequest {
    List<FieldError> errors = new ArrayList<>();
    if (priceId.isPresent() && (tier.isPresent() || interval.isPresent())) {
      errors.add(new FieldError("priceId", "send either priceId, or tier and interval"));
    }
    if (priceId.isEmpty() && tier.isEmpty()) {
      errors.add(new FieldError("tier", "is required unless priceId is sent"));
    }
    if (tier.isPresent() && interval.isEmpty()) {
      errors.add(new FieldError("interval", "is required with tier: monthly or yearly"));
    }
    if (quantity < 1 || quantity > MAX_QUANTITY) {
      errors.add(new FieldError("quantity", "must be from 1 to " + MAX_QUANTITY));
    }
    if (!errors.isEmpty()) {
      throw new ValidationFailed(errors);
    }
  }

  /** Collects what is wanted. The addresses are required; all else has a default. */
  public static final class Builder {
    private final Optional<String> tier;
    private final Optional<BillingInterval> interval;
    private final Optional<String> priceId;
    private long quantity = 1;
    private String successUrl = "";
    private String cancelUrl = "";
    private Optional<String> email = Optional.empty();
    private Optional<String> promotionCode = Optional.empty();
    private Optional<String> currency = Optional.empty();

    private Builder(
        Optional<String> tier, Optional<BillingInterval> interval, Optional<String> priceId) {
      this.tier = tier;
      this.interval = interval;
      this.priceId = priceId;
    }

    /** Where the payer goes after paying; it may hold {@code {CHECKOUT_SESSION_ID}}. */
    public Builder successUrl(String value) {
      successUrl = value;
      return this;
    }

    /** Where a payer goes who changed their mind. */
    public Builder cancelUrl(String value) {
      cancelUrl = value;
      return this;
    }

    /** How many units, such as seats. Default: 1. */
    public Builder quantity(long value) {
      quantity = value;
      return this;
    }

    /** The address of a new customer. Default: the caller's. */
    public Builder email(String value) {
      email = Optional.of(value);
      return this;
    }

    /** A promotion code as it was typed. Default: none. */
    public Builder promotionCode(String value) {
      promotionCode = Optional.of(value);
      return this;
    }

    /** One of those in which the plan is sold. Default: the account's own, or else the catalog's. */
    public Builder currency(String value) {
      currency = Optional.of(value);
      return this;
    }

    /**
     * The request.
     *
     * @throws ValidationFailed naming every field that can't be
     */
    public CheckoutRequest build() {
      return new CheckoutRequest(
          tier, interval, priceId, quantity, successUrl, cancelUrl, email, promotionCode, currency);
    }
  }
}
