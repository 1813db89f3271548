package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Records as rows and back, each component under its own name in lower case with underscores. What is
 * stored so must stay readable: a component may be added if it is an {@code Optional}, and keeps its
 * name for good.
 */
final class RecordRows {
  // Reflection makes its answers anew each time, which costs more than all that is done with them.
  private static final ClassValue<Components> COMPONENTS = new ClassValue<>() {
    @Override
    protected Components computeValue(Class<?> type) {
      return Components.of(type);
    }
  };

  private RecordRows() {}

  private record Component(String column, Type type, Method accessor) {
    static Component of(RecordComponent component) {
      return new Component(
          component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT),
          component.getGenericType(),
          component.getAccessor());
    }

    Object of(Record value) {
      try {
        return accessor.invoke(value);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(accessor + " can't be called", e);
      }
    }
  }

  private record Components(List<Component> all, Constructor<?> constructor) {
    static Components of(Class<?> type) {
      RecordComponent[] components = type.getRecordComponents();
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      try {
        return new Components(
            Arrays.stream(components).map(Component::of).toList(),
            type.getDeclaredConstructor(types));
      } catch (NoSuchMethodException e) {
        throw new IllegalStateException(type + " has no constructor of all components", e);
      }
    }
  }

  static Row row(Record value) {
    Row row = Row.empty();
    for (Component component : COMPONENTS.get(value.getClass()).all) {
      row.with(component.column, component.of(value));
    }
    return row;
  }

  static <R> R read(Class<R> type, Row row) {
    Components components = COMPONENTS.get(type);
    Object[] values = components.all.stream()
        .map(component -> value(component.type, row, component.column))
        .toArray();
    try {
      return type.cast(components.constructor.newInstance(values));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("what is stored is no " + type.getSimpleName(), e);
    }
  }

  private static Object value(Type type, Row row, String column) {
    if (type instanceof ParameterizedType generic) {
      Type of = generic.getActualTypeArguments()[0];
      if (generic.getRawType() == Optional.class) {
        return row.has(column) ? Optional.of(value(of, row, column)) : Optional.empty();
      } else if (generic.getRawType() == List.class && of instanceof Class<?> element) {
        return element == String.class
            ? row.textList(column)
            : row.rows(column).map(each -> read(element, each));
      } else if (generic.getRawType() == Map.class) {
        return row.texts(column);
      }
    } else if (type == String.class) {
      return row.text(column);
    } else if (type == long.class || type == Long.class) {
      return row.number(column);
    } else if (type == int.class || type == Integer.class) {
      return row.integer(column);
    } else if (type == boolean.class) {
      return row.flag(column);
    } else if (type == BigDecimal.class) {
      return row.optionalDecimal(column).orElseThrow();
    } else if (type == Instant.class) {
      return row.instant(column);
    } else if (type == AccountId.class) {
      return new AccountId(row.text(column));
    } else if (type instanceof Class<?> single && single.isEnum()) {
      return constant(single, row.text(column));
    } else if (type instanceof Class<?> single && single.isRecord()) {
      return read(single, row.optionalRow(column).orElseThrow());
    }
    throw new IllegalArgumentException("no column can hold a " + type.getTypeName());
  }

  private static Object constant(Class<?> type, String code) {
    for (Object constant : type.getEnumConstants()) {
      if (((Enum<?>) constant).name().toLowerCase(Locale.ROOT).equals(code)) {
        return constant;
      }
    }
    throw new IllegalStateException(code + " is no " + type.getSimpleName());
  }
}
