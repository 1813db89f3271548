package com.tatame.billing.server;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The signals by which an operator talks to a running server, where there are signals. */
final class Signals {
  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);
  private static final List<String> TO_END = List.of("TERM", "INT");
  private static final int EXIT_BASE = 128;

  private Signals() {}

  /** From now on, each {@code kill -HUP} does this, on a thread of its own, instead of ending the process. */
  static void onHangup(Runnable work) {
    if (!handle("HUP", number -> work.run())) {
      LOG.info(
          "kill -HUP does nothing here: nohup makes a process ignore it, Windows has no such signal, and -Xrs"
              + " leaves it as it was; use 'billing catalog reload'");
    }
  }

  /**
   * From now on, a person who sends another signal to end a process that is stopping is obeyed at
   * once. By itself Java queues that signal behind the stop that the first one began.
   */
  static void endAtOnce() {
    for (String name : TO_END) {
      if (!handle(name, number -> Runtime.getRuntime().halt(EXIT_BASE + number))) {
        LOG.debug("a second {} waits for the stop", name);
      }
    }
  }

  /** Whether the signal will be heard: Java installs no handler for one that its parent made it ignore. */
  private static boolean handle(String name, IntConsumer work) {
    try {
      // Java has no other way to hear signals, and javac warns where these types are named.
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object handling = Proxy.newProxyInstance(
          handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
            if (method.getName().equals("handle")) {
              work.accept((Integer) signal.getMethod("getNumber").invoke(arguments[0]));
            }
            return null;
          });
      Object before = signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), handling);
      return before != handler.getField("SIG_IGN").get(null);
    } catch (ReflectiveOperationException e) {
      LOG.debug("there is no signal {}", name, e);
      return false;
    }
  }
}
