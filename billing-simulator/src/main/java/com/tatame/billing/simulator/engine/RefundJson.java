package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Refunds and disputes. */
final class RefundJson {
  private static final long FEE = 1500;
  private static final long ANSWER_SECONDS = 9 * 86_400;

  private final Account account;

  RefundJson(Account account) {
    this.account = account;
  }

  ObjectNode refund(Refund refund) {
    Charge charge = account.charge(refund.charge);
    ObjectNode node = Json.object("refund", refund)
        .put("amount", refund.amount)
        .put("balance_transaction", "txn_" + refund.id.substring(3))
        .put("charge", refund.charge)
        .put("currency", charge.currency)
        .put("customer", charge.customer)
        .put("payment_intent", charge.paymentIntent)
        .put("payment_method", charge.paymentMethod)
        .put("reason", refund.reason)
        .put("status", refund.status);
    node.remove("livemode");
    node.putObject("destination_details")
        .put("type", "card")
        .putObject("card")
        .put("reference_status", "pending")
        .put("reference_type", "acquirer_reference_number")
        .put("type", "refund");
    if (refund.failureReason != null) {
      node.put("failure_reason", refund.failureReason)
          .put("failure_balance_transaction", "txn_f" + refund.id.substring(4));
    }
    return Json.nulls(
        node,
        "customer_account",
        "receipt_number",
        "source_transfer_reversal",
        "transfer_reversal");
  }

  ObjectNode dispute(Dispute dispute) {
    Charge charge = account.charge(dispute.charge);
    PaymentMethod method = account.paymentMethod(charge.paymentMethod);
    boolean open = dispute.status.equals("needs_response");
    ObjectNode node = Json.object("dispute", dispute)
        .put("amount", dispute.amount)
        .put("charge", dispute.charge)
        .put("currency", charge.currency)
        .put("is_charge_refundable", false)
        .put("network_reason_code", "10.4")
        .put("payment_intent", charge.paymentIntent)
        .put("reason", "fraudulent")
        .put("status", dispute.status);
    ArrayNode movements = node.putArray("balance_transactions");
    if (dispute.withdrawnAt != null) {
      move(movements, dispute, charge, -dispute.amount, FEE, dispute.withdrawnAt);
    }
    if (dispute.reinstatedAt != null) {
      move(movements, dispute, charge, dispute.amount, 0, dispute.reinstatedAt);
    }
    node.putArray("enhanced_eligibility_types");
    evidence(node.putObject("evidence"));
    node.putObject("evidence_details")
        .put("due_by", open ? dispute.created + ANSWER_SECONDS : null)
        .put("has_evidence", dispute.answered)
        .put("past_due", false)
        .put("submission_count", dispute.answered ? 1 : 0)
        .putObject("enhanced_eligibility");
    node.putObject("payment_method_details")
        .put("type", "card")
        .putObject("card")
        .put("brand", method.card.brand)
        .put("case_type", "chargeback")
        .put("network", method.card.brand)
        .put("network_reason_code", "10.4");
    return node;
  }

  private static void move(
      ArrayNode movements, Dispute dispute, Charge charge, long amount, long fee, long at) {
    String which = amount < 0 ? "w" : "r";
    movements
        .addObject()
        .put("id", "txn_" + which + dispute.id.substring(4))
        .put("object", "balance_transaction")
        .put("amount", amount)
        .put("available_on", at)
        .put("created", at)
        .put("currency", charge.currency)
        .put("fee", fee)
        .put("net", amount - fee)
        .put("reporting_category", amount < 0 ? "dispute" : "dispute_reversal")
        .put("source", dispute.id)
        .put("status", "available")
        .put("type", "adjustment");
  }

  private static void evidence(ObjectNode node) {
    Json.nulls(
        node,
        "access_activity_log",
        "billing_address",
        "cancellation_policy",
        "cancellation_policy_disclosure",
        "cancellation_rebuttal",
        "customer_communication",
        "customer_email_address",
        "customer_name",
        "customer_purchase_ip",
        "customer_signature",
        "duplicate_charge_documentation",
        "duplicate_charge_explanation",
        "duplicate_charge_id",
        "product_description",
        "receipt",
        "refund_policy",
        "refund_policy_disclosure",
        "refund_refusal_explanation",
        "service_date",
        "service_documentation",
        "shipping_address",
        "shipping_carrier",
        "shipping_date",
        "shipping_documentation",
        "shipping_tracking_number",
        "uncategorized_file",
        "uncategorized_text");
    node.putObject("enhanced_evidence");
  }
}
