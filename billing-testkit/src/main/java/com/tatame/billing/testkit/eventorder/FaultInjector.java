package com.tatame.billing.testkit.eventorder;

import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.outbox.EventFeedStore;
import com.tatame.billing.outbox.SubscriberStore;
import com.tatame.billing.projection.ProjectionStore;
import com.tatame.billing.store.BillingStore;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;

/** Makes the calls of one node's ports the places where it dies or is overtaken. */
final class FaultInjector {
  private static final Set<Class<?>> PORTS = Set.of(
      InboxStore.class,
      ProjectionStore.class,
      ObjectReads.class,
      EventFeedStore.class,
      SubscriberStore.class);
  private static final int OVERTAKEN_ONE_IN = 10;

  private final ProofWorld world;
  private final String node;

  FaultInjector(ProofWorld world, String node) {
    this.world = world;
    this.node = node;
  }

  /** Nothing in the product knows it, so that nothing survives it. */
  static final class Death extends Error {
    private static final long serialVersionUID = 1L;

    Death(String where) {
      super("died " + where, null, false, false);
    }
  }

  BillingStore around(BillingStore store) {
    return bag(BillingStore.class, store);
  }

  PaymentGateway around(PaymentGateway gateway) {
    return bag(PaymentGateway.class, gateway);
  }

  private <T> T bag(Class<T> type, T good) {
    return proxy(type, (proxy, method, arguments) -> {
      Object part = invoke(method, good, arguments);
      return PORTS.contains(method.getReturnType()) ? port(method.getReturnType(), part) : part;
    });
  }

  private <T> T port(Class<T> type, Object good) {
    return proxy(type, (proxy, method, arguments) -> {
      // What a program does as it starts: there is nobody yet who could die.
      if (method.getName().equals("add")) {
        return invoke(method, good, arguments);
      }
      String call = node + " " + type.getSimpleName() + "." + method.getName();
      pass("before " + call);
      Object answer = invoke(method, good, arguments);
      pass("after " + call);
      return answer;
    });
  }

  private void pass(String where) {
    world.trace(where);
    if (world.diesHere()) {
      world.trace("died " + where);
      throw new Death(where);
    }
    if (world.random().nextInt(OVERTAKEN_ONE_IN) == 0) {
      world.meanwhile();
    }
  }

  static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  static Object invoke(Method method, Object target, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
