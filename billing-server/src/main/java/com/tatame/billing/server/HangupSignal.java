package com.tatame.billing.server;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets an operator ask a running server for something by {@code kill -HUP}, where there are signals. */
final class HangupSignal {
  private static final Logger LOG = LoggerFactory.getLogger(HangupSignal.class);

  private HangupSignal() {}

  /** From now on, each such signal does this, on a thread of its own, instead of ending the process. */
  static void runs(Runnable work) {
    try {
      // Java has no other way to hear signals, and javac warns where these types are named.
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object running = Proxy.newProxyInstance(
          handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
            if (method.getName().equals("handle")) {
              work.run();
            }
            return null;
          });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), running);
    } catch (ReflectiveOperationException e) {
      LOG.debug("there is no signal to reload by; use 'billing catalog reload'", e);
    }
  }
}
