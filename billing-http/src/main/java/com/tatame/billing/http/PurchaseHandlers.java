package com.tatame.billing.http;

import static com.tatame.billing.http.Access.ADMINISTRATOR;
import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.Route.Parameter.query;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.get;

import com.tatame.billing.apikey.Scope;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.purchase.PurchaseStore;
import com.tatame.billing.purchase.Purchases;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was bought once. */
final class PurchaseHandlers {
  static final String PATH = "/api/v1/purchases";

  private final Purchases purchases;

  static List<Route> routes() {
    return List.of(
        get(PATH, SIGNED_IN)
            .orAnonymous()
            .is("Purchases", "What the caller bought once")
            .with(query("item", "Only those of this item."))
            .paged()
            .answers(pageOf(PurchaseAnswer.class, "Newest first."))
            .by(to -> to.get(PurchaseHandlers.class)::list),
        get(PATH + "/owned/{item}", SIGNED_IN)
            .orAnonymous()
            .is("Purchases", "The purchase by which the caller owns an item")
            .answers(reply(200, PurchaseAnswer.class, "The first of several."))
            .by(to -> to.get(PurchaseHandlers.class)::owned),
        get(DuplicateHandlers.PATH + "/purchases", ADMINISTRATOR)
            .orKeyWith(Scope.CUSTOMERS_READ)
            .is("Purchases", "Purchases of what their buyers owned already")
            .paged()
            .answers(pageOf(DuplicatePurchaseAnswer.class, "Newest first."))
            .by(to -> to.get(PurchaseHandlers.class)::duplicates),
        get(PATH + "/{id}", SIGNED_IN)
            .orAnonymous()
            .is("Purchases", "One of the caller's purchases")
            .answers(reply(200, PurchaseAnswer.class, "The purchase."))
            .by(to -> to.get(PurchaseHandlers.class)::read));
  }

  PurchaseHandlers(Purchases purchases) {
    this.purchases = purchases;
  }

  record PurchaseAnswer(
      @Doc(value = "Ours.", example = "pur_1c8f") String id,

      @Doc(value = "As the catalog named it then.", example = "quiz-17")
      String item,

      @Doc(value = "What sort of thing it is.", example = "quiz")
      String kind,

      @Doc("Before any discount.") MoneyAnswer listPrice,
      @Nullable PurchaseDiscountAnswer discount,
      @Doc("To be paid, or paid.") MoneyAnswer amount,

      @Doc(
          value = "refunded: all of it went back.",
          oneOf = {"pending", "paid", "refunded", "canceled"})
      String status,

      @Doc("The provider's; null for what was free.") @Nullable
      String paymentIntentId,

      @Doc("What went back, or is on its way back.") MoneyAnswer refunded,

      @Doc(
          value = "How much of it went back.",
          oneOf = {"none", "partial", "full"})
      String refundState,

      Instant createdAt) {
    static PurchaseAnswer of(Purchase purchase) {
      return new PurchaseAnswer(
          purchase.id(),
          purchase.sale().item(),
          purchase.sale().kind(),
          MoneyAnswer.of(purchase.sale().listPrice()),
          purchase
              .sale()
              .discount()
              .map(discount -> new PurchaseDiscountAnswer(discount.percent(), discount.reason()))
              .orElse(null),
          MoneyAnswer.of(purchase.amount()),
          purchase.status().code(),
          purchase.paymentIntentId().orElse(null),
          MoneyAnswer.of(purchase.refunded()),
          purchase.refundState().code(),
          purchase.createdAt());
    }
  }

  record PurchaseDiscountAnswer(
      int percent, @Doc(value = "Why.", example = "member") String reason) {}

  record DuplicatePurchaseAnswer(
      @Doc("Whose it is by now.") String accountId,
      @Doc("The one that came first.") String keptPurchaseId,

      @Doc("The one that is too many; refund it wholly, and it is listed no more.")
      PurchaseAnswer purchase) {
    static DuplicatePurchaseAnswer of(PurchaseStore.Duplicate duplicate) {
      return new DuplicatePurchaseAnswer(
          duplicate.owner().value(), duplicate.keptId(), PurchaseAnswer.of(duplicate.purchase()));
    }
  }

  Answer list(Call call) {
    PageRequest page = call.page();
    return Answer.ok(page.render(
        purchases.list(call.account(), call.query("item"), page.after(), page.lookahead()),
        Purchase::id,
        PurchaseAnswer::of));
  }

  /** The purchase by which the caller owns an item. */
  Answer owned(Call call) {
    String item = call.id("item");
    return Answer.ok(PurchaseAnswer.of(purchases
        .owned(call.account(), item)
        .orElseThrow(() -> new NotFound("purchase of the item", item))));
  }

  Answer duplicates(Call call) {
    PageRequest page = call.page();
    return Answer.ok(page.render(
        purchases.duplicates(page.after(), page.lookahead()),
        duplicate -> duplicate.purchase().id(),
        DuplicatePurchaseAnswer::of));
  }

  Answer read(Call call) {
    return Answer.ok(PurchaseAnswer.of(purchases.get(call.account(), call.id("id"))));
  }
}
