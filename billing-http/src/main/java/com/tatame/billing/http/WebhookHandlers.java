package com.tatame.billing.http;

import static com.tatame.billing.http.Access.PUBLIC;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.NONE;

import com.tatame.billing.failure.InvalidSignature;
import com.tatame.billing.inbox.Webhooks;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Events from the payment provider, in. */
final class WebhookHandlers {
  private final Webhooks webhooks;
  private final RejectedWebhooks rejected;

  static List<Route> routes() {
    return List.of(post("/webhooks/stripe", PUBLIC, NONE)
        .is("Webhooks", "Receive an event from the payment provider")
        .with(new Route.Parameter(
            "Stripe-Signature", "header", "As Stripe signs.", Route.Parameter.Type.TEXT))
        .fromProvider()
        .takesRaw()
        .answers(reply(200, ReceiptAnswer.class, "It is stored."))
        .byLater(to -> to.get(WebhookHandlers.class)::receive));
  }

  WebhookHandlers(Webhooks webhooks, RejectedWebhooks rejected) {
    this.webhooks = webhooks;
    this.rejected = rejected;
  }

  record ReceiptAnswer(
      boolean received,
      @Doc("Whether it had been stored before.") boolean duplicate) {}

  CompletableFuture<Answer> receive(Call call) {
    try {
      return webhooks
          .receiveAsync(call.rawBody(), call.header("Stripe-Signature"))
          .thenApply(receipt -> Answer.ok(new ReceiptAnswer(true, receipt.duplicate())));
    } catch (InvalidSignature e) {
      rejected.log(e.reason());
      throw e;
    }
  }
}
