package com.tatame.billing.server;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.configuration.InvalidConfiguration;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.importing.CustomerOwners;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads whose customers are from lines such as {@code cus_1,user_ada}; a first line may name the columns. */
final class OwnersFile {
  private OwnersFile() {}

  /**
   * Reads a file.
   *
   * @throws InvalidConfiguration with every line that can't be used
   */
  static CustomerOwners read(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new InvalidConfiguration(List.of(file + ": can't be read as text in UTF-8"));
    }
    Map<String, AccountId> owners = new HashMap<>();
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      boolean heading = i == 0 && !line.startsWith("cus_");
      if (!line.isEmpty() && !heading) {
        take(line, owners).ifPresent(problem(problems, file, i + 1));
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidConfiguration(problems);
    }
    return customerId -> Optional.ofNullable(owners.get(customerId));
  }

  private static Consumer<String> problem(List<String> problems, Path file, int line) {
    return text -> problems.add(file + ":" + line + ": " + text);
  }

  private static Optional<String> take(String line, Map<String, AccountId> owners) {
    int comma = line.indexOf(',');
    String customer = comma < 0 ? line : line.substring(0, comma).strip();
    if (comma < 0 || !customer.startsWith("cus_")) {
      return Optional.of("must be a customer's id, a comma and an account's id");
    }
    AccountId account;
    try {
      account = new AccountId(line.substring(comma + 1).strip());
    } catch (ValidationFailed e) {
      return Optional.of("names no account");
    }
    AccountId other = owners.putIfAbsent(customer, account);
    return Optional.ofNullable(other)
        .filter(before -> !before.equals(account))
        .map(before -> "names another account for " + customer + " than a line before");
  }
}
