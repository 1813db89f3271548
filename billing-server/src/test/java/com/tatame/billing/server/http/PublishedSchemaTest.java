package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The schema of events out that is published for other programs is what the server describes. */
final class PublishedSchemaTest {
  private static final ObjectMapper JSON = new ObjectMapper()
      .enable(SerializationFeature.INDENT_OUTPUT)
      .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
  private static final String COMPONENTS = "#/components/schemas/";

  @Test
  void theSchemaOfEventsIsOfThisRelease() throws IOException {
    Path published = Path.of("../docs/events.schema.json");
    JsonNode described;
    try (RunningServer server = new RunningServer()) {
      described = server.get("/openapi.json", null).json();
    }
    JsonNode webhook = described.at("/webhooks/event/post/requestBody/content/application~1json");
    ObjectNode schema = JSON.createObjectNode();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "An event of Tatame Billing");
    schema.setAll((ObjectNode) standalone(webhook.path("schema")));
    ObjectNode definitions = schema.putObject("$defs");
    reachable(described, webhook.path("schema")).forEach(definitions::set);

    String text = JSON.writeValueAsString(JSON.convertValue(schema, Object.class)) + "\n";
    Files.createDirectories(Path.of("target"));
    Files.writeString(Path.of("target/events.schema.json"), text);
    assertThat(published)
        .as("copy billing-server/target/events.schema.json to docs")
        .content()
        .isEqualTo(text);
  }

  private static Map<String, JsonNode> reachable(JsonNode described, JsonNode from) {
    Map<String, JsonNode> found = new TreeMap<>();
    Deque<JsonNode> open = new ArrayDeque<>();
    open.add(from);
    while (!open.isEmpty()) {
      for (JsonNode reference : open.remove().findValues("$ref")) {
        String name = reference.asText().substring(COMPONENTS.length());
        JsonNode schema = described.at("/components/schemas/" + name);
        if (found.put(name, standalone(schema)) == null) {
          open.add(schema);
        }
      }
    }
    return found;
  }

  private static JsonNode standalone(JsonNode schema) {
    try {
      return JSON.readTree(schema.toString().replace(COMPONENTS, "#/$defs/"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
