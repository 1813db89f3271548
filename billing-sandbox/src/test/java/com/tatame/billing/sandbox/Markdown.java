package com.tatame.billing.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A document of the product, by what a reader copies out of it or follows. */
record Markdown(Path file, String text) {
  private static final Path PRODUCT = Path.of("..");
  private static final Pattern FENCED = Pattern.compile(
      "(?:^<!-- (?<note>[^\n]*) -->\n)?^```(?<language>\\w*)\n(?<code>.*?)^```$",
      Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern INLINE = Pattern.compile("`([^`\n]+)`");
  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("^#+ +(.+)$", Pattern.MULTILINE);

  /**
   * A block of code.
   *
   * @param note the comment in the line before it, which readers don't see; may be empty
   */
  record Block(String language, String note, String code) {}

  /** All documents, in the order of their names. */
  static List<Markdown> all() {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> docs = Files.walk(PRODUCT.resolve("docs"));
        Stream<Path> others = Files.walk(PRODUCT, 2)) {
      docs.forEach(files::add);
      others.filter(file -> !file.startsWith(PRODUCT.resolve("docs"))).forEach(files::add);
      return files.stream()
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .map(Markdown::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Markdown read(Path file) {
    try {
      return new Markdown(file, Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The path within the product. */
  String name() {
    return PRODUCT.relativize(file).toString();
  }

  List<Block> blocks() {
    return FENCED
        .matcher(text)
        .results()
        .map(found -> {
          Matcher block = FENCED.matcher(found.group());
          if (!block.matches()) {
            throw new IllegalStateException(found.group());
          }
          String note = block.group("note");
          return new Block(block.group("language"), note == null ? "" : note, block.group("code"));
        })
        .toList();
  }

  /** What is set as code within sentences and tables. */
  List<String> inlineCode() {
    return INLINE.matcher(prose()).results().map(found -> found.group(1)).toList();
  }

  /** Targets of links and pictures. */
  List<String> links() {
    return LINK.matcher(prose().replaceAll("`[^`\n]*`", ""))
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  /** What a link to a heading names. */
  Set<String> anchors() {
    Set<String> anchors = new HashSet<>();
    HEADING
        .matcher(prose())
        .results()
        .map(found -> found.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").strip().replace(' ', '-'))
        .forEach(anchors::add);
    return anchors;
  }

  private String prose() {
    return FENCED.matcher(text).replaceAll("");
  }
}
