package com.tatame.billing.mail;

import com.tatame.billing.observation.WireName;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * An address that is not written to.
 *
 * @param id of the mail by which it was found out
 * @param address in lower case
 * @param detail for people, without the address
 * @param since wall time
 */
public record AddressSuppression(
    String id, String address, Reason reason, Optional<String> detail, Instant since) {
  /** Why it is not written to. The names are stored and must never change. */
  public enum Reason implements WireName {
    /** The service refuses whatever is sent to it. */
    REFUSED,
    HARD_BOUNCE,
    COMPLAINT
  }

  /** The form under which an address is suppressed. */
  public static String normalized(String address) {
    return address.toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return "AddressSuppression[id=" + id + ", reason=" + reason + "]";
  }
}
