package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.failure.ValidationFailed.FieldError;
import com.tatame.billing.time.TimeBounds;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an administrator wants to give.
 *
 * @param reason in 1 to 500 characters
 * @param startsAt empty for now
 * @param expiresAt after it starts; empty for never
 * @param key under which it is given once; empty if it is never repeated
 */
public record NewGrant(
    AccountId account,
    GrantContent gift,
    String reason,
    Optional<Instant> startsAt,
    Optional<Instant> expiresAt,
    Optional<String> key) {
  static final int MAX_REASON_LENGTH = 500;

  public NewGrant {
    List<FieldError> errors = new ArrayList<>();
    if (reason.isBlank() || reason.length() > MAX_REASON_LENGTH) {
      errors.add(new FieldError("reason", "must have 1 to " + MAX_REASON_LENGTH + " characters"));
    }
    if (gift instanceof GrantContent.Units units
        && (units.units() < 1 || units.units() > Use.MAX_UNITS)) {
      errors.add(new FieldError("units", "must be a whole number from 1 to " + Use.MAX_UNITS));
    }
    if (!errors.isEmpty()) {
      throw new ValidationFailed(errors);
    }
    startsAt =
        TimeBounds.require("startsAt", startsAt).map(at -> at.truncatedTo(ChronoUnit.MICROS));
    expiresAt =
        TimeBounds.require("expiresAt", expiresAt).map(at -> at.truncatedTo(ChronoUnit.MICROS));
  }

  /** Given from now on and for ever, or until it is revoked; once under this key. */
  public static NewGrant of(AccountId account, GrantContent gift, String reason, String key) {
    return new NewGrant(
        account, gift, reason, Optional.empty(), Optional.empty(), Optional.of(key));
  }

  /** This, until then. */
  public NewGrant until(Instant end) {
    return new NewGrant(account, gift, reason, startsAt, Optional.of(end), key);
  }

  /** What tells two grants under one key apart. */
  String fingerprint() {
    return gift + " " + startsAt.map(Instant::toString).orElse("") + " "
        + expiresAt.map(Instant::toString).orElse("") + " " + reason;
  }
}
