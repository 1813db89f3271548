package com.tatame.billing.testkit.eventorder;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last steps of a run, numbered, and a digest of all of them. */
final class Trace {
  private static final int KEPT = 60;

  private final Deque<String> last = new ArrayDeque<>();
  private long count;
  private long digest;

  void add(String step) {
    count++;
    digest = 31 * digest + step.hashCode();
    last.addLast(count + " " + step);
    if (last.size() > KEPT) {
      last.removeFirst();
    }
  }

  List<String> last() {
    return List.copyOf(last);
  }

  long digest() {
    return digest;
  }
}
