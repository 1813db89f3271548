package com.tatame.billing.http;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.testkit.BillingWorld;
import io.javalin.Javalin;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Mounts the routes and calls two of them, one of which takes the way of keyed requests. */
public final class MountedCall implements Callable<String> {
  public MountedCall() {}

  @Override
  public String call() throws Exception {
    try (BillingWorld world = BillingWorld.builder().build()) {
      BillingRoutes routes = BillingRoutes.builder()
          .billing(world.billing())
          .store(world.store())
          .gateway(world.gateway())
          .identity(token -> new Principal(
              new AccountId(token), "host", token, Optional.empty(), Optional.empty(), false))
          .build();
      Javalin host = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            routes.mount(config);
          })
          .start(0);
      try {
        HttpRequest.Builder read = request(host, "/api/v1/entitlements");
        HttpRequest.Builder change = request(host, "/api/v1/subscriptions/sub_none/cancel")
            .header("Idempotency-Key", "once")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"when\":\"now\"}"));
        HttpResponse<String> entitlements = send(read);
        String tier = entitlements.body().replaceFirst("(?s).*\"tier\":\"([^\"]+)\".*", "$1");
        return entitlements.statusCode() + " " + tier + " " + send(change).statusCode();
      } finally {
        host.stop();
      }
    }
  }

  private static HttpRequest.Builder request(Javalin host, String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + host.port() + path))
        .header("Authorization", "Bearer ada");
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
