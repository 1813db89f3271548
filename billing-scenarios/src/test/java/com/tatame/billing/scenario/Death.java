package com.tatame.billing.scenario;

import com.tatame.billing.checkout.CheckoutSessions;
import com.tatame.billing.command.CommandJournal;
import com.tatame.billing.command.CommandTraces;
import com.tatame.billing.customer.CustomerAccounts;
import com.tatame.billing.customer.CustomerDetails;
import com.tatame.billing.customer.CustomerList;
import com.tatame.billing.duplicate.DuplicateStore;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.invoice.InvoiceControl;
import com.tatame.billing.metering.MeterReportStore;
import com.tatame.billing.metering.UsageMeters;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.payment.PaymentIntentControl;
import com.tatame.billing.payment.PaymentMethods;
import com.tatame.billing.projection.ProjectionStore;
import com.tatame.billing.promotion.Promotions;
import com.tatame.billing.refund.RefundControl;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.subscription.SubscriptionControl;
import com.tatame.billing.tax.Taxes;
import com.tatame.billing.trial.TrialStore;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Kills a program at one of its steps. A step is the moment before or after a call of the journal,
 * the projections, the lists of duplicates and trials or the gateway; after the program died, all that it still tries dies, too.
 */
final class Death {
  private static final Set<Class<?>> PORTS = Set.of(
      CommandJournal.class,
      ProjectionStore.class,
      DuplicateStore.class,
      TrialStore.class,
      CustomerAccounts.class,
      CustomerDetails.class,
      CustomerList.class,
      CheckoutSessions.class,
      SubscriptionControl.class,
      InvoiceControl.class,
      PaymentMethods.class,
      PaymentIntentControl.class,
      RefundControl.class,
      Promotions.class,
      Taxes.class,
      MeterReportStore.class,
      UsageMeters.class,
      ObjectReads.class,
      CommandTraces.class);

  private final int at;
  private final List<String> steps = new ArrayList<>();

  /** Strikes at the step with this number, counted from 0. */
  Death(int at) {
    this.at = at;
  }

  /** Nothing in the product knows it, so that nothing survives it. */
  static final class Struck extends Error {
    private static final long serialVersionUID = 1L;

    Struck(String step) {
      super("died " + step, null, false, false);
    }
  }

  BillingStore mortal(BillingStore store) {
    return mortalPorts(BillingStore.class, store);
  }

  PaymentGateway mortal(PaymentGateway gateway) {
    return mortalPorts(PaymentGateway.class, gateway);
  }

  /** Where it struck; empty if the program came to its end first. */
  String struck() {
    return steps.size() > at ? steps.get(at) : "";
  }

  // The ports in this bag die at every call; what else is in it lives.
  private <T> T mortalPorts(Class<T> bag, T good) {
    return proxy(bag, (proxy, method, arguments) -> {
      Object port = invoke(method, good, arguments);
      return PORTS.contains(method.getReturnType())
          ? mortalPort(method.getReturnType(), port)
          : port;
    });
  }

  private <T> T mortalPort(Class<T> type, Object good) {
    return proxy(type, (proxy, method, arguments) -> {
      String call = type.getSimpleName() + "." + method.getName();
      step("before " + call);
      Object answer = invoke(method, good, arguments);
      step("after " + call);
      return answer;
    });
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static Object invoke(Method method, Object target, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private void step(String name) {
    steps.add(name);
    if (steps.size() > at) {
      throw new Struck(steps.get(at));
    }
  }
}
