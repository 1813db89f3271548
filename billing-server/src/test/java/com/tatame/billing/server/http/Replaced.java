package com.tatame.billing.server.http;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** A port of which one method does something else. */
final class Replaced {
  private Replaced() {}

  interface Instead {
    Object call();
  }

  static <T> T part(Class<T> port, T original, String method, Instead instead) {
    return port.cast(Proxy.newProxyInstance(
        port.getClassLoader(), new Class<?>[] {port}, (proxy, called, arguments) -> {
          if (called.getName().equals(method)) {
            return instead.call();
          }
          try {
            return called.invoke(original, arguments);
          } catch (InvocationTargetException e) {
            throw e.getTargetException();
          }
        }));
  }
}
