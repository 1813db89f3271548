package com.tatame.billing.refund;

import com.tatame.billing.observation.Observation;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Role of the provider: giving payments back. */
public interface RefundControl {
  /**
   * What a refund is made of.
   *
   * @param amount in minor units of the payment's currency; empty for all that is left
   * @param reason one that the provider knows: {@code duplicate}, {@code fraudulent} or
   *     {@code requested_by_customer}
   * @param metadata written into the refund
   */
  record NewRefund(
      String paymentIntentId,
      Optional<Long> amount,
      Optional<String> reason,
      Map<String, String> metadata) {
    public NewRefund {
      metadata = Map.copyOf(metadata);
    }
  }

  /**
   * Gives money back.
   *
   * @param commandId written into the metadata, so that the refund can be found again
   * @param idempotencyKey repeating the call with it gives back nothing more
   * @return the refund as the provider answered, a read
   * @throws com.tatame.billing.failure.ProviderRejected if there is not so much left
   */
  Observation create(NewRefund refund, String commandId, String idempotencyKey);

  /** All refunds of a payment, as reads. */
  List<Observation> refunds(String paymentIntentId);
}
