package com.tatame.billing.sandbox;

import com.tatame.billing.inbox.ReceivedEvent;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Every text that objects of ours hold, directly or by others, but for the payloads of webhooks. */
final class HeldTexts {
  private final Deque<Object> waiting = new ArrayDeque<>();
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<String> texts = new ArrayList<>();

  private HeldTexts() {}

  static List<String> in(Object root) {
    HeldTexts held = new HeldTexts();
    held.add(root);
    while (!held.waiting.isEmpty()) {
      held.look(held.waiting.pop());
    }
    return held.texts;
  }

  private void add(@Nullable Object value) {
    if (value instanceof String text) {
      texts.add(text);
    } else if (value != null && seen.add(value)) {
      waiting.push(value);
    }
  }

  private void look(Object value) {
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, held) -> {
        add(key);
        add(held);
      });
    } else if (value instanceof Collection<?> all) {
      all.forEach(this::add);
    } else if (value instanceof Optional<?> optional) {
      optional.ifPresent(this::add);
    } else if (value instanceof Object[] array) {
      Arrays.asList(array).forEach(this::add);
    } else if (value.getClass().getName().startsWith("com.tatame.")
        && !(value instanceof Enum<?>)
        && !(value instanceof ReceivedEvent)) {
      for (Class<?> type = value.getClass(); type != null; type = type.getSuperclass()) {
        for (Field field : type.getDeclaredFields()) {
          read(field, value);
        }
      }
    }
  }

  private void read(Field field, Object owner) {
    if (Modifier.isStatic(field.getModifiers()) || field.getType().isPrimitive()) {
      return;
    }
    try {
      field.setAccessible(true);
      add(field.get(owner));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(field.toString(), e);
    }
  }
}
