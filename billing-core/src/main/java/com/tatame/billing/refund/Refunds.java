package com.tatame.billing.refund;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandHandler;
import com.tatame.billing.command.CommandJournal;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandLookup;
import com.tatame.billing.command.CommandParam;
import com.tatame.billing.command.CommandParams;
import com.tatame.billing.command.CommandSearch;
import com.tatame.billing.command.Commands;
import com.tatame.billing.command.RequestKey;
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
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Use cases: giving payments back, whole or in part. Of one payment one refund is under way at a
 * time, and each is checked against what the provider says is left, and against the refunds before
 * it.
 */
public final class Refunds {
  /** The reasons that are known to the provider. */
  public static final Set<String> REASONS =
      Set.of("duplicate", "fraudulent", "requested_by_customer");

  private static final CommandParam<Long> AMOUNT = CommandParam.number("amount");
  private static final CommandParam<String> REASON = CommandParam.text("reason");

  /** Set if all that was left was asked for. */
  private static final CommandParam<Boolean> ALL = CommandParam.flag("all");

  /** The refund of the same payment that came before, and was seen. */
  private static final CommandParam<String> AFTER = CommandParam.text("after");

  private static final Duration DUPLICATE_WITHIN = Duration.ofMinutes(10);
  private static final int MAX_ROUNDS = 20;

  private final RefundStore store;
  private final RefundControl provider;
  private final Commands commands;
  private final Observations observations;
  private final InstantSource clock;

  public Refunds(
      RefundStore store,
      RefundControl provider,
      Commands commands,
      Observations observations,
      InstantSource clock) {
    this.store = store;
    this.provider = provider;
    this.commands = commands;
    this.observations = observations;
    this.clock = clock;
  }

  /**
   * What is to be given back.
   *
   * @param amount in minor units; empty for all that is left
   * @param reason one of {@link Refunds#REASONS}
   * @param allowDuplicate whether the same amount may have been given back a moment ago
   */
  public record RefundRequest(
      Optional<String> purchaseId,
      Optional<String> invoiceId,
      Optional<Long> amount,
      String reason,
      boolean allowDuplicate) {
    public RefundRequest(
        Optional<String> purchaseId,
        Optional<String> invoiceId,
        Optional<Long> amount,
        String reason) {
      this(purchaseId, invoiceId, amount, reason, false);
    }

    public RefundRequest {
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

  /**
   * Gives back all or part of what a purchase or an invoice cost, once for each request.
   *
   * @param request sent again, it gets the refund that it made
   * @throws NotFound if there is no such purchase or invoice, or it was not paid
   * @throws Conflict if there is not so much left; it tells how much is. {@code in_progress} while
   *     another request refunds the same payment; {@code possible_duplicate} if another one gave back
   *     the same amount of it in the last ten minutes of the billing clock, unless that is allowed;
   *     {@code idempotency_key_reused} if the request asked for something else before
   */
  public Given refund(RefundRequest wanted, RequestKey request) {
    PaymentIntent intent = payment(wanted).intent();
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Optional<Command> earlier = commands.earlier(request, CommandKind.CREATE_REFUND);
      if (earlier.isPresent()) {
        requireSame(earlier.get(), wanted, intent);
        return given(commands.finish(earlier.get()));
      }
      AccountId account = account(payment(wanted));
      commands.requireNoneUnderWay(account, CommandKind.CREATE_REFUND, intent.id(), request);
      Optional<Command> last =
          commands.lastSucceeded(account, CommandKind.CREATE_REFUND, intent.id());
      Payment now = known(wanted, intent.id());
      refuseDuplicate(wanted, now);
      Command planned = Command.planned(
              commands.nextId(),
              account,
              CommandKind.CREATE_REFUND,
              intent.id(),
              params(affordable(wanted, now), wanted, last),
              commands.plannedAfter(last))
          .madeFor(request);
      Optional<Command> done = attempt(planned, wanted);
      if (done.isPresent()) {
        return given(done.get());
      }
    }
    throw Commands.concurrentChange();
  }

  private static AccountId account(Payment payment) {
    return payment.account().orElseGet(() -> new AccountId(payment.intent().id()));
  }

  private Given given(Command done) {
    String id = done.result().orElseThrow();
    return store.find(id).orElseThrow(() -> new NotFound("refund", id));
  }

  private static void requireSame(Command before, RefundRequest wanted, PaymentIntent intent) {
    Optional<Long> amount =
        ALL.find(before).isPresent() ? Optional.empty() : Optional.of(AMOUNT.get(before));
    boolean same = before.target().equals(intent.id())
        && amount.equals(wanted.amount())
        && wanted.reason().equals(REASON.get(before));
    if (!same) {
      throw Conflict.idempotencyKeyReused();
    }
  }

  // A refund of all that is left, when nothing is, is refused as just that.
  private void refuseDuplicate(RefundRequest wanted, Payment payment) {
    long amount = wanted.amount().orElseGet(() -> left(payment));
    Instant since = clock.instant().minus(DUPLICATE_WITHIN);
    payment.refunds().stream()
        .filter(refund -> !wanted.allowDuplicate() && amount > 0)
        .filter(refund -> refund.amount() == amount && refund.counts())
        .filter(refund -> refund.createdAt().isAfter(since))
        .max(Comparator.comparing(Refund::createdAt).thenComparing(Refund::id))
        .ifPresent(refund -> {
          throw Conflict.possibleDuplicate(refund.id());
        });
  }

  /**
   * Gives back what is left of the payment of an invoice, because it was one too many. Nothing is left
   * after the first time.
   *
   * @return what went back of it by now, in minor units; empty while its payment isn't known
   * @throws Conflict {@code in_progress} while another caller refunds it
   */
  public Optional<Long> giveBack(String invoiceId) {
    RefundRequest all = new RefundRequest(
        Optional.empty(), Optional.of(invoiceId), Optional.empty(), "duplicate", true);
    Optional<Payment> paid = store
        .ofInvoice(invoiceId)
        .filter(payment -> payment.intent().status() == PaymentIntent.Status.SUCCEEDED);
    if (paid.isEmpty()) {
      return Optional.empty();
    }
    Payment now = known(all, paid.get().intent().id());
    if (left(now) > 0) {
      // A refund that came back is followed by another one, which is another request.
      refund(all, RequestKey.of("give_back", invoiceId + ":" + now.refunds().size()));
      now = payment(all);
    }
    return Optional.of(Refund.sum(now.intent().id(), now.refunds()));
  }

  private static long left(Payment payment) {
    PaymentIntent intent = payment.intent();
    return intent.amountReceived() - Refund.sum(intent.id(), payment.refunds());
  }

  // Empty if another refund of the payment was in the way: then what is left is asked anew.
  private Optional<Command> attempt(Command planned, RefundRequest wanted) {
    try {
      return Optional.of(commands.runAlone(planned));
    } catch (ProviderRejected e) {
      if (Commands.wasSuperseded(e)) {
        return Optional.empty();
      }
      // Perhaps another one was faster: then the failure says what is left after it.
      affordable(wanted, known(wanted, planned.target()));
      throw e;
    }
  }

  private Payment known(RefundRequest wanted, String paymentIntentId) {
    observations.observeAll(() -> provider.refunds(paymentIntentId));
    return payment(wanted);
  }

  private Payment payment(RefundRequest wanted) {
    return wanted
        .purchaseId()
        .map(id -> store.ofPurchase(id).orElseThrow(() -> new NotFound("paid purchase", id)))
        .orElseGet(() -> {
          String id = wanted.invoiceId().orElseThrow();
          return store.ofInvoice(id).orElseThrow(() -> new NotFound("paid invoice", id));
        });
  }

  private static long affordable(RefundRequest wanted, Payment payment) {
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

  private static Map<String, String> params(
      long amount, RefundRequest wanted, Optional<Command> last) {
    CommandParams params = CommandParams.none()
        .with(AMOUNT, amount)
        .with(REASON, wanted.reason())
        .with(AFTER, last.map(before -> before.id().value()));
    if (wanted.amount().isEmpty()) {
      params.with(ALL, true);
    }
    return params.asMap();
  }

  /** One page, as {@link RefundStore#list}. */
  public List<Given> list(Optional<String> after, int limit) {
    return store.list(after, limit);
  }

  /** How a refund is sent, and found among those of its payment. */
  public static Map<CommandKind, CommandHandler> handlers(
      RefundControl provider, CommandJournal journal, CommandSearch search) {
    return Map.of(CommandKind.CREATE_REFUND, new CommandHandler() {
      @Override
      public Optional<SubjectId> subject(Command command) {
        return Optional.of(new SubjectId(command.target()));
      }

      // Refused if another refund of the payment came after the decision. While this one is open no
      // other can be, so what is seen here holds until it ends.
      @Override
      public Observation send(Command command) {
        Optional<String> last = journal
            .lastSucceeded(command.account(), command.kind(), command.target())
            .map(before -> before.id().value());
        if (!last.equals(AFTER.find(command))) {
          throw Commands.superseded("Another refund of the payment was made meanwhile.");
        }
        return provider.create(
            new NewRefund(
                command.target(),
                Optional.of(AMOUNT.get(command)),
                Optional.of(REASON.get(command)),
                Map.of()),
            command.id().value(),
            command.idempotencyKey());
      }

      @Override
      public CommandLookup find(Command command) {
        return search.made(command, Optional.of(command.target()));
      }
    });
  }
}
