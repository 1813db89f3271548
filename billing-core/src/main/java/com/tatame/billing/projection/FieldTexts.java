package com.tatame.billing.projection;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The fields of a record as text, those of records within it by their path: {@code items[0].priceId}. */
final class FieldTexts {
  private final SortedMap<String, String> texts = new TreeMap<>();

  private FieldTexts() {}

  static SortedMap<String, String> of(Object record) {
    FieldTexts fields = new FieldTexts();
    fields.add("", record);
    return fields.texts;
  }

  private void add(String path, Object value) {
    if (value instanceof Optional<?> optional) {
      optional.ifPresent(present -> add(path, present));
    } else if (value instanceof Record record) {
      for (RecordComponent component : record.getClass().getRecordComponents()) {
        add(
            path.isEmpty() ? component.getName() : path + "." + component.getName(),
            read(component, record));
      }
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        add(path + "[" + i + "]", list.get(i));
      }
    } else if (value instanceof Map<?, ?> map) {
      map.forEach((key, element) -> add(path + "." + key, element));
    } else if (value instanceof Enum<?> constant) {
      texts.put(path, constant.name().toLowerCase(Locale.ROOT));
    } else {
      texts.put(path, value.toString());
    }
  }

  private static Object read(RecordComponent component, Record record) {
    try {
      var accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(record);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(component.getName() + " can't be read", e);
    }
  }
}
