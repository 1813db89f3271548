package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.entitlement.ReservationStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Units that sales hold, behind their functions. */
final class ReservationFunctions implements ReservationStore {
  private final Functions functions;

  ReservationFunctions(Functions functions) {
    this.functions = functions;
  }

  @Override
  public List<Held> held(Optional<Held> after, int limit) {
    Page.check(limit);
    return functions
        .rows(
            "held_units_v1",
            Row.empty()
                .with(
                    "after",
                    after.map(last -> Row.empty().with("at", last.at()).with("id", last.id())))
                .with("limit", limit))
        .map(
            row -> new Held(new AccountId(row.text("user_id")), row.text("id"), row.instant("at")));
  }

  @Override
  public boolean settle(AccountId account, String id, Outcome outcome, Instant now) {
    return functions
        .call(
            "settle_unit_v1",
            Row.empty()
                .with("account_id", account)
                .with("id", id)
                .with("kept", outcome == Outcome.KEPT)
                .with("now", now))
        .booleanValue();
  }
}
