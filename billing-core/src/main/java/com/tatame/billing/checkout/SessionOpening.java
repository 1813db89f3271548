package com.tatame.billing.checkout;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.checkout.Checkouts.Opened;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.Commands;
import com.tatame.billing.command.RequestScope;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observations;
import com.tatame.billing.observation.SubjectId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Opens sessions so that of one account and one thing on sale at most one can be paid: an equal open
 * one is returned, another one is closed first.
 */
public final class SessionOpening {
  private static final int MAX_ROUNDS = 5;

  private final CheckoutStore sessions;
  private final CheckoutSessions provider;
  private final Commands commands;
  private final Observations observations;
  private final ReturnUrls returnUrls;

  /**
   * @param returnUrls where a payer may be sent back to
   */
  public SessionOpening(
      CheckoutStore sessions,
      CheckoutSessions provider,
      Commands commands,
      Observations observations,
      ReturnUrls returnUrls) {
    this.sessions = sessions;
    this.provider = provider;
    this.commands = commands;
    this.observations = observations;
    this.returnUrls = returnUrls;
  }

  /** A session, and where its payer goes while it is open. */
  record Page(CheckoutSession session, Optional<String> url) {}

  /**
   * What is asked for.
   *
   * @param target what is on sale: of it the account has one open session at most
   * @param params all that the session is made from
   * @param good whether an open session of the same parameters is as good as a new one
   * @param guard throws if it may not be sold after all; asked once nothing is open any more
   * @param seen receives the session before, once it is closed or complete
   */
  record Request(
      AccountId account,
      CommandKind kind,
      String target,
      Map<String, String> params,
      Predicate<Command> good,
      Runnable guard,
      Consumer<CheckoutSession> seen) {}

  /**
   * Refuses to send a payer elsewhere than the configuration allows.
   *
   * @throws com.tatame.billing.failure.ValidationFailed naming the field
   */
  void requireReturnUrls(String successUrl, String cancelUrl) {
    returnUrls.require("successUrl", successUrl);
    returnUrls.require("cancelUrl", cancelUrl);
  }

  /** The command that made a session; empty if another program did. */
  Optional<Command> command(CheckoutSession session) {
    return session.commandId().flatMap(id -> commands.find(new CommandId(id)));
  }

  /** Reads the payment of a session at the provider and commits it. */
  void refreshPayment(CheckoutSession session) {
    observations.observe(Optional.empty(), () -> provider.payment(session.id()));
  }

  Opened open(Request wanted) {
    for (int i = 0; i < MAX_ROUNDS; i++) {
      Optional<Opened> opened = attempt(wanted);
      if (opened.isPresent()) {
        return opened.get();
      }
    }
    throw Commands.concurrentChange();
  }

  // Empty if another checkout of the target came in between: then all is decided anew.
  private Optional<Opened> attempt(Request wanted) {
    AccountId account = wanted.account();
    Optional<Command> last = commands.lastSucceeded(account, wanted.kind(), wanted.target());
    Optional<Page> open = last.flatMap(command -> stillOpen(wanted, command));
    if (open.isPresent()
        && CheckoutCommands.sells(last.get(), wanted.params())
        && wanted.good().test(last.get())) {
      boolean byThisRequest =
          RequestScope.current().isPresent() && last.get().request().equals(RequestScope.current());
      return Optional.of(new Opened(open.get().session(), open.get().url(), byThisRequest));
    }
    open.ifPresent(page -> expire(account, page.session()));
    wanted.guard().run();
    Command planned = Command.planned(
        commands.nextId(),
        account,
        wanted.kind(),
        wanted.target(),
        CheckoutCommands.after(last, wanted.params()),
        commands.plannedAfter(last));
    try {
      return commands
          .tryRun(planned)
          .map(done -> opened(
              page(account, session(account, done.result().orElseThrow())), done.answers(planned)));
    } catch (ProviderRejected e) {
      if (Commands.wasSuperseded(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Opened opened(Page page, boolean created) {
    return new Opened(page.session(), page.url(), created);
  }

  /**
   * Closes a session if it is open, as the provider has it now. What it sold, if it is complete, is
   * known then.
   */
  void end(AccountId account, CheckoutSession session) {
    CheckoutSession present = page(account, session).session();
    if (present.status() == CheckoutSession.Status.OPEN) {
      expire(account, present);
    } else if (present.status() == CheckoutSession.Status.COMPLETE) {
      present
          .subscriptionId()
          .ifPresentOrElse(
              id -> refresh(new ObjectRef(ObjectKind.SUBSCRIPTION, id), present.subject()),
              () -> refreshPayment(present));
    }
  }

  /** Closes the open session of a thing on sale, if there is one. */
  void close(AccountId account, CommandKind kind, String target) {
    commands
        .lastSucceeded(account, kind, target)
        .flatMap(Command::result)
        .flatMap(id -> sessions.find(account, id))
        .filter(session -> session.status() == CheckoutSession.Status.OPEN)
        .ifPresent(session -> expire(account, session));
  }

  // What the mirror calls open may have been paid a moment ago; the provider has the last word, and
  // what it sold must be known before it is sold again.
  private Optional<Page> stillOpen(Request wanted, Command created) {
    Optional<CheckoutSession> stored =
        created.result().flatMap(id -> sessions.find(wanted.account(), id));
    if (stored
        .filter(session -> session.status() == CheckoutSession.Status.OPEN)
        .isEmpty()) {
      stored.ifPresent(wanted.seen());
      return Optional.empty();
    }
    Page page = page(wanted.account(), stored.get());
    wanted.seen().accept(page.session());
    return page.session().status() == CheckoutSession.Status.OPEN
        ? Optional.of(page)
        : Optional.empty();
  }

  /** A session as the provider has it now, with its address, which is kept nowhere. */
  Page page(AccountId account, CheckoutSession session) {
    List<String> urls = new ArrayList<>();
    observations.observe(Optional.of(session.subject()), () -> {
      CheckoutSessions.Handle handle = provider.read(session.id());
      // The last read counts: one before it may have been repeated.
      urls.clear();
      handle.url().ifPresent(urls::add);
      return handle.observation();
    });
    return new Page(session(account, session.id()), urls.stream().findFirst());
  }

  CheckoutSession refresh(AccountId account, CheckoutSession session) {
    observations.refresh(session.ref(), session.subject());
    return session(account, session.id());
  }

  /** Reads an object of a customer at the provider and commits it. */
  void refresh(ObjectRef object, SubjectId customer) {
    observations.refresh(object, customer);
  }

  CheckoutSession session(AccountId account, String id) {
    return sessions.find(account, id).orElseThrow(() -> new NotFound("checkout session", id));
  }

  private void expire(AccountId account, CheckoutSession session) {
    commands.run(Command.planned(
        commands.nextId(),
        account,
        CommandKind.EXPIRE_CHECKOUT,
        session.id(),
        CheckoutCommands.expiryParams(session),
        commands.now()));
  }
}
