package com.tatame.billing.sandbox.example;

import com.tatame.billing.Billing;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.InvalidSignature;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.postgres.PostgresBillingStore;
import com.tatame.billing.postgres.PostgresConfig;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.stripe.StripeGateway;
import java.net.URI;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** A Spring Boot application that sells a plan, and has something that only the plan includes. */
@SpringBootApplication(proxyBeanMethods = false)
public class SpringBilling {
  @Bean
  BillingStore store(@Value("${billing.database}") String url) {
    return PostgresBillingStore.open(PostgresConfig.of(url));
  }

  @Bean
  PaymentGateway gateway(
      @Value("${stripe.secret-key}") String secretKey,
      @Value("${stripe.webhook-secret}") String webhookSecret,
      @Value("${stripe.api-base}") URI apiBase) {
    return StripeGateway.builder(secretKey)
        .webhookSecrets(List.of(webhookSecret))
        .apiBase(apiBase)
        .build();
  }

  // Spring closes it, and the store after it, when the context ends.
  @Bean(initMethod = "start")
  Billing billing(PaymentGateway gateway, BillingStore store) {
    return Billing.builder()
        .gateway(gateway)
        .store(store)
        .catalog(EmbeddedBilling.CATALOG)
        .checkoutOrigins("https://shop.example.com")
        .build();
  }

  /** Where Stripe sends its events. */
  @RestController
  static class StripeWebhook {
    private final Billing billing;

    StripeWebhook(Billing billing) {
      this.billing = billing;
    }

    @PostMapping("/webhook")
    void receive(@RequestBody byte[] body, @RequestHeader("Stripe-Signature") String signature) {
      billing.webhooks().receive(body, signature);
    }

    @ExceptionHandler(InvalidSignature.class)
    @ResponseStatus(HttpStatus.BAD_REQUEST)
    void refuse() {}

    @ExceptionHandler(StoreUnavailable.class)
    @ResponseStatus(HttpStatus.SERVICE_UNAVAILABLE)
    void askForItLater() {}
  }

  /** What the plan includes. */
  @RestController
  static class Exports {
    private final Billing billing;

    Exports(Billing billing) {
      this.billing = billing;
    }

    // The header stands for a sign-in, which is the application's own.
    @GetMapping("/export")
    String export(@RequestHeader("X-User") String user) {
      if (!billing.entitlements().check(new AccountId(user), "export").allowed()) {
        throw new ResponseStatusException(HttpStatus.FORBIDDEN);
      }
      return "everything of " + user;
    }
  }
}
