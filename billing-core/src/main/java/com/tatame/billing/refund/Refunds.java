package com.tatame.billing.refund;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandHandler;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandSearch;
import com.tatame.billing.command.Commands;
import com.tatame.billing.command.Finding;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.Observations;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.refund.RefundControl.NewRefund;
import com.tatame.billing.refund.RefundStore.Given;
import com.tatame.billing.refund.RefundStore.Payment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Use cases: giving payments back, whole or in part. Of one payment one refund is under way at a
 * time, and each is checked against what the provider says is left.
 */
public final class Refunds {
  /** The reasons that are known to the provider. */
  public static final Set<String> REASONS =
      Set.of("duplicate", "fraudulent", "requested_by_customer");

  private static final String AMOUNT = "amount";
  private static final String REASON = "reason";
  private static final int MAX_ROUNDS = 20;

  private final RefundStore store;
  private final RefundControl provider;
  private final Commands commands;
  private final Observations observations;

  public Refunds(
      RefundStore store, RefundControl provider, Commands commands, Observations observations) {
    this.store = store;
    this.provider = provider;
    this.commands = commands;
    this.observations = observations;
  }

  /**
   * What is to be given back.
   *
   * @param amount in minor units; empty for all that is left
   * @param reason one of {@link Refunds#REASONS}
   */
  public record Wanted(
      Optional<String> purchaseId,
      Optional<String> invoiceId,
      Optional<Long> amount,
      String reason) {
    public Wanted {
      if (purchaseId.isPresent() == invoiceId.isPresent()) {
        throw ValidationFailed.of("purchaseId", "send either purchaseId or invoiceId");
      }
      if (amount.filter(units -> units < 1).isPresent()) {
        throw ValidationFailed.of("amount", "must be at least 1, in minor units");
      }
      if (!REASONS.contains(reason)) {
        throw ValidationFailed.of(
            "reason",
            "must be one of " + String.join(", ", REASONS.stream().sorted().toList()));
      }
    }
  }

  /** A refund, and whether this call made it. */
  public record Refunded(Given given, boolean created) {}

  /**
   * Gives back all or part of what a purchase or an invoice cost.
   *
   * @throws NotFound if there is no such purchase or invoice, or nobody paid it
   * @throws Conflict if there is not so much left; it tells how much is
   */
  public Refunded refund(Wanted wanted) {
    PaymentIntent intent = payment(wanted).intent();
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Payment now = known(wanted, intent.id());
      long amount = affordable(wanted, now);
      Command planned = Command.planned(
          commands.nextId(),
          now.account().orElseGet(() -> new AccountId(intent.id())),
          CommandKind.CREATE_REFUND,
          intent.id(),
          params(amount, wanted.reason()),
          commands.now());
      Optional<Command> done = attempt(planned, wanted);
      if (done.isPresent()) {
        String id = done.get().result().orElseThrow();
        Given given = store.find(id).orElseThrow(() -> new NotFound("refund", id));
        return new Refunded(given, done.get().id().equals(planned.id()));
      }
    }
    throw Commands.inTheWay();
  }

  /**
   * Gives back what is left of the payment of an invoice, because it was one too many. Nothing is left
   * after the first time.
   *
   * @return what went back of it by now, in minor units; empty while its payment isn't known
   */
  public Optional<Long> giveBack(String invoiceId) {
    Wanted all =
        new Wanted(Optional.empty(), Optional.of(invoiceId), Optional.empty(), "duplicate");
    Optional<Payment> paid = store
        .ofInvoice(invoiceId)
        .filter(payment -> payment.intent().status() == PaymentIntent.Status.SUCCEEDED);
    if (paid.isEmpty()) {
      return Optional.empty();
    }
    Payment now = known(all, paid.get().intent().id());
    if (left(now) > 0) {
      refund(all);
      now = payment(all);
    }
    return Optional.of(Refund.sum(now.intent().id(), now.refunds()));
  }

  private static long left(Payment payment) {
    PaymentIntent intent = payment.intent();
    return intent.amountReceived() - Refund.sum(intent.id(), payment.refunds());
  }

  // Empty if another refund of the payment was in the way: then what is left is asked anew.
  private Optional<Command> attempt(Command planned, Wanted wanted) {
    try {
      return commands.runIfClear(planned);
    } catch (ProviderRejected e) {
      // Perhaps another one was faster: whoever asks is told what is left after it.
      affordable(wanted, known(wanted, planned.target()));
      throw e;
    }
  }

  private Payment known(Wanted wanted, String paymentIntentId) {
    observations.observeAll(() -> provider.refunds(paymentIntentId));
    return payment(wanted);
  }

  private Payment payment(Wanted wanted) {
    return wanted
        .purchaseId()
        .map(id -> store.ofPurchase(id).orElseThrow(() -> new NotFound("paid purchase", id)))
        .orElseGet(() -> {
          String id = wanted.invoiceId().orElseThrow();
          return store.ofInvoice(id).orElseThrow(() -> new NotFound("paid invoice", id));
        });
  }

  private static long affordable(Wanted wanted, Payment payment) {
    PaymentIntent intent = payment.intent();
    if (intent.status() != PaymentIntent.Status.SUCCEEDED) {
      throw Conflict.because("It is not paid, so nothing can be refunded.");
    }
    long left = left(payment);
    long amount = wanted.amount().orElse(left);
    if (left == 0) {
      throw Conflict.because(
          "All of it was refunded before; 0 " + intent.currency() + " are left.");
    }
    if (amount > left) {
      throw Conflict.because("Only " + left + " " + intent.currency()
          + " (in minor units) of it can still be refunded.");
    }
    return amount;
  }

  private static Map<String, String> params(long amount, String reason) {
    return Map.of(AMOUNT, Long.toString(amount), REASON, reason);
  }

  /** One page, as {@link RefundStore#list}. */
  public List<Given> list(Optional<String> after, int limit) {
    return store.list(after, limit);
  }

  /** How a refund is sent, and found among those of its payment. */
  public static Map<CommandKind, CommandHandler> handlers(
      RefundControl provider, CommandSearch search) {
    return Map.of(CommandKind.CREATE_REFUND, new CommandHandler() {
      @Override
      public Optional<SubjectId> subject(Command command) {
        return Optional.of(new SubjectId(command.target()));
      }

      @Override
      public Observation send(Command command) {
        return provider.create(
            new NewRefund(
                command.target(),
                Optional.of(Long.valueOf(command.params().getOrDefault(AMOUNT, "0"))),
                Optional.ofNullable(command.params().get(REASON)),
                Map.of()),
            command.id().value(),
            command.idempotencyKey());
      }

      @Override
      public Finding find(Command command) {
        return search.made(command, Optional.of(command.target()));
      }
    });
  }
}
