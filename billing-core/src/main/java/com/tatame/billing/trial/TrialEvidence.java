package com.tatame.billing.trial;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.customer.TaxId;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;

/**
 * Something by which a person is known again. Never stored and never shown: only what {@link
 * TrialKeys} make of it is.
 */
record TrialEvidence(Kind kind, String value) {
  /** What it is. */
  enum Kind {
    ACCOUNT,
    EMAIL,
    CARD,
    TAX_ID;

    String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static TrialEvidence of(AccountId account) {
    return new TrialEvidence(Kind.ACCOUNT, account.value());
  }

  /**
   * An address, in one spelling: without spaces around it, in lower case, and of characters that look
   * the same only one. A blank one is none.
   */
  static Optional<TrialEvidence> ofEmail(String address) {
    String one =
        Normalizer.normalize(address, Normalizer.Form.NFKC).strip().toLowerCase(Locale.ROOT);
    return one.isEmpty() ? Optional.empty() : Optional.of(new TrialEvidence(Kind.EMAIL, one));
  }

  /** A card or bank account, by the provider's fingerprint. */
  static TrialEvidence ofCard(String fingerprint) {
    return new TrialEvidence(Kind.CARD, fingerprint);
  }

  /** A number with a tax authority; how it is grouped doesn't matter. */
  static TrialEvidence of(TaxId taxId) {
    String number = taxId.value().replaceAll("[\\s.-]", "").toUpperCase(Locale.ROOT);
    return new TrialEvidence(Kind.TAX_ID, taxId.type() + ":" + number);
  }

  /** The value is personal. */
  @Override
  public String toString() {
    return kind.code();
  }
}
