package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Money that goes back: refunds, and disputes, which a documented test card raises. */
final class Refunds {
  static final Shape CREATE = Shape.of("payment_intent charge amount:int metadata:map expand[]"
      + " reason:(duplicate|fraudulent|requested_by_customer) ~currency ~customer"
      + " ~instructions_email ~origin ~refund_application_fee ~reverse_transfer");
  static final Shape UPDATE = Shape.of("metadata:map expand[]");
  static final Shape LIST = Shape.of("payment_intent charge created:range" + Lists.SHAPE);
  static final Shape ANSWER =
      Shape.of("evidence{uncategorized_text} submit:bool metadata:map expand[]");

  private final Account account;
  private final Events events;

  Refunds(Account account, Events events) {
    this.account = account;
    this.events = events;
  }

  private Charge charge(Params params) {
    if (params.given("payment_intent") == params.given("charge")) {
      throw StripeException.invalid(
          "parameter_missing",
          "payment_intent",
          "One of the following params should be provided for this request: payment_intent or charge.");
    }
    if (params.given("charge")) {
      String id = params.required("charge");
      return Optional.ofNullable(account.charges.get(id))
          .orElseThrow(() -> StripeException.missing("charge", id, "charge"));
    }
    String id = params.required("payment_intent");
    PaymentIntent intent = Optional.ofNullable(account.paymentIntents.get(id))
        .orElseThrow(() -> StripeException.missing("payment_intent", id, "payment_intent"));
    if (intent.latestCharge == null || !intent.status.equals("succeeded")) {
      throw StripeException.refused(
          "payment_intent_unexpected_state",
          "This PaymentIntent (" + id + ") does not have a successful charge to refund.");
    }
    return account.charge(intent.latestCharge);
  }

  Outcome create(Call call) {
    Params params = call.params();
    Charge charge = charge(params);
    long left = charge.amount - charge.amountRefunded;
    if (charge.failure != null) {
      throw StripeException.refused(null, "Charge " + charge.id + " failed and can't be refunded.");
    }
    if (left == 0) {
      throw StripeException.refused(
          "charge_already_refunded", "Charge " + charge.id + " has already been refunded.");
    }
    long amount = params.number("amount", left);
    if (amount < 1 || amount > left) {
      throw StripeException.invalid(
          amount < 1 ? "parameter_invalid_integer" : null,
          "amount",
          amount < 1
              ? "Invalid positive integer"
              : "Refund amount (" + amount + ") is greater than unrefunded amount on charge ("
                  + left + ")");
    }
    ObjectNode before = events.snapshot(charge);
    Refund refund = account.begin(new Refund(), "re_", 24);
    refund.charge = charge.id;
    refund.amount = amount;
    refund.reason = params.text("reason");
    params.mergeMetadata(refund.metadata);
    account.refunds.put(refund.id, refund);
    charge.amountRefunded += amount;
    events.emit("refund.created", refund);
    events.emitWithPast("charge.refunded", charge, before);
    return new Outcome.One(refund);
  }

  private Refund refund(String id) {
    return Optional.ofNullable(account.refunds.get(id))
        .orElseThrow(() -> StripeException.missing("refund", id, "refund"));
  }

  Outcome retrieve(Call call) {
    return new Outcome.One(refund(call.id()));
  }

  Outcome update(Call call) {
    Refund refund = refund(call.id());
    events.updating("refund.updated", refund, () -> call.params().mergeMetadata(refund.metadata));
    return new Outcome.One(refund);
  }

  /** The payer's bank sends the money back: a refund that had succeeded fails after all. */
  void fail(String id) {
    Refund refund = refund(id);
    if (refund.status.equals("failed")) {
      return;
    }
    ObjectNode before = events.snapshot(refund);
    refund.status = "failed";
    refund.failureReason = "expired_or_canceled_card";
    account.charge(refund.charge).amountRefunded -= refund.amount;
    events.emit("refund.failed", refund);
    events.emitWithPast("refund.updated", refund, before);
  }

  Outcome list(Call call) {
    Params params = call.params();
    return Lists.page(
        account.refunds.values(),
        refund -> of(refund.charge, params) && Lists.range(params, "created").test(refund.created),
        call,
        "refund");
  }

  private boolean of(String charge, Params params) {
    return Lists.asked(params, "charge", charge)
        && Lists.asked(params, "payment_intent", account.charge(charge).paymentIntent);
  }

  /** The payer objects to a charge; the bank takes the money back at once. */
  static void raise(Account account, Events events, Charge charge) {
    Dispute dispute = account.begin(new Dispute(), "dp_", 24);
    dispute.charge = charge.id;
    dispute.amount = charge.amount;
    account.disputes.put(dispute.id, dispute);
    charge.disputed = true;
    events.emit("charge.dispute.created", dispute);
    dispute.withdrawnAt = account.now;
    events.emit("charge.dispute.funds_withdrawn", dispute);
  }

  private Dispute dispute(String id) {
    return Optional.ofNullable(account.disputes.get(id))
        .orElseThrow(() -> StripeException.missing("dispute", id, "dispute"));
  }

  Outcome retrieveDispute(Call call) {
    return new Outcome.One(dispute(call.id()));
  }

  Outcome listDisputes(Call call) {
    Params params = call.params();
    return Lists.page(
        account.disputes.values(),
        dispute ->
            of(dispute.charge, params) && Lists.range(params, "created").test(dispute.created),
        call,
        "dispute");
  }

  /** Evidence, which decides as Stripe's test mode does: {@code winning_evidence} or {@code losing_evidence}. */
  Outcome answer(Call call) {
    Dispute dispute = dispute(call.id());
    requireOpen(dispute);
    String evidence = call.params().child("evidence").text("uncategorized_text");
    ObjectNode before = events.snapshot(dispute);
    call.params().mergeMetadata(dispute.metadata);
    if (evidence != null) {
      dispute.answered = true;
    }
    String verdict = verdict(evidence);
    dispute.status = verdict != null || evidence == null ? dispute.status : "under_review";
    events.emitIfChanged("charge.dispute.updated", dispute, before);
    if (verdict != null) {
      end(dispute, verdict);
    }
    return new Outcome.One(dispute);
  }

  private static @Nullable String verdict(@Nullable String evidence) {
    return "winning_evidence".equals(evidence)
        ? "won"
        : "losing_evidence".equals(evidence) ? "lost" : null;
  }

  /** Accepting a dispute loses it. */
  Outcome close(Call call) {
    Dispute dispute = dispute(call.id());
    requireOpen(dispute);
    end(dispute, "lost");
    return new Outcome.One(dispute);
  }

  private static void requireOpen(Dispute dispute) {
    if (dispute.status.equals("won") || dispute.status.equals("lost")) {
      throw StripeException.refused(null, "This dispute is already closed");
    }
  }

  private void end(Dispute dispute, String verdict) {
    dispute.status = verdict;
    events.emit("charge.dispute.closed", dispute);
    if (verdict.equals("won")) {
      dispute.reinstatedAt = account.now;
      events.emit("charge.dispute.funds_reinstated", dispute);
    }
  }
}
