package com.tatame.billing.checkin;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.time.TimeBounds;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Which check-ins are meant.
 *
 * @param kind empty for all
 * @param from of this time or later
 * @param until earlier than this time
 */
public record CheckInFilter(
    Optional<String> kind, Optional<Instant> from, Optional<Instant> until) {
  /** All of them. */
  public static final CheckInFilter ALL =
      new CheckInFilter(Optional.empty(), Optional.empty(), Optional.empty());

  public CheckInFilter {
    kind.filter(name -> !NewCheckIn.isKind(name)).ifPresent(name -> {
      throw new ValidationFailed(List.of(NewCheckIn.badKind()));
    });
    from.ifPresent(at -> TimeBounds.require("from", at));
    until.ifPresent(at -> TimeBounds.require("to", at));
    if (from.isPresent() && until.isPresent() && !from.get().isBefore(until.get())) {
      throw ValidationFailed.of("to", "must be later than from");
    }
  }

  /** Of one kind, whenever they were. */
  public static CheckInFilter of(String kind) {
    return new CheckInFilter(Optional.of(kind), Optional.empty(), Optional.empty());
  }

  /** Whether it means this one. */
  public boolean matches(CheckIn checkIn) {
    return kind.filter(name -> !name.equals(checkIn.kind())).isEmpty()
        && from.filter(checkIn.occurredAt()::isBefore).isEmpty()
        && until.filter(end -> !checkIn.occurredAt().isBefore(end)).isEmpty();
  }
}
