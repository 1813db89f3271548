package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Shows the account's objects as JSON, with what was asked to be expanded. */
final class Renderer {
  private static final int MAX_LEVELS = 4;
  private static final Set<String> EXPANDABLE = Set.of(
      "charge",
      "coupon",
      "customer",
      "default_payment_method",
      "default_price",
      "discounts",
      "invoice",
      "latest_charge",
      "latest_invoice",
      "payment_intent",
      "payment_method",
      "pending_setup_intent",
      "price",
      "product",
      "setup_intent",
      "subscription");

  private final Account account;
  private final SubscriptionJson subscriptions;
  private final InvoiceJson invoices;
  private final PaymentJson payments;
  private final CheckoutJson checkouts;
  private final RefundJson refunds;

  Renderer(Account account, Supplier<String> pages) {
    this.account = account;
    subscriptions = new SubscriptionJson(account);
    invoices = new InvoiceJson(account, pages);
    payments = new PaymentJson(account);
    checkouts = new CheckoutJson(account, pages);
    refunds = new RefundJson(account);
  }

  CheckoutJson checkouts() {
    return checkouts;
  }

  InvoiceJson invoices() {
    return invoices;
  }

  /** The object in the newest shape, together with what only older versions show. */
  ObjectNode render(StripeObject object) {
    if (object instanceof Customer customer) {
      return CustomerJson.customer(customer);
    } else if (object instanceof Subscription subscription) {
      return subscriptions.subscription(subscription);
    } else if (object instanceof Invoice invoice) {
      return invoices.invoice(invoice);
    } else if (object instanceof InvoicePayment payment) {
      return InvoiceJson.payment(payment);
    } else if (object instanceof PaymentIntent intent) {
      return payments.paymentIntent(intent);
    } else if (object instanceof Charge charge) {
      return payments.charge(charge);
    } else if (object instanceof SetupIntent intent) {
      return payments.setupIntent(intent);
    } else if (object instanceof PaymentMethod method) {
      return CustomerJson.paymentMethod(method);
    } else if (object instanceof CheckoutSession session) {
      return checkouts.session(session);
    } else if (object instanceof Product product) {
      return CatalogJson.product(product);
    } else if (object instanceof Price price) {
      return CatalogJson.price(price);
    } else if (object instanceof Meter meter) {
      return Meters.json(meter);
    } else if (object instanceof Refund refund) {
      return refunds.refund(refund);
    } else if (object instanceof Dispute dispute) {
      return refunds.dispute(dispute);
    } else if (object instanceof Coupon coupon) {
      return Promotions.coupon(coupon, account.now);
    } else if (object instanceof PromotionCode code) {
      return Promotions.code(code, account);
    } else if (object instanceof TaxId taxId) {
      return TaxIds.json(taxId);
    } else if (object instanceof SubscriptionSchedule schedule) {
      return Schedules.json(schedule, account);
    } else if (object instanceof Discount discount) {
      return Discounts.json(discount);
    } else if (object instanceof InvoiceItem item) {
      return invoices.item(item);
    } else if (object instanceof WebhookEndpoint endpoint) {
      return EventJson.endpoint(endpoint);
    }
    throw new IllegalArgumentException("nothing shows a " + object.getClass().getSimpleName());
  }

  /** The object as an answer in a version. */
  JsonNode answer(StripeObject object, ApiVersion version, List<String> expand) {
    return expanded(version.translate(render(object)), version, expand);
  }

  /** Expands what is named within an answer that is already in the version's shape. */
  JsonNode expanded(JsonNode answer, ApiVersion version, List<String> expand) {
    for (int i = 0; i < expand.size(); i++) {
      String path = expand.get(i);
      List<String> levels = List.of(path.split("\\.", -1));
      if (levels.size() > MAX_LEVELS) {
        throw StripeException.invalid(
            null,
            "expand[" + i + "]",
            "You cannot expand more than 4 levels of a property. Property: " + path);
      }
      expand(answer, levels, version, path, "expand[" + i + "]");
    }
    return answer;
  }

  private void expand(
      JsonNode at, List<String> levels, ApiVersion version, String path, String param) {
    if (at instanceof ArrayNode elements) {
      elements.forEach(element -> expand(element, levels, version, path, param));
      return;
    }
    if (levels.isEmpty() || !(at instanceof ObjectNode node)) {
      return;
    }
    String name = levels.get(0);
    if (!node.has(name)) {
      include(node, name, version, path, param);
    }
    JsonNode value = node.get(name);
    if (value instanceof ArrayNode list && EXPANDABLE.contains(name)) {
      for (int i = 0; i < list.size(); i++) {
        JsonNode named =
            list.get(i).isTextual() ? named(name, list.get(i).asText(), version) : null;
        if (named != null) {
          list.set(i, named);
        }
      }
    } else if (value != null && value.isTextual()) {
      JsonNode named = EXPANDABLE.contains(name) ? named(name, value.asText(), version) : null;
      if (named == null) {
        throw notExpandable(path, param);
      }
      node.set(name, named);
      value = named;
    } else if (levels.size() == 1
        && value != null
        && !value.isContainerNode()
        && !EXPANDABLE.contains(name)) {
      throw notExpandable(path, param);
    }
    if (value != null) {
      expand(value, levels.subList(1, levels.size()), version, path, param);
    }
  }

  private @Nullable JsonNode named(String name, String id, ApiVersion version) {
    Optional<? extends StripeObject> object = name.equals("coupon") ? coupon(id) : account.find(id);
    return object.map(this::render).map(version::translate).orElse(null);
  }

  /** A coupon is shown where it is in force even after it was deleted. */
  private Optional<Coupon> coupon(String id) {
    return Optional.ofNullable(account.coupons.get(id))
        .or(() -> account.discounts.values().stream()
            .map(discount -> discount.coupon)
            .filter(coupon -> coupon.id.equals(id))
            .findFirst());
  }

  /** What is left out unless it is asked for. */
  private void include(
      ObjectNode node, String name, ApiVersion version, String path, String param) {
    String id = node.path("id").asText();
    StripeObject owner = account.find(id).orElse(null);
    if (owner instanceof Customer customer && customer.deleted) {
      return;
    } else if (name.equals("line_items") && owner instanceof CheckoutSession session) {
      ArrayNode items = checkouts.lineItems(session);
      node.set(name, Json.list(items, false, "/v1/checkout/sessions/" + id + "/line_items"));
    } else if (name.equals("payments") && owner instanceof Invoice invoice) {
      node.set(name, invoices.payments(invoice));
    } else if (name.equals("confirmation_secret") && owner instanceof Invoice invoice) {
      if (invoice.paymentIntent == null) {
        node.putNull(name);
      } else {
        String secret = account.paymentIntent(invoice.paymentIntent).clientSecret();
        node.putObject(name).put("client_secret", secret).put("type", "payment_intent");
      }
    } else if (name.equals("currency_options") && owner instanceof Price price) {
      node.set(name, CatalogJson.currencyOptions(price));
    } else if (name.equals("subscriptions") && owner instanceof Customer) {
      ArrayNode data = Json.array();
      account.subscriptions.values().stream()
          .filter(subscription -> subscription.customer.equals(id) && !subscription.ended())
          .forEach(subscription -> data.insert(0, version.translate(render(subscription))));
      node.set(name, Json.list(data, false, "/v1/customers/" + id + "/subscriptions"));
    } else {
      throw notExpandable(path, param);
    }
  }

  private static StripeException notExpandable(String path, String param) {
    return StripeException.invalid(null, param, "This property cannot be expanded (" + path + ").");
  }
}
