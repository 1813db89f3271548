package com.tatame.billing.http;

import static com.tatame.billing.http.Access.PUBLIC;
import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.NONE;
import static com.tatame.billing.http.RouteEffect.USE;

import com.tatame.billing.anonymous.AnonymousSession;
import com.tatame.billing.anonymous.AnonymousSessions;
import com.tatame.billing.failure.ValidationFailed;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/** Visitors who buy before they sign in. */
final class AnonymousSessionHandlers {
  private static final int NONCE_BYTES = 32;

  private final AnonymousSessions sessions;
  private final RandomGenerator random;

  static List<Route> routes() {
    return List.of(
        post("/api/v1/anonymous-sessions", PUBLIC, NONE)
            .is("Anonymous sessions", "Begin a session of a visitor who has not signed in")
            .answers(reply(201, AnonymousSessionAnswer.class, "It has begun."))
            .reopens(to -> to.get(AnonymousSessionHandlers.class)::beginAgain)
            .by(to -> to.get(AnonymousSessionHandlers.class)::begin),
        post("/api/v1/anonymous-sessions/claim", SIGNED_IN, USE)
            .is("Anonymous sessions", "Take over what an anonymous session bought")
            .takes(ClaimRequest.class)
            .answers(reply(200, ClaimAnswer.class, "It is the caller's, now or since before."))
            .refuses(CONFLICT)
            .by(to -> to.get(AnonymousSessionHandlers.class)::claim));
  }

  AnonymousSessionHandlers(AnonymousSessions sessions, RandomGenerator random) {
    this.sessions = sessions;
    this.random = random;
  }

  record AnonymousSessionAnswer(
      @Doc("To be sent as Authorization: Anonymous <token>. It is shown this once, and again to"
          + " a retry with the same Idempotency-Key.")
      @Secret
      String token,

      @Doc("From when it is no proof any more; it can be claimed later, too.")
      Instant expiresAt) {}

  /** What is kept of a session that was begun under a key: its token follows from both. */
  private record Kept(String nonce) {}

  record ClaimRequest(@Doc("The anonymous session's.") String token) {}

  record ClaimAnswer(
      @Doc("Whose it is now.") String accountId,
      @Doc("When it was claimed first.") Instant claimedAt) {}

  Answer begin(Call call) {
    if (call.idempotencyKey().isEmpty()) {
      return answer(sessions.begin());
    }
    byte[] bytes = new byte[NONCE_BYTES];
    random.nextBytes(bytes);
    String nonce = HexFormat.of().formatHex(bytes);
    return Answer.openedOnceKept(201, new Kept(nonce));
  }

  /** The same session, whose token follows from the key and what was kept. */
  Answer beginAgain(Call call, String kept) {
    return answer(sessions.begin(seed(call, Json.field(kept, "nonce").orElseThrow())));
  }

  private static Answer answer(AnonymousSessions.Begun begun) {
    return Answer.created(
        PurchaseHandlers.PATH,
        new AnonymousSessionAnswer(begun.token(), begun.session().expiresAt()));
  }

  private static String seed(Call call, String nonce) {
    return nonce + "\n" + call.idempotencyKey().orElseThrow();
  }

  Answer claim(Call call) {
    String token = RequestFields.text("token", call.body(ClaimRequest.class).token())
        .orElseThrow(() -> ValidationFailed.of("token", "is required"));
    AnonymousSession claimed = sessions.claim(call.principal(), token);
    return Answer.ok(new ClaimAnswer(call.account().value(), claimed.claimedAt().orElseThrow()));
  }
}
