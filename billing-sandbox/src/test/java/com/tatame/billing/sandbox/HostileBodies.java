package com.tatame.billing.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Bodies that no provider sends; each is the same for the same seed and number. */
final class HostileBodies {
  /** What a body of a webhook may have at most, in bytes. */
  static final int LIMIT = 1 << 20;

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final List<byte[]> NO_UTF_8 = List.of(
      bytes(0xff),
      bytes(0xc0, 0x80),
      bytes(0xed, 0xa0, 0x80),
      bytes(0xf5, 0x80, 0x80, 0x80),
      bytes(0xe2, 0x82));
  private static final List<String> NO_EVENTS = List.of(
      "",
      " ",
      "null",
      "true",
      "17",
      "\"evt_1\"",
      "[]",
      "{}",
      "{",
      "{}{}",
      "{\"id\":}",
      "<?xml version=\"1.0\"?><event/>",
      "id=evt_1&type=invoice.paid",
      "{\"id\":\"evt_1\"}",
      "{'id':'evt_1'}",
      "{\"id\":\"evt_1\",\"type\":\"x\",\"created\":1e999999999}",
      "{\"id\":\"evt_1\",\"type\":\"x\",\"created\":-1}",
      "{\"id\":\"evt_1\",\"type\":\"x\",\"created\":NaN}",
      "{\"id\":\"\",\"type\":\"x\",\"created\":1}",
      "{\"id\":\"evt\\u0000\",\"type\":\"x\",\"created\":1}",
      "{\"id\":[\"evt_1\"],\"type\":{},\"created\":\"soon\"}",
      "/* */{\"id\":\"evt_1\",\"type\":\"x\",\"created\":1}",
      "\uFEFF{\"id\":\"evt_1\",\"type\":\"x\",\"created\":1}");

  private final long seed;
  private final List<JsonNode> events;

  /** Made out of these, which are good ones. */
  HostileBodies(long seed, List<JsonNode> events) {
    this.seed = seed;
    this.events = List.copyOf(events);
  }

  /** The body of that number. */
  byte[] body(int number) {
    // Seeds beside each other begin alike, so they are spread first.
    Random random = new Random((seed + number) * 0x9e3779b97f4a7c15L);
    random.nextInt();
    int kind = random.nextInt(1000);
    if (kind < 3) {
      return tooLong(number, random);
    } else if (kind < 8) {
      return endless(number, random);
    } else if (kind < 15) {
      return deep(number, random);
    } else if (kind < 200) {
      return truncated(text(event(number, random)), random);
    } else if (kind < 350) {
      return damaged(text(event(number, random)), random);
    } else if (kind < 450) {
      return inserted(text(event(number, random)), pick(NO_UTF_8, random), random);
    } else if (kind < 550) {
      return inserted(text(event(number, random)), bytes(0), random);
    } else if (kind < 620) {
      return text(event(number, random).put("note", "\u0000"));
    } else if (kind < 700) {
      return noise(random);
    } else if (kind < 800) {
      return utf8(pick(NO_EVENTS, random));
    }
    return wronglyTyped(number, random);
  }

  private ObjectNode event(int number, Random random) {
    ObjectNode event = pick(events, random).deepCopy();
    return event.put("id", "evt_hostile_" + number);
  }

  private byte[] wronglyTyped(int number, Random random) {
    ObjectNode event = event(number, random);
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      List<JsonNode> containers = containers(event);
      JsonNode container = pick(containers, random);
      if (container instanceof ObjectNode object && !object.isEmpty()) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        object.set(pick(names, random), anything(random));
      } else if (container instanceof ArrayNode array) {
        array.insert(random.nextInt(array.size() + 1), anything(random));
      }
    }
    return text(event);
  }

  private static List<JsonNode> containers(JsonNode root) {
    List<JsonNode> containers = new ArrayList<>(List.of(root));
    for (int i = 0; i < containers.size(); i++) {
      containers.get(i).forEach(child -> {
        if (child.isContainerNode()) {
          containers.add(child);
        }
      });
    }
    return containers;
  }

  private static JsonNode anything(Random random) {
    return switch (random.nextInt(10)) {
      case 0 -> JSON.nullNode();
      case 1 -> JSON.booleanNode(random.nextBoolean());
      case 2 -> JSON.numberNode(random.nextLong());
      case 3 -> JSON.numberNode(random.nextDouble() * 1e300);
      case 4 -> JSON.textNode("");
      case 5 -> JSON.textNode("\ud83d\ude00 \u202e \u0000 ' \" \\ --");
      case 6 -> JSON.textNode("x".repeat(random.nextInt(5000)));
      case 7 -> JSON.arrayNode();
      case 8 -> JSON.objectNode();
      default -> JSON.arrayNode().add(JSON.objectNode().put("id", random.nextInt()));
    };
  }

  private byte[] deep(int number, Random random) {
    boolean objects = random.nextBoolean();
    int depth = random.nextInt(LIMIT / (objects ? 6 : 2) - 2000);
    String nest = objects
        ? "{\"a\":".repeat(depth) + "1" + "}".repeat(depth)
        : "[".repeat(depth) + "]".repeat(depth);
    String event = event(number, random).set("data", JSON.textNode("NEST")).toString();
    return utf8(event.replace("\"NEST\"", nest));
  }

  /** Within the limit, but a single value of it or a single object is about as long. */
  private byte[] endless(int number, Random random) {
    int length = LIMIT / 2 + random.nextInt(LIMIT / 4);
    ObjectNode event = event(number, random);
    String endless = switch (random.nextInt(4)) {
      case 0 -> "\"" + "x".repeat(length) + "\"";
      case 1 -> "9".repeat(length);
      case 2 -> "[" + "0,".repeat(length / 2) + "0]";
      default -> "{" + "\"k\":0,".repeat(length / 6) + "\"k\":0}";
    };
    return utf8(event.put("note", "ENDLESS").toString().replace("\"ENDLESS\"", endless));
  }

  private byte[] tooLong(int number, Random random) {
    int length = LIMIT + random.nextInt(LIMIT);
    return text(event(number, random).put("note", "x".repeat(length)));
  }

  private static byte[] truncated(byte[] body, Random random) {
    return Arrays.copyOf(body, random.nextInt(body.length));
  }

  private static byte[] damaged(byte[] body, Random random) {
    int changes = 1 + random.nextInt(5);
    for (int i = 0; i < changes; i++) {
      body[random.nextInt(body.length)] = random.nextBoolean()
          ? (byte) random.nextInt(256)
          : (byte) "{}[]\",:0\\".charAt(random.nextInt(9));
    }
    return body;
  }

  private static byte[] inserted(byte[] body, byte[] what, Random random) {
    int at = random.nextInt(body.length);
    byte[] longer = Arrays.copyOf(body, body.length + what.length);
    System.arraycopy(what, 0, longer, at, what.length);
    System.arraycopy(body, at, longer, at + what.length, body.length - at);
    return longer;
  }

  private static byte[] noise(Random random) {
    byte[] noise = new byte[random.nextInt(3000)];
    random.nextBytes(noise);
    return noise;
  }

  private static byte[] text(JsonNode json) {
    return utf8(json.toString());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static <T> T pick(List<T> list, Random random) {
    return list.get(random.nextInt(list.size()));
  }
}
