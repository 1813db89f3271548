package com.tatame.billing.importing;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.customer.CustomerStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Takes over who stands behind accounts, as far as nothing newer is known. */
public final class UserImport {
  private static final String WHAT = "users";
  private static final String ISSUER = "urn:tatame:billing:import";

  private final CustomerStore store;

  public UserImport(CustomerStore store) {
    this.store = store;
  }

  ImportCounts take(List<Map<String, String>> rows, UserColumns columns, boolean dryRun) {
    ImportCounts tally = new ImportCounts();
    List<Principal> users = new ArrayList<>();
    for (Map<String, String> row : rows) {
      Optional<AccountId> account = LinkImport.account(row.get(columns.account()));
      if (account.isEmpty()) {
        tally.refused(
            columns.table() + " " + row.get(columns.key()),
            columns.account() + " names no account");
      } else {
        users.add(new Principal(
            account.get(),
            ISSUER,
            account.get().value(),
            columns.email().map(row::get),
            columns.name().map(row::get),
            false));
      }
    }
    Set<AccountId> fresh = dryRun ? Set.of() : store.introduce(users);
    for (Principal user : users) {
      if (dryRun || fresh.contains(user.account())) {
        tally.created(WHAT);
      } else {
        tally.present(WHAT);
      }
    }
    return tally;
  }
}
