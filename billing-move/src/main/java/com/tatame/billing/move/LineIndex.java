package com.tatame.billing.move;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.tatame.billing.move.Rows.Range;
import com.tatame.billing.move.TableLayout.KeyColumn;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Where in a table's file the last line of each key is, in the order of the database's index. */
final class LineIndex {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String INSTANT = "timestamp with time zone";

  /** How rows write instants, and keys don't. */
  private static final String UTC = "+00:00";

  private final Path file;
  private final Map<String, Line> byKey;
  private final List<Line> sorted;

  /**
   * A row's line.
   *
   * @param hash as the database computes it, of the row's text
   * @param length without the line's end
   */
  record Line(Key key, long hash, long offset, int length) {}

  /** A key and what it is compared by, byte for byte or by value. */
  record Key(String text, List<Comparable<?>> parts) implements Comparable<Key> {
    static Key of(JsonNode array) {
      List<Comparable<?>> parts = new ArrayList<>();
      array.forEach(part -> parts.add(
          part.isTextual() ? new Utf8(part.textValue()) : (Comparable<?>) part.decimalValue()));
      return new Key(array.toString(), parts);
    }

    @Override
    public int compareTo(Key other) {
      for (int i = 0; i < parts.size(); i++) {
        int order = compare(parts.get(i), other.parts.get(i));
        if (order != 0) {
          return order;
        }
      }
      return 0;
    }

    // Of one column all values are of one type.
    @SuppressWarnings("unchecked")
    private static int compare(Comparable<?> one, Comparable<?> other) {
      return ((Comparable<Object>) one).compareTo(other);
    }
  }

  /** A text that is compared as the database does without a language's rules. */
  private record Utf8(String text) implements Comparable<Utf8> {
    @Override
    public int compareTo(Utf8 other) {
      return Arrays.compareUnsigned(
          text.getBytes(StandardCharsets.UTF_8), other.text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private LineIndex(Path file, Map<String, Line> byKey) {
    this.file = file;
    this.byKey = byKey;
    this.sorted = new ArrayList<>(byKey.values());
    sorted.sort((one, other) -> one.key.compareTo(other.key));
  }

  /** Reads a file up to a length. */
  static LineIndex of(Path file, TableLayout layout, long length) {
    Map<String, Line> byKey = new HashMap<>();
    if (length > 0) {
      try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        long start = 0;
        for (long at = 0; at < length; at++) {
          int next = in.read();
          if (next < 0) {
            throw new MoveRefused(file + " was cut off. Move into an empty directory again.");
          }
          if (next != '\n') {
            line.write(next);
            continue;
          }
          note(byKey, layout, line.toByteArray(), start);
          line.reset();
          start = at + 1;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new LineIndex(file, byKey);
  }

  private static void note(Map<String, Line> byKey, TableLayout layout, byte[] line, long offset)
      throws IOException {
    JsonNode read = JSON.readTree(line);
    if (read.isArray()) {
      byKey.remove(read.toString());
      return;
    }
    ArrayNode key = JSON.createArrayNode();
    for (KeyColumn column : layout.key()) {
      JsonNode value = read.path(column.column());
      String text = value.asText();
      if (column.type().equals(INSTANT) && text.endsWith(UTC)) {
        key.add(text.substring(0, text.length() - UTC.length()));
      } else {
        key.add(value);
      }
    }
    Key made = Key.of(key);
    byKey.put(made.text(), new Line(made, hash(line), offset, line.length));
  }

  private static long hash(byte[] row) {
    try {
      return ByteBuffer.wrap(MessageDigest.getInstance("MD5").digest(row)).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has it", e);
    }
  }

  Optional<Line> find(String key) {
    return Optional.ofNullable(byKey.get(key));
  }

  List<Line> within(Range range, OptionalInt limit) {
    int from = range.after().map(key -> behind(key)).orElse(0);
    int to = range.through().map(key -> behind(key)).orElse(sorted.size());
    int end = limit.isPresent() ? Math.min(to, from + limit.getAsInt()) : to;
    return sorted.subList(from, Math.max(from, end));
  }

  /** How many lines have this key or one before it. */
  private int behind(String key) {
    Key wanted;
    try {
      wanted = Key.of(JSON.readTree(key));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int low = 0;
    int high = sorted.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted.get(middle).key().compareTo(wanted) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  List<String> read(List<Line> lines) {
    List<String> rows = new ArrayList<>(lines.size());
    if (lines.isEmpty()) {
      return rows;
    }
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      for (Line line : lines) {
        byte[] row = new byte[line.length()];
        in.seek(line.offset());
        in.readFully(row);
        rows.add(new String(row, StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }
}
