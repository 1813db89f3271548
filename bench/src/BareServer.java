package com.tatame.billing.bench;

import com.tatame.billing.identity.ClerkVerifier;
import io.javalin.Javalin;

/**
 * The least that HTTP costs: a token is verified and a fixed text sent, or a webhook received and
 * nothing done with it.
 */
final class BareServer {
  private BareServer() {}

  public static void main(String[] arguments) throws InterruptedException {
    ClerkVerifier verifier = Identity.verifier(System.getenv("CLERK_JWT_KEY"));
    String answer = System.getenv().getOrDefault("BARE_ANSWER", "");
    Javalin.create(config -> {
          config.startup.showJavalinBanner = false;
          config.routes.get("/health/live", context -> context.result("{}"));
          config.routes.post("/webhooks/stripe", context -> {
            if (context.bodyAsBytes().length == 0) {
              throw new IllegalStateException("nothing came");
            }
            context.contentType("application/json").result("{\"received\":true}");
          });
          config.routes.get("/entitlements", context -> {
            String bearer = context.header("Authorization");
            if (bearer == null) {
              throw new IllegalStateException("no request is expected");
            }
            verifier.verify(bearer.substring("Bearer ".length()));
            context.contentType("application/json").result(answer);
          });
        })
        .start("127.0.0.1", Integer.parseInt(System.getenv("PORT")));
    Thread.currentThread().join();
  }
}
