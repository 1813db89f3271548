package com.tatame.billing.bench;

import com.tatame.billing.identity.ClerkVerifier;
import io.javalin.Javalin;

/** The least that an authenticated answer costs: the token is verified, and a fixed text sent. */
final class BareServer {
  private BareServer() {}

  public static void main(String[] arguments) throws InterruptedException {
    ClerkVerifier verifier = Identity.verifier(System.getenv("CLERK_JWT_KEY"));
    String answer = System.getenv("BARE_ANSWER");
    Javalin.create(config -> {
          config.startup.showJavalinBanner = false;
          config.routes.get("/health/live", context -> context.result("{}"));
          config.routes.get("/entitlements", context -> {
            String bearer = context.header("Authorization");
            if (bearer == null) {
              throw new IllegalStateException("nobody asks");
            }
            verifier.verify(bearer.substring("Bearer ".length()));
            context.contentType("application/json").result(answer);
          });
        })
        .start("127.0.0.1", Integer.parseInt(System.getenv("PORT")));
    Thread.currentThread().join();
  }
}
