package com.tatame.billing.checkout;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.purchase.SaleTerms;
import java.util.Optional;

/** Role of the provider: its hosted checkout. */
public interface CheckoutSessions {
  /**
   * What a subscription checkout is created from.
   *
   * @param trialDays 0 for no trial
   * @param promotionCodeId whose discount is given; empty to let the payer type one on the page
   * @param currency of those in which the price is sold; empty for its only one
   * @param successUrl may hold {@code {CHECKOUT_SESSION_ID}}, which the provider replaces
   * @param tier written with account and interval into the metadata of session and subscription
   */
  record NewSubscriptionCheckout(
      AccountId account,
      String customerId,
      String priceId,
      long quantity,
      int trialDays,
      Optional<String> tier,
      Optional<String> interval,
      String successUrl,
      String cancelUrl,
      Optional<String> promotionCodeId,
      Optional<String> currency) {
    /** In the price's only currency. */
    public NewSubscriptionCheckout(
        AccountId account,
        String customerId,
        String priceId,
        long quantity,
        int trialDays,
        Optional<String> tier,
        Optional<String> interval,
        String successUrl,
        String cancelUrl,
        Optional<String> promotionCodeId) {
      this(
          account,
          customerId,
          priceId,
          quantity,
          trialDays,
          tier,
          interval,
          successUrl,
          cancelUrl,
          promotionCodeId,
          Optional.empty());
    }

    /** A checkout at which the payer may type a code. */
    public NewSubscriptionCheckout(
        AccountId account,
        String customerId,
        String priceId,
        long quantity,
        int trialDays,
        Optional<String> tier,
        Optional<String> interval,
        String successUrl,
        String cancelUrl) {
      this(
          account,
          customerId,
          priceId,
          quantity,
          trialDays,
          tier,
          interval,
          successUrl,
          cancelUrl,
          Optional.empty());
    }
  }

  /**
   * What the checkout of an item is created from.
   *
   * @param customerId empty for a guest
   * @param email of a guest, where it is known
   * @param terms the amount, and what is written with the account into the metadata of session and
   *     payment
   * @param successUrl may hold {@code {CHECKOUT_SESSION_ID}}, which the provider replaces
   */
  record NewItemCheckout(
      AccountId account,
      Optional<String> customerId,
      Optional<String> email,
      SaleTerms terms,
      String successUrl,
      String cancelUrl) {}

  /**
   * Opens a checkout for a subscription.
   *
   * @param commandId written into the metadata, so that the session can be found again
   * @param idempotencyKey repeating the call with it creates nothing new
   * @return the session as the provider answered, a read
   */
  Observation create(NewSubscriptionCheckout checkout, String commandId, String idempotencyKey);

  /** As the other, for an item that is paid once. */
  Observation create(NewItemCheckout checkout, String commandId, String idempotencyKey);

  /**
   * Reads the payment of a session.
   *
   * @return a read of the payment
   * @throws com.tatame.billing.failure.NotFound if no payment has begun
   */
  Observation payment(String sessionId);

  /**
   * A session as it is now.
   *
   * @param url where the payer goes, while it is open; never kept by us
   */
  record Handle(Observation observation, Optional<String> url) {
    @Override
    public String toString() {
      return "Handle[observation=" + observation.object() + "]";
    }
  }

  /** Reads a session. */
  Handle read(String sessionId);

  /** Closes an open session, so that it can't be paid. */
  Observation expire(String sessionId, String idempotencyKey);
}
