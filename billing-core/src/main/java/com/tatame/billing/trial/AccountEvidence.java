package com.tatame.billing.trial;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.customer.CustomerStore;
import com.tatame.billing.payment.PaymentMethod;
import com.tatame.billing.payment.PaymentMethodStore;
import com.tatame.billing.tax.TaxIdStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The evidence by which the person behind an account is known again. */
public final class AccountEvidence {
  private static final int PAGE = 101;

  private final CustomerStore customers;
  private final PaymentMethodStore paymentMethods;
  private final TaxIdStore taxIds;

  public AccountEvidence(
      CustomerStore customers, PaymentMethodStore paymentMethods, TaxIdStore taxIds) {
    this.customers = customers;
    this.paymentMethods = paymentMethods;
    this.taxIds = taxIds;
  }

  /** All of it that is stored of an account. */
  List<TrialEvidence> of(AccountId account) {
    List<TrialEvidence> evidence = new ArrayList<>(List.of(TrialEvidence.of(account)));
    customers
        .find(account)
        .flatMap(link -> link.email())
        .flatMap(TrialEvidence::ofEmail)
        .ifPresent(evidence::add);
    paymentMethods.list(account, Optional.empty(), PAGE).stream()
        .map(PaymentMethod::fingerprint)
        .flatMap(Optional::stream)
        .distinct()
        .map(TrialEvidence::ofCard)
        .forEach(evidence::add);
    taxIds.list(account, Optional.empty(), PAGE).stream()
        .map(TrialEvidence::of)
        .forEach(evidence::add);
    return evidence;
  }
}
