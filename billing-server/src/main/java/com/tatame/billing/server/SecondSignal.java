package com.tatame.billing.server;

import java.lang.reflect.Proxy;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a person who sends a second signal end a process that is stopping. By itself Java queues that
 * signal behind the stop that the first one began.
 */
final class SecondSignal {
  private static final Logger LOG = LoggerFactory.getLogger(SecondSignal.class);
  private static final List<String> SIGNALS = List.of("TERM", "INT");
  private static final int EXIT_BASE = 128;

  private SecondSignal() {}

  /** From now on, a signal to end is obeyed at once. */
  static void endsTheProcess() {
    try {
      // Java has no other way to hear signals, and javac warns where these types are named.
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object halting = Proxy.newProxyInstance(
          handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
            if (method.getName().equals("handle")) {
              Object number = signal.getMethod("getNumber").invoke(arguments[0]);
              Runtime.getRuntime().halt(EXIT_BASE + (Integer) number);
            }
            return null;
          });
      for (String name : SIGNALS) {
        signal
            .getMethod("handle", signal, handler)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), halting);
      }
    } catch (ReflectiveOperationException e) {
      LOG.debug("a second signal waits for the stop", e);
    }
  }
}
