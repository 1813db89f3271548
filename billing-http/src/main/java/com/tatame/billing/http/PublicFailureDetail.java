package com.tatame.billing.http;

import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.LimitReached;
import com.tatame.billing.failure.PaymentDeclined;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ProviderUnavailable.Execution;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What clients see of a failure. What the provider said about it, and about our account there,
 * is for the log.
 */
final class PublicFailureDetail {
  private static final String GENERIC = "generic_decline";

  /** A bank that suspects its client doesn't want that client to know. */
  private static final Set<String> CONFIDENTIAL =
      Set.of("fraudulent", "lost_card", "merchant_blacklist", "pickup_card", "stolen_card");

  private PublicFailureDetail() {}

  static String detail(BillingException failure) {
    if (failure instanceof PaymentDeclined declined) {
      return "The payment was declined (" + reason(declined)
          + "). Pay by other means, or ask the bank that issued the card.";
    }
    if (failure instanceof ProviderRejected rejected) {
      return "The payment provider refused this for good (" + rejected.providerCode()
          + "). Sending it again changes nothing.";
    }
    if (failure instanceof ProviderUnavailable unavailable) {
      return unavailable.execution() == Execution.NOT_EXECUTED
          ? "The payment provider can't be asked just now, and nothing was done. Try again later."
          : "The payment provider did not say whether it was done. Try again later: nothing is done"
              + " twice.";
    }
    return String.valueOf(failure.getMessage());
  }

  /** Members of the problem document that belong to the failure. */
  static Map<String, @Nullable Object> details(BillingException failure) {
    if (failure instanceof PaymentDeclined declined) {
      return Map.of("declineCode", reason(declined));
    }
    if (failure instanceof LimitReached limit) {
      return details(limit.reached());
    }
    if (failure instanceof ProviderRejected rejected) {
      return Map.of("providerCode", rejected.providerCode());
    }
    return Map.of();
  }

  private static Map<String, @Nullable Object> details(LimitReached.Reached reached) {
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("feature", reached.feature());
    details.put("limit", reached.limit());
    details.put("used", reached.used());
    details.put("remaining", reached.remaining());
    details.put("resetsAt", reached.resetsAt().orElse(null));
    details.put("upgrade", reached.upgrade().orElse(null));
    return details;
  }

  private static String reason(PaymentDeclined declined) {
    return CONFIDENTIAL.contains(declined.declineCode()) ? GENERIC : declined.declineCode();
  }
}
