package com.tatame.billing.configuration;

import com.tatame.billing.configuration.YamlTree.Mapping;
import com.tatame.billing.configuration.YamlTree.Sequence;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.importing.EventColumns;
import com.tatame.billing.importing.LinkColumns;
import com.tatame.billing.importing.SourceTables.Table;
import com.tatame.billing.importing.TableMapping;
import com.tatame.billing.importing.UsageColumns;
import com.tatame.billing.importing.UserColumns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads from YAML which tables and columns say what. Every problem is reported, with its line and field. */
public final class MappingFile {
  private static final Table UNNAMED = new Table("public", "unnamed");

  private final CatalogFields fields;

  private MappingFile(Path file) {
    this.fields = new CatalogFields(file.toString(), "the mapping");
  }

  /**
   * Reads a file.
   *
   * @throws InvalidConfiguration with everything that is wrong with it
   */
  public static TableMapping read(Path file) {
    YamlTree tree;
    try {
      tree = YamlTree.parse(Files.readString(file));
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new InvalidConfiguration(List.of(file + ": can't be read as YAML: " + reason));
    }
    return new MappingFile(file).read(tree);
  }

  private TableMapping read(YamlTree tree) {
    Mapping root = fields.mapping("", tree);
    fields.allowOnly("", root, Set.of("name", "users", "customers", "usage", "events"));
    String name = fields.required("", root, "name");
    if (!name.isEmpty() && !name.matches("[a-z0-9][a-z0-9-]{0,62}")) {
      fields.problem("name", root, "must be lower case, with letters, digits and -");
    }
    TableMapping mapping = new TableMapping(
        name,
        section(root, "users").map(this::users),
        section(root, "customers").map(this::links),
        usage(root),
        section(root, "events").map(this::events));
    if (Stream.of("users", "customers", "usage", "events").noneMatch(root.entries()::containsKey)) {
      fields.problem("file", root, "must have users, customers, usage or events");
    }
    fields.throwIfAny();
    return mapping;
  }

  private Optional<Mapping> section(Mapping root, String name) {
    return Optional.ofNullable(root.entries().get(name)).map(tree -> fields.mapping(name, tree));
  }

  private UserColumns users(Mapping users) {
    String path = "users";
    fields.allowOnly(path, users, Set.of("table", "key", "account", "email", "name"));
    return new UserColumns(
        table(path, users),
        column(path, users, "key"),
        column(path, users, "account"),
        optional(path, users, "email"),
        optional(path, users, "name"));
  }

  private LinkColumns links(Mapping links) {
    String path = "customers";
    fields.allowOnly(path, links, Set.of("table", "key", "account", "customer", "subscription"));
    Optional<String> customer = optional(path, links, "customer");
    Optional<String> subscription = optional(path, links, "subscription");
    if (customer.isEmpty() && subscription.isEmpty()) {
      fields.problem(
          path + ".customer", links, "is missing; name it, or the column of a subscription");
      customer = Optional.of("missing");
    }
    return new LinkColumns(
        table(path, links),
        column(path, links, "key"),
        column(path, links, "account"),
        customer,
        subscription);
  }

  private EventColumns events(Mapping events) {
    String path = "events";
    fields.allowOnly(path, events, Set.of("table", "id", "payload"));
    return new EventColumns(
        table(path, events),
        column(path, events, "id"),
        Optional.of(column(path, events, "payload")));
  }

  private List<UsageColumns> usage(Mapping root) {
    YamlTree tree = root.entries().get("usage");
    List<UsageColumns> all = new ArrayList<>();
    if (tree instanceof Sequence sequence) {
      for (int i = 0; i < sequence.items().size(); i++) {
        String path = "usage[" + i + "]";
        all.add(usage(path, fields.mapping(path, sequence.items().get(i))));
      }
    } else if (tree != null) {
      fields.problem("usage", tree, "must be a list");
    }
    return all;
  }

  private UsageColumns usage(String path, Mapping usage) {
    fields.allowOnly(
        path,
        usage,
        Set.of("table", "key", "account", "feature", "counts", "features", "amount", "from", "to"));
    Optional<String> feature = optional(path, usage, "feature");
    Optional<String> counts = fields.text(path, usage, "counts");
    if (feature.isPresent() == counts.isPresent()) {
      fields.problem(
          path + ".feature",
          usage,
          "must name a column, or else counts must name a feature, and not both");
      feature = Optional.of("missing");
      counts = Optional.empty();
    }
    return new UsageColumns(
        table(path, usage),
        column(path, usage, "key"),
        column(path, usage, "account"),
        feature,
        counts,
        names(path, usage),
        column(path, usage, "amount"),
        optional(path, usage, "from"),
        optional(path, usage, "to"));
  }

  private Map<String, String> names(String path, Mapping usage) {
    Map<String, String> names = new LinkedHashMap<>();
    Mapping features = fields.child(path, usage, "features");
    features
        .entries()
        .keySet()
        .forEach(said -> names.put(said, fields.required(path + ".features", features, said)));
    return names;
  }

  private Table table(String path, Mapping parent) {
    String text = fields.required(path, parent, "table");
    if (text.isEmpty()) {
      return UNNAMED;
    }
    int dot = text.indexOf('.');
    try {
      return dot < 0
          ? new Table("public", text)
          : new Table(text.substring(0, dot), text.substring(dot + 1));
    } catch (ValidationFailed e) {
      fields.problem(
          CatalogFields.join(path, "table"),
          parent.entries().getOrDefault("table", parent),
          e.errors().stream().map(error -> error.message()).collect(Collectors.joining()));
      return UNNAMED;
    }
  }

  private String column(String path, Mapping parent, String name) {
    return checked(path, parent, name, fields.required(path, parent, name));
  }

  private Optional<String> optional(String path, Mapping parent, String name) {
    return fields.text(path, parent, name).map(column -> checked(path, parent, name, column));
  }

  private String checked(String path, Mapping parent, String name, String column) {
    if (!column.isEmpty() && !Table.isName(column)) {
      fields.problem(
          CatalogFields.join(path, name),
          parent.entries().getOrDefault(name, parent),
          "must be a column of letters, digits and underscores");
    }
    return column;
  }
}
