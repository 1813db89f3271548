package com.tatame.billing.http;

import com.tatame.billing.inbox.Webhooks;
import java.util.concurrent.CompletableFuture;

/** Events from the payment provider, in. */
final class WebhookHandlers {
  private final Webhooks webhooks;

  WebhookHandlers(Webhooks webhooks) {
    this.webhooks = webhooks;
  }

  record ReceiptAnswer(
      boolean received,
      @Doc("Whether it had been stored before.") boolean duplicate) {}

  CompletableFuture<Answer> receive(Call call) {
    return webhooks
        .receiveAsync(call.rawBody(), call.header("Stripe-Signature"))
        .thenApply(receipt -> Answer.ok(new ReceiptAnswer(true, receipt.duplicate())));
  }
}
