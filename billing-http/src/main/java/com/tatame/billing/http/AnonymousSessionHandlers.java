package com.tatame.billing.http;

import com.tatame.billing.anonymous.AnonymousSession;
import com.tatame.billing.anonymous.AnonymousSessions;
import com.tatame.billing.failure.ValidationFailed;
import java.time.Instant;

/** Visitors who buy before they sign in. */
final class AnonymousSessionHandlers {
  private final AnonymousSessions sessions;

  AnonymousSessionHandlers(AnonymousSessions sessions) {
    this.sessions = sessions;
  }

  record AnonymousSessionAnswer(
      @Doc("To be sent as Authorization: Anonymous <token>. It is told this once.")
      String token,

      @Doc("From when it is no proof any more; it can be claimed later, too.")
      Instant expiresAt) {}

  record ClaimRequest(@Doc("The anonymous session's.") String token) {}

  record ClaimAnswer(
      @Doc("Whose it is now.") String accountId,
      @Doc("When it was claimed first.") Instant claimedAt) {}

  Answer begin(Call call) {
    AnonymousSessions.Begun begun = sessions.begin();
    return Answer.created(
        PurchaseHandlers.PATH,
        new AnonymousSessionAnswer(begun.token(), begun.session().expiresAt()));
  }

  Answer claim(Call call) {
    String token = CustomerHandlers.text("token", call.body(ClaimRequest.class).token())
        .orElseThrow(() -> ValidationFailed.of("token", "is required"));
    AnonymousSession claimed = sessions.claim(call.principal(), token);
    return Answer.ok(new ClaimAnswer(call.account().value(), claimed.claimedAt().orElseThrow()));
  }
}
