package com.tatame.billing.simulator.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Everything that the simulated account holds: the state that is saved, in the order in which it came to be. */
final class Account {
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  String id = "";
  String apiVersion = "";
  long now;
  long seed;
  long idsGiven;
  long duesPlanned;
  long requestsServed;
  Map<String, Product> products = new LinkedHashMap<>();
  Map<String, Price> prices = new LinkedHashMap<>();
  Map<String, Meter> meters = new LinkedHashMap<>();
  List<MeterEvent> meterEvents = new ArrayList<>();
  Map<String, Customer> customers = new LinkedHashMap<>();
  Map<String, CheckoutSession> sessions = new LinkedHashMap<>();
  Map<String, Subscription> subscriptions = new LinkedHashMap<>();
  Map<String, Invoice> invoices = new LinkedHashMap<>();
  Map<String, InvoicePayment> invoicePayments = new LinkedHashMap<>();
  Map<String, PaymentIntent> paymentIntents = new LinkedHashMap<>();
  Map<String, Charge> charges = new LinkedHashMap<>();
  Map<String, SetupIntent> setupIntents = new LinkedHashMap<>();
  Map<String, PaymentMethod> paymentMethods = new LinkedHashMap<>();
  Map<String, Refund> refunds = new LinkedHashMap<>();
  Map<String, Dispute> disputes = new LinkedHashMap<>();
  Map<String, Coupon> coupons = new LinkedHashMap<>();
  Map<String, PromotionCode> promotionCodes = new LinkedHashMap<>();
  Map<String, TaxId> taxIds = new LinkedHashMap<>();
  Map<String, SubscriptionSchedule> schedules = new LinkedHashMap<>();
  Map<String, Discount> discounts = new LinkedHashMap<>();
  Map<String, InvoiceItem> invoiceItems = new LinkedHashMap<>();
  Map<String, PortalConfiguration> portalConfigurations = new LinkedHashMap<>();
  Map<String, PortalSession> portalSessions = new LinkedHashMap<>();
  Map<String, StripeEvent> events = new LinkedHashMap<>();
  Map<String, WebhookEndpoint> endpoints = new LinkedHashMap<>();
  Map<String, StoredAnswer> answers = new LinkedHashMap<>();
  TreeSet<Due> dues = new TreeSet<>();

  /** An id like Stripe's; the same seed gives the same ids in the same order. */
  String newId(String prefix, int length) {
    return text(prefix, length, ++idsGiven);
  }

  /** Counted apart, so that a read does not change the ids of what comes after it. */
  String newRequestId() {
    requestsServed++;
    return text("req_", 14, -requestsServed);
  }

  private String text(String prefix, int length, long number) {
    long mixed = seed + number * 0x9E3779B97F4A7C15L;
    StringBuilder text = new StringBuilder(prefix);
    for (int i = 0; i < length; i++) {
      mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
      mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL + i;
      text.append(
          ALPHABET.charAt((int) Long.remainderUnsigned(mixed ^ (mixed >>> 31), ALPHABET.length())));
    }
    return text.toString();
  }

  <T extends StripeObject> T begin(T object, String prefix, int length) {
    object.id = newId(prefix, length);
    object.created = now;
    return object;
  }

  void plan(long at, Due.Kind kind, String object) {
    dues.add(new Due(at, ++duesPlanned, kind, object));
  }

  /** The object with an id that something else names, looked up by the prefix of the id. */
  Optional<StripeObject> find(String id) {
    return Optional.ofNullable(collectionOf(id).get(id));
  }

  private Map<String, ? extends StripeObject> collectionOf(String id) {
    String prefix = id.substring(0, Math.max(0, id.indexOf('_')));
    return switch (prefix) {
      case "price" -> prices;
      case "mtr" -> meters;
      case "cus" -> customers;
      case "cs" -> sessions;
      case "sub" -> id.startsWith("sub_sched_") ? schedules : subscriptions;
      case "in" -> invoices;
      case "inpay" -> invoicePayments;
      case "pi" -> paymentIntents;
      case "ch" -> charges;
      case "seti" -> setupIntents;
      case "pm" -> paymentMethods;
      case "re" -> refunds;
      case "dp" -> disputes;
      case "promo" -> promotionCodes;
      case "txi" -> taxIds;
      case "di" -> discounts;
      case "ii" -> invoiceItems;
      case "evt" -> events;
      case "we" -> endpoints;
      default -> products;
    };
  }

  List<Discount> discounts(List<String> ids) {
    return ids.stream().map(id -> known(discounts, id)).toList();
  }

  /** What waits for the next invoice of a subscription. */
  List<InvoiceItem> pendingItems(Subscription subscription) {
    return invoiceItems.values().stream()
        .filter(item -> item.invoice == null && item.subscription.equals(subscription.id))
        .toList();
  }

  Charge charge(String id) {
    return known(charges, id);
  }

  Customer customer(String id) {
    return known(customers, id);
  }

  Price price(String id) {
    return known(prices, id);
  }

  Product product(String id) {
    return known(products, id);
  }

  Subscription subscription(String id) {
    return known(subscriptions, id);
  }

  Invoice invoice(String id) {
    return known(invoices, id);
  }

  PaymentMethod paymentMethod(String id) {
    return known(paymentMethods, id);
  }

  PaymentIntent paymentIntent(String id) {
    return known(paymentIntents, id);
  }

  SetupIntent setupIntent(String id) {
    return known(setupIntents, id);
  }

  List<InvoicePayment> paymentsOf(Invoice invoice) {
    return invoice.payments.stream().map(id -> known(invoicePayments, id)).toList();
  }

  private static <T> T known(Map<String, T> objects, String id) {
    T object = objects.get(id);
    if (object == null) {
      throw new IllegalStateException("the account refers to " + id + " but does not hold it");
    }
    return object;
  }
}
