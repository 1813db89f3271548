package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.Billing;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.customer.CustomerLink;
import com.tatame.billing.customer.CustomerStore;
import com.tatame.billing.customer.Customers.Ensured;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.BillingWorld;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Another caller does all of it between a caller's check and its command. */
class OvertakenCallerTest {
  @Test
  void aCustomerThatWasMadeSinceTheLookIsNotMadeAgain() {
    try (BillingWorld world = BillingWorld.builder().build()) {
      Shopper ada = Shopper.named("ada", world);
      Billing overtaken = world.program(
          afterTheFirstLook(
              world.store(),
              () -> world
                  .billing()
                  .customers()
                  .ensure(ada.caller(), Optional.empty(), Optional.empty())),
          world.gateway());

      Ensured ensured =
          overtaken.customers().ensure(ada.caller(), Optional.empty(), Optional.empty());

      assertThat(ensured.created()).isFalse();
      assertThat(SimulatorReads.customers(world))
          .extracting(customer -> customer.required("id").asText())
          .containsExactly(ensured.link().customerId());
    }
  }

  private static BillingStore afterTheFirstLook(BillingStore store, Runnable meanwhile) {
    CustomerStore slow = new CustomerStore() {
      private final AtomicBoolean looked = new AtomicBoolean();

      @Override
      public Optional<CustomerLink> find(AccountId account) {
        Optional<CustomerLink> seen = store.customers().find(account);
        if (looked.compareAndSet(false, true)) {
          meanwhile.run();
        }
        return seen;
      }

      @Override
      public void rememberUser(Principal principal) {
        store.customers().rememberUser(principal);
      }

      @Override
      public Set<AccountId> introduce(List<Principal> users) {
        return store.customers().introduce(users);
      }
    };
    return (BillingStore) Proxy.newProxyInstance(
        BillingStore.class.getClassLoader(),
        new Class<?>[] {BillingStore.class},
        (proxy, method, arguments) -> {
          if (method.getName().equals("customers")) {
            return slow;
          }
          try {
            return method.invoke(store, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }
}
