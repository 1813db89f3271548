package com.tatame.billing.refund;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.payment.PaymentIntent;
import java.util.List;
import java.util.Optional;

/** Port: payments that can be given back, and what went back of them. */
public interface RefundStore {
  /**
   * A payment and what went back of it, as far as that is known.
   *
   * @param account whose payment it is, if it has an account
   */
  record Payment(Optional<AccountId> account, PaymentIntent intent, List<Refund> refunds) {
    public Payment {
      refunds = List.copyOf(refunds);
    }
  }

  /**
   * A refund, and what the payment was for.
   *
   * @param purchaseId if it paid an item
   * @param invoiceId if it paid an invoice
   */
  record Given(Refund refund, Optional<String> purchaseId, Optional<String> invoiceId) {}

  /** The payment of a purchase, of any account. */
  Optional<Payment> ofPurchase(String purchaseId);

  /** The payment that paid an invoice, of any account. */
  Optional<Payment> ofInvoice(String invoiceId);

  Optional<Given> find(String refundId);

  /**
   * All refunds, newest first, then by id.
   *
   * @param after the id of the last one before the page; an unknown one gives an empty page
   * @param limit 1 to 101
   */
  List<Given> list(Optional<String> after, int limit);
}
