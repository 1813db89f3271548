package com.tatame.billing.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Writes null in the place of every {@link Secret}. */
final class SecretFields extends BeanSerializerModifier {
  private static final long serialVersionUID = 1L;

  // Most answers have none, which must not be found out anew for each of them.
  private static final ClassValue<Boolean> HELD = new ClassValue<>() {
    @Override
    protected Boolean computeValue(Class<?> type) {
      return search(type, new HashSet<>());
    }
  };

  /** Whether what is written of this type may hold a secret. */
  static boolean in(Class<?> type) {
    return HELD.get(type);
  }

  private static boolean search(Type type, Set<Type> seen) {
    if (!seen.add(type)) {
      return false;
    }
    if (type instanceof ParameterizedType generic) {
      return Stream.of(generic.getActualTypeArguments()).anyMatch(part -> search(part, seen));
    }
    return type instanceof Class<?> known
        && known.isRecord()
        && Arrays.stream(known.getRecordComponents())
            .anyMatch(component -> isSecret(component) || search(component.getGenericType(), seen));
  }

  private static boolean isSecret(RecordComponent component) {
    return component.isAnnotationPresent(Secret.class);
  }

  @Override
  public List<BeanPropertyWriter> changeProperties(
      SerializationConfig config, BeanDescription type, List<BeanPropertyWriter> properties) {
    properties.replaceAll(
        property -> property.getAnnotation(Secret.class) == null ? property : new Masked(property));
    return properties;
  }

  private static final class Masked extends BeanPropertyWriter {
    private static final long serialVersionUID = 1L;

    Masked(BeanPropertyWriter secret) {
      super(secret);
    }

    @Override
    public void serializeAsField(Object bean, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeNullField(getName());
    }
  }
}
