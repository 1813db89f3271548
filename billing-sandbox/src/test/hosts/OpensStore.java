package com.example;

import com.tatame.billing.postgres.PostgresBillingStore;
import com.tatame.billing.postgres.PostgresConfig;

/** Opens the store with the versions of libraries that a host chose; its migrations run. */
public class OpensStore {
  public static void main(String[] args) {
    try (PostgresBillingStore store = PostgresBillingStore.open(PostgresConfig.of(args[0]))) {
      System.out.println("opened " + store.inbox().status().backlog());
    }
  }
}
