package com.tatame.billing.simulator.engine;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Stores the first answer to each idempotency key for a day of simulated time. */
final class Idempotency {
  private static final long KEPT = 86_400;
  private static final int MAX_KEY_LENGTH = 255;

  private final Account account;

  Idempotency(Account account) {
    this.account = account;
  }

  /** The answer that was given before, if the key is known and asks the same. */
  Optional<StoredAnswer> replay(String key, String question) {
    if (key.length() > MAX_KEY_LENGTH) {
      throw StripeException.of(
          400, "idempotency_error", null, "Idempotency-Key must be at most 255 characters.");
    }
    forgetOld();
    StoredAnswer stored = account.answers.get(key);
    if (stored != null && !stored.question().equals(question)) {
      throw StripeException.of(
          400,
          "idempotency_error",
          null,
          "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using"
              + " a key other than '" + key + "' if you meant to execute a different request.");
    }
    return Optional.ofNullable(stored);
  }

  boolean knows(String key) {
    forgetOld();
    return account.answers.containsKey(key);
  }

  void store(String key, String question, int status, String body) {
    account.answers.put(key, new StoredAnswer(account.now, question, status, body));
  }

  private void forgetOld() {
    Iterator<StoredAnswer> oldestFirst = account.answers.values().iterator();
    while (oldestFirst.hasNext() && oldestFirst.next().at() + KEPT < account.now) {
      oldestFirst.remove();
    }
  }

  /** The request in one text, in which the order of its parameters makes no difference. */
  static String question(String method, String path, Map<String, Object> parameters) {
    return method + " " + path + " " + sorted(parameters);
  }

  private static Object sorted(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> sorted = new TreeMap<>();
      map.forEach((key, child) -> sorted.put(String.valueOf(key), sorted(child)));
      return sorted;
    }
    return value instanceof List<?> list
        ? list.stream().map(Idempotency::sorted).toList()
        : value;
  }
}
