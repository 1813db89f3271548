package com.tatame.billing.sandbox;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.Set;

/** Keeps other sites, which a visitor's browser has open, from changing anything in the sandbox. */
final class OwnOrigin {
  // By name, too: an address of another site may be made to lead here.
  private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

  private OwnOrigin() {}

  /** Refuses what a page of another site sends. Programs send no {@code Origin} and are let in. */
  static void require(Context context) {
    String origin = context.header("Origin");
    if (origin == null || context.method().name().equals("GET") || isOwn(context, origin)) {
      return;
    }
    context
        .status(HttpStatus.FORBIDDEN)
        .result("Only the sandbox's own pages may send this. Open http://localhost:"
            + context.port() + " and try again there.");
    context.skipRemainingHandlers();
  }

  private static boolean isOwn(Context context, String origin) {
    return NAMES.stream().anyMatch(name -> origin.equals("http://" + name + ":" + context.port()));
  }
}
