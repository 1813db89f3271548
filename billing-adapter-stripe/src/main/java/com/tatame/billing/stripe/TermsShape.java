package com.tatame.billing.stripe;

import com.google.gson.JsonElement;
import com.tatame.billing.observation.SubscriptionTerms;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a subscription is sold at, in all its shapes. Events name discounts by their ids only, which is
 * enough to say that they changed, and leave out amounts in other currencies than the price's.
 */
final class TermsShape {
  private TermsShape() {}

  static SubscriptionTerms read(Fields subscription) {
    return new SubscriptionTerms(
        subscription.known("status", SubscriptionStatus::of).code(),
        SubscriptionShape.items(subscription, false).stream()
            .map(Subscription.Item::terms)
            .toList(),
        discounts(subscription),
        SubscriptionShape.endsAt(subscription),
        subscription.optionalObject("pause_collection").map(pause -> pause.text("behavior")));
  }

  private static List<SubscriptionTerms.Discount> discounts(Fields subscription) {
    List<SubscriptionTerms.Discount> discounts = new ArrayList<>();
    if (subscription.states("discount")) {
      discounts.add(discount(subscription.object("discount")));
    } else if (subscription.has("discounts")) {
      for (JsonElement element : subscription.array("discounts")) {
        discounts.add(
            element.isJsonObject()
                ? discount(Fields.of(element.getAsJsonObject()))
                : named(element.getAsString()));
      }
    }
    return discounts;
  }

  private static SubscriptionTerms.Discount named(String id) {
    return new SubscriptionTerms.Discount(
        Optional.of(id),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static SubscriptionTerms.Discount discount(Fields discount) {
    Subscription.Discount given = SubscriptionShape.discountOf(discount);
    return new SubscriptionTerms.Discount(
        discount.omissibleText("id"),
        Optional.of(given.couponId()),
        given.percentOff(),
        given.amountOff(),
        given.duration(),
        given.endsAt());
  }
}
