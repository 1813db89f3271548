package com.tatame.billing.server.http;

import com.tatame.billing.store.BillingStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A store whose program can be killed at one of its steps. A step is the moment before a call that
 * writes, and what a program does at the provider it does between two of them; after it died, it can
 * do nothing more.
 */
final class MortalStore {
  private static final List<String> READS = List.of(
      "find", "list", "load", "last", "of", "all", "prices", "products", "mode", "coupons", "seen");
  private static final int NEVER = Integer.MAX_VALUE;

  private int left = NEVER;
  private String struck = "";
  private final Map<String, Integer> done = new HashMap<>();

  /** Nothing in the product knows it, so that nothing survives it. */
  static final class Struck extends Error {
    private static final long serialVersionUID = 1L;

    Struck(String step) {
      super("died before " + step, null, false, false);
    }
  }

  BillingStore over(BillingStore store) {
    return port(BillingStore.class, store);
  }

  /** Kills it at the step with this number, counted from 0. */
  synchronized void dieAt(int step) {
    left = step;
    struck = "";
  }

  /**
   * Starts it anew.
   *
   * @return where it died; empty if it came to its end first
   */
  synchronized String revive() {
    String where = struck;
    left = NEVER;
    struck = "";
    return where;
  }

  /** How often a call of a port came to its end. */
  synchronized int done(String call) {
    return done.getOrDefault(call, 0);
  }

  private synchronized void count(String call) {
    done.merge(call, 1, Integer::sum);
  }

  private synchronized void step(String call, boolean writes) {
    if (!struck.isEmpty() || (writes && left == 0)) {
      struck = struck.isEmpty() ? call : struck;
      throw new Struck(struck);
    }
    if (writes && left != NEVER) {
      left--;
    }
  }

  private <T> T port(Class<T> type, Object good) {
    return type.cast(Proxy.newProxyInstance(
        type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
          if (type == BillingStore.class && method.getReturnType().isInterface()) {
            return port(method.getReturnType(), invoke(good, method, arguments));
          }
          String name = method.getName();
          if (name.equals("close")) {
            return invoke(good, method, arguments);
          }
          String call = type.getSimpleName() + "." + name;
          step(call, READS.stream().noneMatch(name::startsWith));
          Object result = invoke(good, method, arguments);
          count(call);
          return result;
        }));
  }

  private static Object invoke(Object good, Method method, Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(good, arguments);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }
}
