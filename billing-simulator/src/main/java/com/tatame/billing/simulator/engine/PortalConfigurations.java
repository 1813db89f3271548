package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How the customer portal is set up by programs; what the dashboard keeps as default is not listed. */
final class PortalConfigurations {
  private static final int MAX_PRODUCTS = 10;
  private static final String FEATURES =
      "customer_update{enabled:bool allowed_updates[]?} invoice_history{enabled:bool!}"
          + " payment_method_update{enabled:bool! ~payment_method_configuration}"
          + " subscription_cancel{enabled:bool mode:(at_period_end|immediately)"
          + " proration_behavior:(always_invoice|create_prorations|none)"
          + " cancellation_reason{enabled:bool! options[]?}}"
          + " subscription_update{enabled:bool default_allowed_updates[]? products[]{product!"
          + " prices[]! ~adjustable_quantity}? proration_behavior:(always_invoice|create_prorations|none)"
          + " trial_update_behavior:(continue_trial|end_trial) ~billing_cycle_anchor ~schedule_at_period_end}";
  private static final String REST = " business_profile{headline? privacy_policy_url"
      + " terms_of_service_url} default_return_url? metadata:map name? expand[] ~login_page";
  static final Shape CREATE = Shape.of("features{" + FEATURES + "}!" + REST);
  static final Shape UPDATE = Shape.of("active:bool features{" + FEATURES + "}" + REST);
  static final Shape LIST = Shape.of("active:bool is_default:bool" + Lists.SHAPE);

  private final Account account;
  private final Catalog catalog;

  PortalConfigurations(Account account, Catalog catalog) {
    this.account = account;
    this.catalog = catalog;
  }

  Outcome create(Call call) {
    PortalConfiguration fresh = new PortalConfiguration();
    fill(fresh, call.params());
    account.begin(fresh, "bpc_", 24);
    fresh.updated = account.now;
    account.portalConfigurations.put(fresh.id, fresh);
    return one(fresh, call);
  }

  Outcome update(Call call) {
    PortalConfiguration known = configuration(call.id(), "configuration");
    fill(known, call.params());
    known.active = call.params().flag("active", known.active);
    known.updated = account.now;
    return one(known, call);
  }

  Outcome retrieve(Call call) {
    return one(configuration(call.id(), "configuration"), call);
  }

  Outcome list(Call call) {
    Params params = call.params();
    Boolean active = params.flag("active");
    // What programs make never becomes the default.
    boolean others = !params.flag("is_default", false);
    Outcome.Many page = (Outcome.Many) Lists.page(
        account.portalConfigurations.values(),
        one -> others && (active == null || active == one.active),
        call,
        "configuration");
    ArrayNode data = Json.array();
    page.page().forEach(one -> data.add(json((PortalConfiguration) one, asked(call, "data."))));
    return new Outcome.Ready(Json.list(data, page.more(), call.path()));
  }

  PortalConfiguration configuration(String id, String param) {
    return Optional.ofNullable(account.portalConfigurations.get(id))
        .orElseThrow(() -> StripeException.missing("configuration", id, param));
  }

  private static Outcome one(PortalConfiguration configuration, Call call) {
    return new Outcome.Ready(json(configuration, asked(call, "")));
  }

  /** The products are only answered on request. */
  private static boolean asked(Call call, String within) {
    return call.params().texts("expand").contains(within + "features.subscription_update.products");
  }

  private void fill(PortalConfiguration into, Params params) {
    Params features = params.child("features");
    if (params.has("features") && features.names().isEmpty()) {
      throw StripeException.invalid(
          "parameter_missing", "features", "You must enable at least one feature.");
    }
    Params customer = features.child("customer_update");
    into.customerUpdate = customer.flag("enabled", into.customerUpdate);
    if (customer.has("allowed_updates")) {
      into.allowedUpdates = new ArrayList<>(customer.texts("allowed_updates"));
    }
    into.invoiceHistory = features.child("invoice_history").flag("enabled", into.invoiceHistory);
    into.paymentMethodUpdate =
        features.child("payment_method_update").flag("enabled", into.paymentMethodUpdate);
    Params cancel = features.child("subscription_cancel");
    into.cancel = cancel.flag("enabled", into.cancel);
    into.cancelMode = cancel.text("mode", into.cancelMode);
    into.cancelProration = cancel.text("proration_behavior", into.cancelProration);
    Params reason = cancel.child("cancellation_reason");
    into.cancelReason = reason.flag("enabled", into.cancelReason);
    if (reason.has("options")) {
      into.cancelReasons = new ArrayList<>(reason.texts("options"));
    }
    fillUpdate(into, features.child("subscription_update"));
    Params business = params.child("business_profile");
    business.ifPresent("headline", value -> into.headline = value);
    business.ifPresent("privacy_policy_url", value -> into.privacyPolicyUrl = value);
    business.ifPresent("terms_of_service_url", value -> into.termsOfServiceUrl = value);
    params.ifPresent("default_return_url", value -> into.defaultReturnUrl = value);
    params.ifPresent("name", value -> into.name = value);
    params.mergeMetadata(into.metadata);
  }

  private void fillUpdate(PortalConfiguration into, Params update) {
    Map<String, List<String>> products = new LinkedHashMap<>(into.products);
    if (update.has("products")) {
      products.clear();
      for (Params entry : update.children("products")) {
        products.put(product(entry), prices(entry));
      }
    }
    boolean enabled = update.flag("enabled", into.update);
    List<String> updates = update.has("default_allowed_updates")
        ? new ArrayList<>(update.texts("default_allowed_updates"))
        : into.updates;
    if (enabled && (products.isEmpty() || updates.isEmpty())) {
      String missing = update.path(products.isEmpty() ? "products" : "default_allowed_updates");
      throw StripeException.invalid(
          "parameter_missing",
          missing,
          "Missing required param: " + missing + ". It is required when updates are enabled.");
    }
    if (products.size() > MAX_PRODUCTS) {
      throw StripeException.invalid(
          null, update.path("products"), "You can pass at most " + MAX_PRODUCTS + " products.");
    }
    into.update = enabled;
    into.updates = updates;
    into.products = products;
    into.updateProration = update.text("proration_behavior", into.updateProration);
    into.trialUpdate = update.text("trial_update_behavior", into.trialUpdate);
  }

  private String product(Params entry) {
    return catalog.product(entry.required("product"), entry.path("product")).id;
  }

  private List<String> prices(Params entry) {
    List<String> prices = entry.texts("prices");
    for (int i = 0; i < prices.size(); i++) {
      String at = entry.path("prices") + "[" + i + "]";
      Price price = catalog.price(prices.get(i), at);
      if (!price.product.equals(entry.text("product"))) {
        throw StripeException.invalid(
            null,
            at,
            "The price " + price.id + " does not belong to the product " + entry.text("product")
                + ".");
      }
    }
    return new ArrayList<>(prices);
  }

  private static ObjectNode json(PortalConfiguration known, boolean withProducts) {
    ObjectNode node = Json.object("billing_portal.configuration", known)
        .put("active", known.active)
        .put("default_return_url", known.defaultReturnUrl)
        .put("is_default", false)
        .put("name", known.name)
        .put("updated", known.updated)
        .putNull("application");
    node.putObject("business_profile")
        .put("headline", known.headline)
        .put("privacy_policy_url", known.privacyPolicyUrl)
        .put("terms_of_service_url", known.termsOfServiceUrl);
    node.putObject("login_page").put("enabled", false).putNull("url");
    ObjectNode features = node.putObject("features");
    features
        .putObject("customer_update")
        .put("enabled", known.customerUpdate)
        .set("allowed_updates", Json.texts(known.allowedUpdates));
    features.putObject("invoice_history").put("enabled", known.invoiceHistory);
    features
        .putObject("payment_method_update")
        .put("enabled", known.paymentMethodUpdate)
        .putNull("payment_method_configuration");
    ObjectNode cancel = features
        .putObject("subscription_cancel")
        .put("enabled", known.cancel)
        .put("mode", known.cancelMode)
        .put("proration_behavior", known.cancelProration);
    cancel
        .putObject("cancellation_reason")
        .put("enabled", known.cancelReason)
        .set("options", Json.texts(known.cancelReasons));
    ObjectNode update = features
        .putObject("subscription_update")
        .put("enabled", known.update)
        .put("proration_behavior", known.updateProration)
        .put("trial_update_behavior", known.trialUpdate)
        .putNull("billing_cycle_anchor");
    update.set("default_allowed_updates", Json.texts(known.updates));
    update.putObject("schedule_at_period_end").putArray("conditions");
    if (withProducts) {
      ArrayNode products = update.putArray("products");
      known.products.forEach((product, prices) -> {
        ObjectNode entry = products.addObject().put("product", product);
        entry.set("prices", Json.texts(prices));
        entry
            .putObject("adjustable_quantity")
            .put("enabled", false)
            .putNull("maximum")
            .put("minimum", 0);
      });
    }
    return node;
  }
}
