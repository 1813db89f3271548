package com.tatame.billing.server.http;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** A port of which one method does something else. */
final class Replaced {
  private Replaced() {}

  interface Instead {
    Object call();
  }

  interface InsteadWith {
    Object call(Object[] arguments);
  }

  static <T> T part(Class<T> port, T original, String method, Instead instead) {
    return part(port, original, method, arguments -> instead.call());
  }

  /** As the other, by one that gets the arguments. */
  static <T> T part(Class<T> port, T original, String method, InsteadWith instead) {
    return port.cast(Proxy.newProxyInstance(
        port.getClassLoader(), new Class<?>[] {port}, (proxy, called, arguments) -> {
          if (called.getName().equals(method)) {
            return instead.call(arguments);
          }
          try {
            return called.invoke(original, arguments);
          } catch (InvocationTargetException e) {
            throw e.getTargetException();
          }
        }));
  }
}
