package com.tatame.billing.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The handlers of all features, by class: a route names the one that it belongs to. */
final class Handlers {
  private final Map<Class<?>, Object> byClass = new HashMap<>();

  /**
   * @throws IllegalArgumentException if two are of one class
   */
  Handlers(List<Object> handlers) {
    for (Object handler : handlers) {
      if (byClass.put(handler.getClass(), handler) != null) {
        throw new IllegalArgumentException("two handlers of " + handler.getClass());
      }
    }
  }

  /**
   * The handler of this class.
   *
   * @throws IllegalStateException if the program has none
   */
  <T> T get(Class<T> type) {
    Object handler = byClass.get(type);
    if (handler == null) {
      throw new IllegalStateException("no " + type.getSimpleName() + " is given to the routes");
    }
    return type.cast(handler);
  }
}
