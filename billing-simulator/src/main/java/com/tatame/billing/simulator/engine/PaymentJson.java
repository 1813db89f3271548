package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** Payment intents, charges and setup intents. */
final class PaymentJson {
  private final Account account;

  PaymentJson(Account account) {
    this.account = account;
  }

  ObjectNode paymentIntent(PaymentIntent intent) {
    ObjectNode node = Json.object("payment_intent", intent)
        .put("amount", intent.amount)
        .put("amount_capturable", 0)
        .put("amount_received", intent.status.equals("succeeded") ? intent.amount : 0)
        .put("canceled_at", intent.canceledAt)
        .put("cancellation_reason", intent.cancellationReason)
        .put("capture_method", "automatic")
        .put("client_secret", intent.clientSecret())
        .put("confirmation_method", "automatic")
        .put("currency", intent.currency)
        .put("customer", intent.customer)
        .put("description", intent.description)
        .put("latest_charge", intent.latestCharge)
        .put("payment_method", intent.paymentMethod)
        .put("setup_future_usage", intent.setupFutureUsage)
        .put("status", intent.status);
    automaticMethods(node, intent);
    node.putObject("amount_details").putObject("tip");
    node.putArray("payment_method_types").add("card");
    node.putObject("payment_method_options")
        .putObject("card")
        .putNull("installments")
        .putNull("mandate_options")
        .putNull("network")
        .put("request_three_d_secure", "automatic");
    nextAction(node, intent.status);
    node.set(
        "last_payment_error",
        error(intent.lastError, intent.failedPaymentMethod, intent.latestCharge));
    Json.nulls(
        node,
        "application",
        "application_fee_amount",
        "customer_account",
        "excluded_payment_method_types",
        "managed_payments",
        "on_behalf_of",
        "payment_method_configuration_details",
        "processing",
        "receipt_email",
        "review",
        "shipping",
        "source",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "transfer_data",
        "transfer_group");
    node.putObject(Json.OLDER).put("invoice", intent.invoice);
    return node;
  }

  private static void automaticMethods(ObjectNode node, PaymentIntent intent) {
    if (intent.automaticPaymentMethods) {
      node.putObject("automatic_payment_methods")
          .put("allow_redirects", "always")
          .put("enabled", true);
    } else {
      node.putNull("automatic_payment_methods");
    }
  }

  private static void nextAction(ObjectNode node, String status) {
    if (status.equals("requires_action")) {
      node.putObject("next_action").put("type", "use_stripe_sdk").putObject("use_stripe_sdk");
    } else {
      node.putNull("next_action");
    }
  }

  private JsonNode error(
      @Nullable Decline decline, @Nullable String paymentMethod, @Nullable String charge) {
    if (decline == null) {
      return NullNode.instance;
    }
    ObjectNode node = Json.object()
        .put("code", decline.code())
        .put("doc_url", "https://stripe.com/docs/error-codes/" + decline.code().replace('_', '-'))
        .put("message", decline.message())
        .put("type", "card_error");
    if (charge != null) {
      node.put("charge", charge);
    }
    if (decline.declineCode() != null) {
      node.put("decline_code", decline.declineCode());
    }
    if (paymentMethod != null) {
      node.set("payment_method", CustomerJson.paymentMethod(account.paymentMethod(paymentMethod)));
    }
    return node;
  }

  ObjectNode charge(Charge charge) {
    PaymentMethod method = account.paymentMethod(charge.paymentMethod);
    boolean paid = charge.failure == null;
    ObjectNode node = Json.object("charge", charge)
        .put("amount", charge.amount)
        .put("amount_captured", paid ? charge.amount : 0)
        .put("amount_refunded", charge.amountRefunded)
        .put("balance_transaction", paid ? "txn_" + charge.id.substring(3) : null)
        .put("calculated_statement_descriptor", "SIMULATED ACCOUNT")
        .put("captured", paid)
        .put("currency", charge.currency)
        .put("customer", charge.customer)
        .put("description", charge.description)
        .put("disputed", charge.disputed)
        .put("failure_code", charge.failure == null ? null : charge.failure.code())
        .put("failure_message", charge.failure == null ? null : charge.failure.message())
        .put("paid", paid)
        .put("payment_intent", charge.paymentIntent)
        .put("payment_method", charge.paymentMethod)
        .put("receipt_url", paid ? "https://pay.stripe.com/receipts/" + charge.id : null)
        .put("refunded", charge.amountRefunded == charge.amount)
        .put("status", charge.status);
    node.set("billing_details", CustomerJson.billingDetails(method));
    node.putObject("fraud_details");
    outcome(node, charge);
    card(node, charge, method);
    Json.nulls(
        node,
        "application",
        "application_fee",
        "application_fee_amount",
        "failure_balance_transaction",
        "on_behalf_of",
        "receipt_email",
        "receipt_number",
        "review",
        "shipping",
        "source",
        "source_transfer",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "transfer_data",
        "transfer_group");
    node.putObject(Json.OLDER).put("invoice", charge.invoice);
    return node;
  }

  private static void outcome(ObjectNode node, Charge charge) {
    boolean paid = charge.failure == null;
    ObjectNode outcome = node.putObject("outcome")
        .put("network_status", paid ? "approved_by_network" : "declined_by_network")
        .put("reason", charge.failure == null ? null : charge.failure.declineCode())
        .put("risk_level", "normal")
        .put("risk_score", 20)
        .put(
            "seller_message",
            paid
                ? "Payment complete."
                : "The bank did not return any further details with this decline.")
        .put("type", paid ? "authorized" : "issuer_declined");
    Json.nulls(outcome, "advice_code", "network_advice_code", "network_decline_code");
  }

  private static void card(ObjectNode node, Charge charge, PaymentMethod method) {
    ObjectNode card =
        node.putObject("payment_method_details").put("type", "card").putObject("card");
    card.put("amount_authorized", charge.failure == null ? charge.amount : null)
        .put("brand", method.card.brand)
        .put("country", "US")
        .put("exp_month", method.expMonth)
        .put("exp_year", method.expYear)
        .put("fingerprint", CustomerJson.fingerprint(method))
        .put("funding", method.card.funding)
        .put("last4", method.last4)
        .put("network", method.card.brand)
        .put("regulated_status", "unregulated")
        .set("checks", CustomerJson.checks());
    Json.nulls(
        card,
        "authorization_code",
        "installments",
        "mandate",
        "network_transaction_id",
        "three_d_secure",
        "transaction_link_id",
        "wallet");
  }

  ObjectNode setupIntent(SetupIntent intent) {
    ObjectNode node = Json.object("setup_intent", intent)
        .put("client_secret", intent.clientSecret())
        .put("customer", intent.customer)
        .put("payment_method", intent.paymentMethod)
        .put("status", intent.status)
        .put("usage", intent.usage)
        .put("description", intent.description)
        .put("cancellation_reason", intent.cancellationReason);
    if (intent.automaticMethods) {
      node.putObject("automatic_payment_methods").put("enabled", true);
    } else {
      node.putNull("automatic_payment_methods");
    }
    node.putArray("payment_method_types").add("card");
    node.putObject("payment_method_options")
        .putObject("card")
        .putNull("mandate_options")
        .putNull("network")
        .put("request_three_d_secure", "automatic");
    nextAction(node, intent.status);
    node.set("last_setup_error", error(intent.lastError, null, null));
    return Json.nulls(
        node,
        "application",
        "customer_account",
        "excluded_payment_method_types",
        "flow_directions",
        "latest_attempt",
        "mandate",
        "on_behalf_of",
        "payment_method_configuration_details",
        "single_use_mandate");
  }
}
