package com.tatame.billing.stripe;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.stripe.param.billingportal.ConfigurationCreateParams;
import com.stripe.param.billingportal.ConfigurationCreateParams.Features;
import com.stripe.param.billingportal.ConfigurationListParams;
import com.stripe.param.billingportal.ConfigurationUpdateParams;
import com.tatame.billing.setup.AccountState.HeldPortal;
import com.tatame.billing.setup.ProviderSetup.Made;
import com.tatame.billing.setup.SetupChange;
import com.tatame.billing.setup.SetupChange.Portal.Sold;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the customer portal is set up. A configuration that was made by a program is never the
 * account's default, so that sessions name it.
 */
final class PortalConfigurations {
  private static final String LIST = "billing_portal.configurations.list";
  private static final String CREATE = "billing_portal.configurations.create";
  private static final String UPDATE = "billing_portal.configurations.update";
  private static final long PAGE = 100;
  private static final Map<String, Features.CustomerUpdate.AllowedUpdate> DETAILS = Map.of(
      "address", Features.CustomerUpdate.AllowedUpdate.ADDRESS,
      "email", Features.CustomerUpdate.AllowedUpdate.EMAIL,
      "name", Features.CustomerUpdate.AllowedUpdate.NAME,
      "phone", Features.CustomerUpdate.AllowedUpdate.PHONE,
      "tax_id", Features.CustomerUpdate.AllowedUpdate.TAX_ID);

  private final StripeCalls calls;
  private volatile Optional<String> known = Optional.empty();

  PortalConfigurations(StripeCalls calls) {
    this.calls = calls;
  }

  /**
   * The one that setup made; empty for the account's default. It is looked for until there is one,
   * and then cached.
   */
  Optional<String> id() {
    if (known.isEmpty()) {
      known = ours().stream().map(HeldPortal::id).findFirst();
    }
    return known;
  }

  List<HeldPortal> ours() {
    List<HeldPortal> ours = new ArrayList<>();
    StripePages.each(
        calls,
        LIST,
        after -> {
          ConfigurationListParams.Builder params = ConfigurationListParams.builder()
              .setLimit(PAGE)
              .setActive(true)
              // Not told unless it is asked for.
              .addExpand("data.features.subscription_update.products");
          after.ifPresent(params::setStartingAfter);
          return client -> client.v1().billingPortal().configurations().list(params.build());
        },
        (answer, bodies) -> bodies.stream()
            .filter(body -> Fields.of(body).metadata().containsKey(Metadata.SETUP))
            .map(body -> StripeReads.understood(LIST, () -> read(Fields.of(body))))
            .forEach(ours::add));
    return ours;
  }

  private static HeldPortal read(Fields configuration) {
    Fields features = configuration.object("features");
    Fields update = features.object("subscription_update");
    Map<String, Set<String>> plans = new HashMap<>();
    if (update.states("products") && update.flag("enabled")) {
      for (Fields product : update.objects("products")) {
        plans.put(product.text("product"), texts(product, "prices"));
      }
    }
    Fields cancel = features.object("subscription_cancel");
    boolean usual = features.object("customer_update").flag("enabled")
        && texts(features.object("customer_update"), "allowed_updates").equals(DETAILS.keySet())
        && features.object("invoice_history").flag("enabled")
        && features.object("payment_method_update").flag("enabled")
        && cancel.flag("enabled")
        && cancel.text("mode").equals("at_period_end")
        && cancel.object("cancellation_reason").flag("enabled")
        && update.flag("enabled") != plans.isEmpty()
        && (plans.isEmpty() || update.text("proration_behavior").equals("always_invoice"));
    return new HeldPortal(configuration.text("id"), usual, plans);
  }

  private static Set<String> texts(Fields fields, String name) {
    Set<String> texts = new HashSet<>();
    @Nullable JsonElement list = fields.json().get(name);
    if (list != null && list.isJsonArray()) {
      list.getAsJsonArray().forEach(text -> texts.add(text.getAsString()));
    }
    return texts;
  }

  Made apply(SetupChange.Portal portal) {
    StripeResult answer = portal.id().isEmpty() ? create(portal) : update(portal);
    JsonObject body = answer.body().orElseThrow(() -> StripeReads.senseless(CREATE));
    return StripeReads.understood(CREATE, () -> new Made(Fields.of(body).text("id")));
  }

  private StripeResult create(SetupChange.Portal portal) {
    ConfigurationCreateParams params = ConfigurationCreateParams.builder()
        .setFeatures(features(portal.plans()))
        .putMetadata(Metadata.SETUP, "portal")
        .build();
    return calls.send(
        CREATE, client -> client.v1().billingPortal().configurations().create(params));
  }

  /** The library has the features twice, alike but for their types: they are sent as they are made. */
  private StripeResult update(SetupChange.Portal portal) {
    Object features = ConfigurationCreateParams.builder()
        .setFeatures(features(portal.plans()))
        .build()
        .toMap()
        .get("features");
    ConfigurationUpdateParams params =
        ConfigurationUpdateParams.builder().putExtraParam("features", features).build();
    return calls.send(
        UPDATE,
        client ->
            client.v1().billingPortal().configurations().update(portal.id().orElseThrow(), params));
  }

  private static Features features(List<Sold> plans) {
    return Features.builder()
        .setCustomerUpdate(Features.CustomerUpdate.builder()
            .setEnabled(true)
            .addAllAllowedUpdate(List.copyOf(DETAILS.values()))
            .build())
        .setInvoiceHistory(Features.InvoiceHistory.builder().setEnabled(true).build())
        .setPaymentMethodUpdate(
            Features.PaymentMethodUpdate.builder().setEnabled(true).build())
        .setSubscriptionCancel(cancel())
        .setSubscriptionUpdate(update(plans))
        .build();
  }

  private static Features.SubscriptionCancel cancel() {
    return Features.SubscriptionCancel.builder()
        .setEnabled(true)
        .setMode(Features.SubscriptionCancel.Mode.AT_PERIOD_END)
        .setCancellationReason(Features.SubscriptionCancel.CancellationReason.builder()
            .setEnabled(true)
            .addAllOption(List.of(
                Features.SubscriptionCancel.CancellationReason.Option.TOO_EXPENSIVE,
                Features.SubscriptionCancel.CancellationReason.Option.MISSING_FEATURES,
                Features.SubscriptionCancel.CancellationReason.Option.SWITCHED_SERVICE,
                Features.SubscriptionCancel.CancellationReason.Option.UNUSED,
                Features.SubscriptionCancel.CancellationReason.Option.OTHER))
            .build())
        .build();
  }

  /** What a change costs is charged at once, as it is through our own routes. */
  private static Features.SubscriptionUpdate update(List<Sold> plans) {
    Features.SubscriptionUpdate.Builder update =
        Features.SubscriptionUpdate.builder().setEnabled(!plans.isEmpty());
    if (plans.isEmpty()) {
      return update.build();
    }
    Map<String, List<String>> prices = new HashMap<>();
    plans.forEach(sold -> prices
        .computeIfAbsent(sold.productId(), product -> new ArrayList<>())
        .add(sold.priceId().orElseThrow()));
    prices.forEach((product, ids) -> update.addProduct(Features.SubscriptionUpdate.Product.builder()
        .setProduct(product)
        .addAllPrice(ids)
        .build()));
    return update
        .addDefaultAllowedUpdate(Features.SubscriptionUpdate.DefaultAllowedUpdate.PRICE)
        .addDefaultAllowedUpdate(Features.SubscriptionUpdate.DefaultAllowedUpdate.PROMOTION_CODE)
        .setProrationBehavior(Features.SubscriptionUpdate.ProrationBehavior.ALWAYS_INVOICE)
        .build();
  }
}
