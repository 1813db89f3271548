package com.tatame.billing.sandbox.example;

import com.tatame.billing.Billing;
import com.tatame.billing.account.IdentityVerifier;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.http.BillingRoutes;
import com.tatame.billing.store.BillingStore;
import io.javalin.Javalin;

/** All routes of the product on a Javalin of one's own, beside one's own. */
public final class MountedBilling {
  private MountedBilling() {}

  /** Starts on any port that is free. */
  public static Javalin start(
      Billing billing, PaymentGateway gateway, BillingStore store, IdentityVerifier identity) {
    BillingRoutes routes = BillingRoutes.builder()
        .billing(billing)
        .store(store)
        .gateway(gateway)
        .identity(identity)
        .build();
    return Javalin.create(config -> {
          config.startup.showJavalinBanner = false;
          routes.mount(config);
          config.routes.before("/export", routes.requires("export"));
          config.routes.get("/export", context -> context.result("everything"));
        })
        .start(0);
  }
}
