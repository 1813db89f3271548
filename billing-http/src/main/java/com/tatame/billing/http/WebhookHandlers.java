package com.tatame.billing.http;

import static com.tatame.billing.http.Access.PUBLIC;
import static com.tatame.billing.http.Effect.NONE;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.post;

import com.tatame.billing.inbox.Webhooks;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Events from the payment provider, in. */
final class WebhookHandlers {
  private final Webhooks webhooks;

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
