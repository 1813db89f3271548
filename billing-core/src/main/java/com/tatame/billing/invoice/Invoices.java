package com.tatame.billing.invoice;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandHandler;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandParam;
import com.tatame.billing.command.CommandParams;
import com.tatame.billing.command.CommandSearch;
import com.tatame.billing.command.Commands;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.PaymentDeclined;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.Observations;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Use cases: an account's invoices. Those of other accounts are not found. */
public final class Invoices {
  private static final int PAGE = 100;
  private static final int MAX_DETAILS = 100;

  private final InvoiceStore store;
  private final InvoiceControl provider;
  private final Observations observations;
  private final Commands commands;

  public Invoices(
      InvoiceStore store, InvoiceControl provider, Observations observations, Commands commands) {
    this.store = store;
    this.provider = provider;
    this.observations = observations;
    this.commands = commands;
  }

  /**
   * An invoice as it is shown.
   *
   * @param details empty in a list while the provider can't be asked
   */
  public record Shown(Invoice invoice, Optional<InvoiceDetails> details) {}

  /** An account's invoices: the newest 100, as {@link #list}. */
  public List<Shown> of(AccountId account) {
    return list(account, Optional.empty(), PAGE);
  }

  /**
   * One page, as {@link InvoiceStore#list}. While the provider can't be asked, what is not kept is
   * left out.
   */
  public List<Shown> list(AccountId account, Optional<String> after, int limit) {
    List<Invoice> page = store.list(account, after, limit);
    Map<String, InvoiceDetails> details = detailsOf(page, after);
    return page.stream()
        .map(invoice -> new Shown(invoice, Optional.ofNullable(details.get(invoice.id()))))
        .toList();
  }

  private Map<String, InvoiceDetails> detailsOf(List<Invoice> page, Optional<String> after) {
    Map<String, InvoiceDetails> details = new HashMap<>();
    if (page.isEmpty()) {
      return details;
    }
    try {
      int limit = Math.min(page.size(), MAX_DETAILS);
      provider
          .details(page.get(0).customerId(), after, limit)
          .forEach(each -> details.put(each.invoiceId(), each));
      for (Invoice invoice : page) {
        if (invoice.failing() || !details.containsKey(invoice.id())) {
          provider.details(invoice.id()).ifPresent(each -> details.put(invoice.id(), each));
        }
      }
    } catch (ProviderUnavailable | ProviderRejected e) {
      // The amounts are worth showing without the links.
    }
    return details;
  }

  /**
   * One invoice.
   *
   * @throws NotFound if the account has no such invoice
   * @throws ProviderUnavailable while the provider can't be asked
   */
  public Shown get(AccountId account, String id) {
    return shown(find(account, id));
  }

  private Invoice find(AccountId account, String id) {
    return store.find(account, id).orElseThrow(() -> new NotFound("invoice", id));
  }

  private Shown shown(Invoice invoice) {
    InvoiceDetails details =
        provider.details(invoice.id()).orElseThrow(() -> new NotFound("invoice", invoice.id()));
    return new Shown(invoice, Optional.of(details));
  }

  /**
   * Charges an invoice now. Whether it is paid then, or waits for the payer to confirm it, stands in
   * what is returned.
   *
   * @throws Conflict if it isn't owed
   * @throws PaymentDeclined if the payer's bank refuses
   */
  public Shown pay(AccountId account, String id) {
    Invoice invoice = find(account, id);
    if (commands.finishEarlier(CommandKind.PAY_INVOICE).isPresent()) {
      return get(account, id);
    }
    refuseUnlessOwed(invoice);
    Command planned = Command.planned(
        commands.nextId(),
        account,
        CommandKind.PAY_INVOICE,
        id,
        CommandParams.ofCustomer(invoice.customerId()).asMap(),
        commands.now());
    try {
      commands.run(planned);
    } catch (ProviderRejected e) {
      // It may have been paid or voided a moment ago, and the event has not arrived yet.
      observations.refresh(invoice.ref(), invoice.subject());
      refuseUnlessOwed(find(account, id));
      throw e;
    }
    return get(account, id);
  }

  private static void refuseUnlessOwed(Invoice invoice) {
    switch (invoice.status()) {
      case PAID -> throw Conflict.because("The invoice is paid already.");
      case VOID -> throw Conflict.because("The invoice is void; nothing is owed for it.");
      case DRAFT -> throw Conflict.because("The invoice is a draft; wait until it is issued.");
      case OPEN, UNCOLLECTIBLE -> {}
    }
  }

  /** How payments are sent, and found. */
  public static Map<CommandKind, CommandHandler> handlers(
      InvoiceControl provider, CommandSearch search) {
    return Map.of(
        CommandKind.PAY_INVOICE,
        CommandHandler.of(
            Invoices::customer,
            command -> provider.pay(command.target(), command.idempotencyKey()),
            command -> {
              // What is paid can't be paid again, so whatever isn't may be tried anew.
              Observation present = search.read(command, customer(command));
              boolean paid = present.state().filter(ProviderObject::terminal).isPresent();
              return search.changed(command, present, paid);
            }));
  }

  private static Optional<SubjectId> customer(Command command) {
    return CommandParam.CUSTOMER.find(command).map(SubjectId::new);
  }
}
