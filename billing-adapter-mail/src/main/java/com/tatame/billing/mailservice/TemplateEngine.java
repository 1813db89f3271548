package com.tatame.billing.mailservice;

import com.tatame.billing.mailservice.TemplateFiles.Source;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Fills templates that are written in a part of Mustache: fields, sections, inverted sections and
 * comments. There is no way to leave a value unescaped, and none to reach anything but the fields. A
 * field that there isn't, or that is empty outside of its section, is an error.
 */
final class TemplateEngine {
  private static final Pattern TAG =
      Pattern.compile("\\{\\{(?:!.*?|([#^/]?)\\s*([A-Za-z]+|\\.)\\s*)}}", Pattern.DOTALL);

  /** A tag of a section alone on its line, which then leaves no line. */
  private static final Pattern LONE_TAG =
      Pattern.compile("(?m)^[ \\t]*(\\{\\{[#^/][^{}]*}}|\\{\\{![^{}]*}})[ \\t]*(?:\\r?\\n|\\z)");

  /** More than there are templates and texts in a few languages; then the cache is begun anew. */
  private static final int MAX_PARSED = 2_000;

  private final Map<String, List<Node>> parsed = new ConcurrentHashMap<>();

  private interface Node {
    void fill(Filling filling);
  }

  /** The fields in view, and what has been written. */
  private record Filling(
      Source source, Deque<Object> contexts, UnaryOperator<String> escaper, StringBuilder out) {
    @Nullable
    Object value(String name) {
      Object innermost = contexts.peek();
      if (name.equals(".") && innermost != null) {
        return innermost;
      }
      for (Object context : contexts) {
        if (context instanceof Map<?, ?> fields && fields.containsKey(name)) {
          return fields.get(name);
        }
      }
      throw failed(source, "there is no field " + name);
    }
  }

  /** For text. */
  String fill(Source template, Map<String, ?> values) {
    return fill(template, values, UnaryOperator.identity());
  }

  /** For HTML: values are escaped for its text and for attributes in quotes. */
  String fillHtml(Source template, Map<String, ?> values) {
    return fill(template, values, TemplateEngine::escaped);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  private String fill(Source source, Map<String, ?> values, UnaryOperator<String> escaper) {
    Filling filling =
        new Filling(source, new ArrayDeque<>(List.of(values)), escaper, new StringBuilder());
    for (Node node : parsed(source)) {
      node.fill(filling);
    }
    return filling.out().toString();
  }

  private List<Node> parsed(Source source) {
    List<Node> nodes = parsed.get(source.text());
    if (nodes == null) {
      nodes = new Parser(source).parse();
      if (parsed.size() >= MAX_PARSED) {
        parsed.clear();
      }
      parsed.put(source.text(), nodes);
    }
    return nodes;
  }

  private static IllegalStateException failed(Source source, String why) {
    return new IllegalStateException(source.name() + ": " + why);
  }

  private record Text(String text) implements Node {
    @Override
    public void fill(Filling filling) {
      filling.out().append(text);
    }
  }

  private record Field(String name) implements Node {
    @Override
    public void fill(Filling filling) {
      Object value = filling.value(name);
      if (value == null) {
        throw failed(
            filling.source(),
            "the field " + name + " may be empty: show it within {{#" + name + "}} and {{/" + name
                + "}}");
      }
      filling.out().append(filling.escaper().apply(value.toString()));
    }
  }

  private record Section(String name, boolean inverted, List<Node> inner) implements Node {
    @Override
    public void fill(Filling filling) {
      Object value = filling.value(name);
      List<?> each = value instanceof List<?> list
          ? list
          : value == null || value.equals(false) || value.equals("") ? List.of() : List.of(value);
      if (inverted) {
        if (each.isEmpty()) {
          inner.forEach(node -> node.fill(filling));
        }
        return;
      }
      for (Object context : each) {
        filling.contexts().push(context);
        inner.forEach(node -> node.fill(filling));
        filling.contexts().pop();
      }
    }
  }

  private static final class Parser {
    private static final int MAX_DEPTH = 20;

    private final Source source;
    private final String text;
    private final Matcher tags;
    private int at;

    Parser(Source source) {
      this.source = source;
      this.text = LONE_TAG.matcher(source.text()).replaceAll("$1");
      this.tags = TAG.matcher(text);
    }

    List<Node> parse() {
      return nodes("", 0);
    }

    /** Until the end of this section, which for the outermost is that of the template. */
    private List<Node> nodes(String section, int depth) {
      if (depth > MAX_DEPTH) {
        throw failed(source, "sections are nested too deep");
      }
      List<Node> nodes = new ArrayList<>();
      while (tags.find(at)) {
        nodes.add(new Text(checked(text.substring(at, tags.start()))));
        at = tags.end();
        String kind = tags.group(1) == null ? "!" : tags.group(1);
        String name = String.valueOf(tags.group(2));
        switch (kind) {
          case "" -> nodes.add(new Field(name));
          case "#", "^" -> nodes.add(new Section(name, kind.equals("^"), nodes(name, depth + 1)));
          case "/" -> {
            if (!name.equals(section)) {
              throw failed(source, "{{/" + name + "}} closes no section");
            }
            return nodes;
          }
          default -> {
            // A comment.
          }
        }
      }
      if (!section.isEmpty()) {
        throw failed(source, "{{#" + section + "}} is not closed");
      }
      nodes.add(new Text(checked(text.substring(at))));
      return nodes;
    }

    private String checked(String literal) {
      // Three braces are Mustache's way to leave a value unescaped, which there isn't here.
      if (literal.contains("{{") || literal.contains("}}") || literal.endsWith("{")) {
        throw failed(source, "there are {{ or }} without a field between them");
      }
      return literal;
    }
  }
}
