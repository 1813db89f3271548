package com.tatame.billing.simulator.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The parameters that a route takes, declared in one line, so that refusing is systematic:
 * {@code name! active:bool mode:(a|b) metadata:map recurring{interval! interval_count:int} expand[] items[]{price!} ~discounts}.
 * {@code *} is any other name, {@code !} is required, {@code ?} may be empty to clear, {@code ~} is known to Stripe but not to this simulator.
 */
final class Shape {
  private enum Type {
    STRING,
    INTEGER,
    BOOLEAN,
    MAP,
    OBJECT,
    STRINGS,
    OBJECTS,
    RANGE,
    UNMODELLED
  }

  private record Field(
      Type type, boolean required, boolean clearable, Set<String> allowed, Shape shape) {}

  private static final String ANY = "*";
  private static final Shape NONE = new Shape();
  private final Map<String, Field> fields = new LinkedHashMap<>();

  private Shape() {}

  static Shape of(String declaration) {
    Parser parser = new Parser(declaration);
    return parser.shape();
  }

  void check(Map<String, Object> values) {
    check(values, "");
  }

  private void check(Map<String, Object> values, String path) {
    values.forEach((name, value) -> {
      String at = path.isEmpty() ? name : path + "[" + name + "]";
      Field field = fields.getOrDefault(name, fields.get(ANY));
      if (field == null) {
        throw StripeException.invalid("parameter_unknown", at, "Received unknown parameter: " + at);
      }
      checkField(field, value, at);
    });
    fields.forEach((name, field) -> {
      if (field.required && !values.containsKey(name)) {
        String at = path.isEmpty() ? name : path + "[" + name + "]";
        throw StripeException.invalid(
            "parameter_missing", at, "Missing required param: " + at + ".");
      }
    });
  }

  @SuppressWarnings("unchecked") // values come from Form, which makes only maps with string keys
  private static void checkField(Field field, Object value, String at) {
    switch (field.type) {
      case UNMODELLED -> throw StripeException.notModelled(at);
      case MAP -> {
        if (value instanceof Map<?, ?> map) {
          map.forEach((key, child) -> scalar(child, at + "[" + key + "]"));
        } else if (!"".equals(value)) {
          throw StripeException.invalid(null, at, "Invalid object");
        }
      }
      case OBJECT -> {
        if (value instanceof Map) {
          field.shape.check((Map<String, Object>) value, at);
        } else if (!("".equals(value) && field.clearable)) {
          throw StripeException.invalid(null, at, "Invalid object");
        }
      }
      case RANGE -> {
        if (value instanceof Map) {
          field.shape.check((Map<String, Object>) value, at);
        } else {
          integer(scalar(value, at), at);
        }
      }
      case STRINGS, OBJECTS -> checkList(field, value, at);
      default -> checkScalar(field, scalar(value, at), at);
    }
  }

  @SuppressWarnings("unchecked") // as above
  private static void checkList(Field field, Object value, String at) {
    if (!(value instanceof List<?> list)) {
      if ("".equals(value) && field.clearable) {
        return;
      }
      throw StripeException.invalid(null, at, "Invalid array");
    }
    for (int i = 0; i < list.size(); i++) {
      String element = at + "[" + i + "]";
      if (field.type == Type.STRINGS) {
        scalar(list.get(i), element);
      } else if (list.get(i) instanceof Map) {
        field.shape.check((Map<String, Object>) list.get(i), element);
      } else {
        throw StripeException.invalid(null, element, "Invalid object");
      }
    }
  }

  private static void checkScalar(Field field, String value, String at) {
    if (value.isEmpty()) {
      if (field.required || (field.type != Type.STRING && !field.clearable)) {
        throw StripeException.invalid(
            "parameter_invalid_empty",
            at,
            "You passed an empty string for '" + at
                + "'. We assume empty values are an attempt to unset a parameter;"
                + " however '" + at + "' cannot be unset. You should remove '" + at
                + "' from your request or supply a non-empty value.");
      }
      return;
    }
    if (field.type == Type.INTEGER && !field.allowed.contains(value)) {
      integer(value, at);
    } else if (field.type == Type.BOOLEAN && !value.equals("true") && !value.equals("false")) {
      throw StripeException.invalid(null, at, "Invalid boolean: " + value);
    } else if (field.type == Type.STRING
        && !field.allowed.isEmpty()
        && !field.allowed.contains(value)) {
      throw StripeException.invalid(
          null, at, "Invalid " + at + ": must be one of " + String.join(", ", field.allowed));
    }
  }

  private static String scalar(Object value, String at) {
    if (value instanceof String text) {
      return text;
    }
    throw StripeException.invalid(null, at, "Invalid string: a nested value was given for " + at);
  }

  private static void integer(String value, String at) {
    try {
      Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw StripeException.invalid("parameter_invalid_integer", at, "Invalid integer: " + value);
    }
  }

  private static final class Parser {
    private final String text;
    private int at;

    Parser(String text) {
      this.text = text;
    }

    Shape shape() {
      Shape shape = new Shape();
      while (at < text.length() && text.charAt(at) != '}') {
        if (Character.isWhitespace(text.charAt(at))) {
          at++;
        } else {
          field(shape);
        }
      }
      return shape;
    }

    private void field(Shape shape) {
      boolean unmodelled = take('~');
      String name = word();
      boolean list = take('[');
      if (list) {
        expect(']');
      }
      Type type = unmodelled ? Type.UNMODELLED : list ? Type.STRINGS : Type.STRING;
      Shape inner = NONE;
      List<String> allowed = new ArrayList<>();
      if (take('{')) {
        inner = shape();
        expect('}');
        type = list ? Type.OBJECTS : Type.OBJECT;
      } else if (take(':')) {
        if (isWordStart()) {
          type = switch (word()) {
            case "int" -> Type.INTEGER;
            case "bool" -> Type.BOOLEAN;
            case "map" -> Type.MAP;
            case "range" -> Type.RANGE;
            default -> throw new IllegalArgumentException("unknown type in " + text);
          };
          inner = type == Type.RANGE ? Shape.of("gt:int gte:int lt:int lte:int") : NONE;
        }
        if (take('(')) {
          do {
            allowed.add(word());
          } while (take('|'));
          expect(')');
        }
      }
      boolean required = take('!');
      boolean clearable = take('?');
      shape.fields.put(
          name, new Field(type, required, clearable, new LinkedHashSet<>(allowed), inner));
    }

    private boolean isWordStart() {
      return at < text.length() && Character.isLetter(text.charAt(at));
    }

    private String word() {
      int start = at;
      while (at < text.length()
          && (Character.isLetterOrDigit(text.charAt(at)) || "_-*.".indexOf(text.charAt(at)) >= 0)) {
        at++;
      }
      if (start == at) {
        throw new IllegalArgumentException("a name is expected at " + at + " of " + text);
      }
      return text.substring(start, at);
    }

    private boolean take(char expected) {
      if (at < text.length() && text.charAt(at) == expected) {
        at++;
        return true;
      }
      return false;
    }

    private void expect(char expected) {
      if (!take(expected)) {
        throw new IllegalArgumentException(expected + " is expected at " + at + " of " + text);
      }
    }
  }
}
