package com.example;

import com.tatame.billing.account.Principal;
import com.tatame.billing.http.BillingRoutes;
import com.tatame.billing.testkit.BillingWorld;
import io.javalin.Javalin;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Serves all routes of the product on a port of their own, beside those of Spring Boot. */
@SpringBootApplication
public class ServesRoutes {
  public static void main(String[] args) throws Exception {
    try (BillingWorld world = BillingWorld.builder().build();
        ConfigurableApplicationContext context = SpringApplication.run(ServesRoutes.class, args)) {
      BillingRoutes routes = BillingRoutes.builder()
          .billing(world.billing())
          .store(world.store())
          .gateway(world.gateway())
          .identity(token -> Principal.ofUser("https://login.example.com", token))
          .build();
      Javalin javalin = Javalin.create(routes::mount).start(0);
      try {
        String url = "http://localhost:" + javalin.port();
        System.out.println("served " + status(HttpRequest.newBuilder(URI.create(url + "/api/v1/plans")))
            + " " + status(HttpRequest.newBuilder(URI.create(url + "/api/v1/subscriptions"))
                .header("Authorization", "Bearer user_ada"))
            + " " + status(HttpRequest.newBuilder(URI.create(url + "/webhooks/stripe"))
                .header("Stripe-Signature", "t=1,v1=00")
                .POST(BodyPublishers.ofString("{}".repeat(40_000)))));
        System.out.println("web server "
            + context.getBean("tomcatServletWebServerFactory").getClass().getSimpleName());
      } finally {
        javalin.stop();
      }
    }
  }

  private static int status(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.discarding()).statusCode();
  }
}
