package com.tatame.billing.http;

import com.tatame.billing.inbox.Webhooks;
import com.tatame.billing.inbox.Webhooks.Receipt;

/** Events from the payment provider, in. */
final class WebhookHandlers {
  private final Webhooks webhooks;

  WebhookHandlers(Webhooks webhooks) {
    this.webhooks = webhooks;
  }

  record ReceiptAnswer(
      boolean received,
      @Doc("Whether it had been stored before.") boolean duplicate) {}

  Answer receive(Call call) {
    Receipt receipt = webhooks.receive(call.rawBody(), call.header("Stripe-Signature"));
    return Answer.ok(new ReceiptAnswer(true, receipt.duplicate()));
  }
}
