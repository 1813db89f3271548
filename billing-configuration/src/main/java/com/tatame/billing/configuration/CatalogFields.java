package com.tatame.billing.configuration;

import com.tatame.billing.configuration.YamlTree.Mapping;
import com.tatame.billing.configuration.YamlTree.Scalar;
import com.tatame.billing.configuration.YamlTree.Sequence;
import com.tatame.billing.failure.Suggestion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads fields of a catalog or another such file, and collects what is wrong with them. */
final class CatalogFields {
  private final String file;
  private final String whole;
  private final List<String> problems = new ArrayList<>();

  CatalogFields(String file) {
    this(file, "the catalog");
  }

  /**
   * Reads another kind of file.
   *
   * @param whole what the file is, such as {@code the catalog}
   */
  CatalogFields(String file, String whole) {
    this.file = file;
    this.whole = whole;
  }

  Mapping mapping(String path, YamlTree tree) {
    if (tree instanceof Mapping mapping) {
      return mapping;
    }
    problem(path.isEmpty() ? "file" : path, tree, "must hold named fields");
    return new Mapping(Map.of(), tree.line());
  }

  /** A mapping below; an empty one if it is missing. */
  Mapping child(String path, Mapping parent, String name) {
    YamlTree tree = parent.entries().get(name);
    return tree == null ? new Mapping(Map.of(), parent.line()) : mapping(join(path, name), tree);
  }

  Optional<String> text(String path, Mapping parent, String name) {
    return scalar(path, parent, name).map(Scalar::text).filter(text -> !text.isBlank());
  }

  String required(String path, Mapping parent, String name) {
    Optional<String> value = text(path, parent, name);
    if (value.isEmpty() && !(parent.entries().get(name) instanceof Mapping)) {
      problem(join(path, name), parent, "is missing");
    }
    return value.orElse("");
  }

  Optional<Long> number(String path, Mapping parent, String name, long least, long most) {
    Optional<Scalar> scalar = scalar(path, parent, name);
    if (scalar.isEmpty()) {
      return Optional.empty();
    }
    String digits = scalar.get().text();
    if (digits.matches("\\d{1,15}")
        && Long.parseLong(digits) >= least
        && Long.parseLong(digits) <= most) {
      return Optional.of(Long.parseLong(digits));
    }
    problem(join(path, name), scalar.get(), "must be a whole number from " + least + " to " + most);
    return Optional.empty();
  }

  /** A list of different texts; an empty one if it is missing. */
  List<String> texts(String path, Mapping parent, String name) {
    YamlTree tree = parent.entries().get(name);
    List<String> texts = new ArrayList<>();
    if (tree instanceof Sequence sequence) {
      for (YamlTree item : sequence.items()) {
        if (item instanceof Scalar scalar && !scalar.text().isBlank()) {
          if (texts.contains(scalar.text())) {
            problem(join(path, name), item, "names '" + scalar.text() + "' twice");
          }
          texts.add(scalar.text());
        } else {
          problem(join(path, name), item, "must hold single values");
        }
      }
    } else if (tree != null) {
      problem(join(path, name), tree, "must be a list");
    }
    return texts;
  }

  Optional<Boolean> flag(String path, Mapping parent, String name) {
    Optional<Scalar> scalar = scalar(path, parent, name);
    if (scalar.isEmpty()) {
      return Optional.empty();
    }
    if (scalar.get().isText() || !Set.of("true", "false").contains(scalar.get().text())) {
      problem(join(path, name), scalar.get(), "must be true or false");
      return Optional.empty();
    }
    return Optional.of(scalar.get().text().equals("true"));
  }

  /** One of a few words. */
  <T> Optional<T> choice(
      String path, Mapping parent, String name, T[] choices, Function<T, String> word) {
    Optional<Scalar> scalar = scalar(path, parent, name);
    if (scalar.isEmpty()) {
      return Optional.empty();
    }
    String text = scalar.get().text();
    Optional<T> chosen =
        Stream.of(choices).filter(choice -> word.apply(choice).equals(text)).findFirst();
    if (chosen.isEmpty()) {
      problem(
          join(path, name),
          scalar.get(),
          "must be one of " + Stream.of(choices).map(word).collect(Collectors.joining(", ")));
    }
    return chosen;
  }

  void allowOnly(String path, Mapping mapping, Set<String> names) {
    mapping.entries().forEach((name, tree) -> {
      if (!names.contains(name)) {
        problem(join(path, name), tree, "is not a field of " + whole + Suggestion.of(name, names));
      }
    });
  }

  void problem(String path, YamlTree at, String text) {
    problems.add(file + ":" + at.line() + ": " + path + " " + text);
  }

  void problem(String text) {
    problems.add(text);
  }

  void throwIfAny() {
    if (!problems.isEmpty()) {
      throw new InvalidConfiguration(problems);
    }
  }

  private Optional<Scalar> scalar(String path, Mapping parent, String name) {
    YamlTree tree = parent.entries().get(name);
    if (tree == null) {
      return Optional.empty();
    }
    if (tree instanceof Scalar scalar) {
      return Optional.of(scalar);
    }
    problem(join(path, name), tree, "must be a single value");
    return Optional.empty();
  }

  static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
