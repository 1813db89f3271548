package com.tatame.billing.simulator.engine;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The API's side of checkout sessions: what may be asked for, and what is refused. */
final class CheckoutCreation {
  static final Shape CREATE =
      Shape.of("mode:(payment|setup|subscription)! success_url! cancel_url customer customer_email"
          + " client_reference_id currency locale metadata:map expires_at:int allow_promotion_codes:bool"
          + " line_items[]{price quantity:int metadata:map ~adjustable_quantity ~tax_rates"
          + " price_data{currency! product product_data{name! description images[] metadata:map"
          + " tax_code unit_label} " + Catalog.PRICE_DATA + "~currency_options}}"
          + " payment_intent_data{description metadata:map setup_future_usage:(off_session|on_session)"
          + " receipt_email statement_descriptor statement_descriptor_suffix ~application_fee_amount"
          + " ~capture_method ~on_behalf_of ~shipping ~transfer_data ~transfer_group}"
          + " customer_creation:(always|if_required)"
          + " billing_address_collection:(auto|required) payment_method_collection:(always|if_required)"
          + " automatic_tax{enabled:bool! ~liability} tax_id_collection{enabled:bool! required:(if_supported|never)}"
          + " phone_number_collection{enabled:bool!} adaptive_pricing{enabled:bool}"
          + " customer_update{address:(auto|never) name:(auto|never) shipping:(auto|never)}"
          + " ui_mode:(elements|embedded_page|form|hosted_page) submit_type:(auto|book|donate|pay|subscribe) expand[]"
          + " subscription_data{description metadata:map trial_period_days:int trial_end:int"
          + " trial_settings{end_behavior{missing_payment_method:(cancel|create_invoice|pause)!}!}"
          + " billing_mode{type:(classic|flexible)! flexible{proration_discounts:(included|itemized)}}"
          + " proration_behavior:(create_prorations|none) ~application_fee_percent ~billing_cycle_anchor"
          + " ~billing_cycle_anchor_config ~default_tax_rates ~invoice_settings ~on_behalf_of"
          + " ~pending_invoice_item_interval ~transfer_data}"
          + " ~after_expiration ~branding_settings ~consent_collection ~custom_fields ~custom_text ~customer_account"
          + " discounts[]{coupon promotion_code} ~excluded_payment_method_types"
          + " ~integration_identifier ~invoice_creation"
          + " ~managed_payments ~name_collection ~optional_items ~origin_context"
          + " ~payment_method_configuration ~payment_method_data ~payment_method_options ~payment_method_types"
          + " ~permissions ~redirect_on_completion ~return_url ~saved_payment_method_options ~setup_intent_data"
          + " ~shipping_address_collection ~shipping_options ~wallet_options");
  static final Shape LIST =
      Shape.of("customer subscription payment_intent status:(complete|expired|open) created:range"
          + " customer_details{email!} ~customer_account ~payment_link" + Lists.SHAPE);

  private static final long DAY = Subscriptions.DAY;

  private final Account account;
  private final Catalog catalog;
  private final Customers customers;
  private final Checkout checkout;
  private final Discounts discounts;

  CheckoutCreation(
      Account account,
      Catalog catalog,
      Customers customers,
      Checkout checkout,
      Discounts discounts) {
    this.account = account;
    this.catalog = catalog;
    this.customers = customers;
    this.checkout = checkout;
    this.discounts = discounts;
  }

  Outcome create(Call call) {
    Params params = call.params();
    String mode = params.required("mode");
    if (mode.equals("setup")) {
      throw StripeException.invalid(
          null, "mode", "The simulator knows only the modes payment and subscription yet.");
    }
    if (!params.text("ui_mode", "hosted_page").equals("hosted_page")) {
      throw StripeException.invalid(
          null, "ui_mode", "The simulator knows only the ui_mode hosted_page yet.");
    }
    CheckoutSession session = new CheckoutSession();
    session.mode = mode;
    urls(session, params);
    buyer(session, params);
    if (session.takesPayment()) {
      PaymentCheckout.refuseForeign(params, "subscription_data", "payment_method_collection");
      PaymentCheckout.lines(session, params, catalog);
      PaymentCheckout.terms(session, params);
    } else {
      PaymentCheckout.refuseForeign(params, "payment_intent_data", "customer_creation");
      lines(session, params);
      discounts.offer(session, params);
      terms(session, params.child("subscription_data"));
    }
    session.clientReferenceId = params.text("client_reference_id");
    if (session.clientReferenceId != null && session.clientReferenceId.length() > 200) {
      throw StripeException.invalid(
          null,
          "client_reference_id",
          "Invalid string: client_reference_id must be at most 200 characters.");
    }
    session.allowPromotionCodes = params.flag("allow_promotion_codes");
    session.billingAddressCollection = params.text("billing_address_collection");
    session.paymentMethodCollection =
        params.text("payment_method_collection", session.takesPayment() ? "if_required" : "always");
    session.automaticTax = params.child("automatic_tax").flag("enabled", false);
    session.taxIdCollection = params.child("tax_id_collection").flag("enabled", false);
    session.phoneNumberCollection = params.child("phone_number_collection").flag("enabled", false);
    session.locale = params.text("locale");
    session.updatesCustomerName =
        params.child("customer_update").text("name", "never").equals("auto");
    session.updatesCustomerAddress =
        params.child("customer_update").text("address", "never").equals("auto");
    requireAddressForTax(session, params);
    params.mergeMetadata(session.metadata);
    session.expiresAt = params.number("expires_at", account.now + DAY);
    if (session.expiresAt < account.now + 1800 || session.expiresAt > account.now + DAY) {
      throw StripeException.invalid(
          null,
          "expires_at",
          "The `expires_at` timestamp must be between 30 minutes and 24 hours after the Checkout Session is created.");
    }
    account.begin(session, "cs_test_", 58);
    account.sessions.put(session.id, session);
    account.plan(session.expiresAt, Due.Kind.SESSION_EXPIRES, session.id);
    return new Outcome.One(session);
  }

  private static void urls(CheckoutSession session, Params params) {
    session.successUrl = url(params.required("success_url"), "success_url");
    session.cancelUrl =
        params.given("cancel_url") ? url(params.required("cancel_url"), "cancel_url") : null;
  }

  private static String url(String text, String param) {
    try {
      URI uri = new URI(text.replace("{CHECKOUT_SESSION_ID}", "id"));
      if (uri.isAbsolute()
          && !Objects.equals(uri.getScheme(), "javascript")
          && !Objects.equals(uri.getScheme(), "data")) {
        return text;
      }
    } catch (URISyntaxException e) {
      // refused below
    }
    throw StripeException.invalid(
        "url_invalid",
        param,
        "Not a valid URL: an explicit scheme (such as https) must be provided.");
  }

  private void buyer(CheckoutSession session, Params params) {
    if (params.given("customer") && params.given("customer_email")) {
      throw StripeException.invalid(
          null,
          "customer_email",
          "You may only specify one of these parameters: customer, customer_email.");
    }
    if (params.given("customer")) {
      session.customer = customers.live(params.required("customer"), "customer").id;
    } else if (params.has("customer_update")) {
      throw StripeException.invalid(
          null, "customer_update", "`customer_update` can only be used with `customer`.");
    }
    session.customerEmail = params.text("customer_email");
  }

  private void lines(CheckoutSession session, Params params) {
    List<Params> lines = params.children("line_items");
    if (lines.isEmpty()) {
      throw StripeException.invalid(
          "parameter_missing", "line_items", "Missing required param: line_items.");
    }
    Recurrence cycle = null;
    for (Params line : lines) {
      Price price = recurring(line);
      long quantity = quantity(line, price);
      if (session.currency.isEmpty()) {
        session.currency = currency(session, params, price);
      }
      price.requireSoldIn(session.currency, line.path("price"));
      Recurrence own =
          new Recurrence(price.recurrence().interval(), price.recurrence().intervalCount(), "");
      if (cycle != null && !cycle.equals(own)) {
        throw StripeException.invalid(
            null,
            line.path("price"),
            "The simulator bills all items of a subscription at the same interval.");
      }
      cycle = own;
      session.lineItems.add(
          new CheckoutSession.LineItem(account.newId("li_", 24), price.id, quantity));
    }
    requireOneCurrency(session);
  }

  private Price recurring(Params line) {
    Price price = catalog.price(line.required("price"), line.path("price"));
    if (!price.active) {
      throw StripeException.invalid(
          "price_inactive",
          line.path("price"),
          "The price specified is inactive. This field only accepts active prices.");
    }
    if (price.recurring == null) {
      throw StripeException.invalid(
          null,
          line.path("price"),
          "The simulator knows only recurring prices in a subscription's session yet.");
    }
    return price;
  }

  private static long quantity(Params line, Price price) {
    boolean metered = price.recurrence().metered();
    if (metered == line.given("quantity")) {
      throw StripeException.invalid(
          metered ? null : "parameter_missing",
          line.path("quantity"),
          metered
              ? "Quantity may not be specified for metered prices."
              : "Quantity is required. Add `quantity` to `" + line.path("").replace("[]", "")
                  + "`");
    }
    long quantity = line.number("quantity", 1);
    if (quantity < 1) {
      throw StripeException.invalid(
          "parameter_invalid_integer",
          line.path("quantity"),
          "This value must be greater than or equal to 1.");
    }
    return quantity;
  }

  private void requireOneCurrency(CheckoutSession session) {
    if (session.customer != null) {
      String used = account.customer(session.customer).currency;
      if (used != null && !used.equals(session.currency)) {
        throw StripeException.refused(
            null,
            "You cannot combine currencies on a single customer. This customer has an active subscription, subscription"
                + " schedule, discount, quote, or invoice item with currency " + used);
      }
    }
  }

  /** The one that is asked for, else the customer's, else the price's own. */
  private String currency(CheckoutSession session, Params params, Price price) {
    String used = session.customer == null ? null : account.customer(session.customer).currency;
    String otherwise = used != null && price.soldIn(used) ? used : price.currency;
    return params.text("currency", otherwise).toLowerCase(Locale.ROOT);
  }

  private void terms(CheckoutSession session, Params terms) {
    session.trialDays = terms.number("trial_period_days");
    session.trialEnd = terms.number("trial_end");
    if (session.trialDays != null && session.trialEnd != null) {
      throw StripeException.invalid(
          null,
          terms.path("trial_end"),
          "You may only specify one of these parameters: trial_period_days, trial_end.");
    }
    if (session.trialDays != null && (session.trialDays < 1 || session.trialDays > 730)) {
      throw StripeException.invalid(
          "parameter_invalid_integer",
          terms.path("trial_period_days"),
          "The minimum number of trial period days is 1 and the maximum is 730.");
    }
    if (session.trialEnd != null
        && (session.trialEnd < account.now + 2 * DAY
            || session.trialEnd > account.now + 730 * DAY)) {
      throw StripeException.invalid(
          null,
          terms.path("trial_end"),
          "The `trial_end` date has to be at least 2 days and at most 730 days in the future.");
    }
    session.missingPaymentMethod = terms
        .child("trial_settings")
        .child("end_behavior")
        .text("missing_payment_method", "create_invoice");
    session.billingMode = terms.child("billing_mode").text("type", "flexible");
    session.subscriptionDescription = terms.text("description");
    terms.mergeMetadata(session.subscriptionMetadata);
  }

  private void requireAddressForTax(CheckoutSession session, Params params) {
    if (!session.automaticTax || session.customer == null) {
      return;
    }
    Map<String, String> address = account.customer(session.customer).address;
    boolean collects = params.child("customer_update").text("address", "never").equals("auto");
    if (address == null && !collects) {
      throw StripeException.invalid(
          "customer_tax_location_invalid",
          "customer_update[address]",
          "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to the"
              + " Customer or set either `customer_update[address]` to 'auto' or `customer_update[shipping]` to 'auto'"
              + " to save the address entered in Checkout to the Customer.");
    }
  }

  Outcome retrieve(Call call) {
    return new Outcome.One(checkout.session(call.id()));
  }

  Outcome expire(Call call) {
    CheckoutSession session = checkout.session(call.id());
    if (!session.status.equals("open")) {
      throw StripeException.refused(
          null,
          "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of "
              + session.status + ".");
    }
    checkout.expire(session);
    return new Outcome.One(session);
  }

  Outcome list(Call call) {
    Params params = call.params();
    return Lists.page(
        account.sessions.values(),
        session -> Lists.asked(params, "customer", session.customer)
            && Lists.asked(params, "subscription", session.subscription)
            && Lists.asked(params, "status", session.status)
            && Lists.asked(
                params,
                "payment_intent",
                session.status.equals("complete") ? session.paymentIntent : null)
            && Lists.asked(params.child("customer_details"), "email", session.collectedEmail)
            && Lists.range(params, "created").test(session.created),
        call,
        "checkout.session");
  }
}
