package com.tatame.billing.configuration;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A parsed file in which every value still knows its line. */
sealed interface YamlTree {
  int line();

  /** A text, number or truth value as it was written. */
  record Scalar(String text, boolean isText, int line) implements YamlTree {}

  record Mapping(Map<String, YamlTree> entries, int line) implements YamlTree {
    /** What lies deepest on a path of names with dots between them. */
    YamlTree at(String path) {
      YamlTree here = this;
      for (String name : path.split("\\.", -1)) {
        YamlTree below = here instanceof Mapping mapping ? mapping.entries().get(name) : null;
        if (below == null) {
          return here;
        }
        here = below;
      }
      return here;
    }
  }

  record Sequence(List<YamlTree> items, int line) implements YamlTree {}

  /**
   * Parses a file.
   *
   * @throws IOException if it is not YAML, or a key is there twice
   */
  static YamlTree parse(String text) throws IOException {
    try (JsonParser parser = new YAMLFactory().createParser(text)) {
      parser.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
      parser.nextToken();
      return parser.currentToken() == null ? new Mapping(Map.of(), 1) : value(parser);
    }
  }

  private static YamlTree value(JsonParser parser) throws IOException {
    int line = parser.currentTokenLocation().getLineNr();
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      Map<String, YamlTree> entries = new LinkedHashMap<>();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        parser.nextToken();
        entries.put(name, value(parser));
      }
      return new Mapping(entries, line);
    }
    if (parser.currentToken() == JsonToken.START_ARRAY) {
      List<YamlTree> items = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        items.add(value(parser));
      }
      return new Sequence(items, line);
    }
    boolean isText = parser.currentToken() == JsonToken.VALUE_STRING;
    return new Scalar(parser.getText(), isText, line);
  }
}
