package com.tatame.billing.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditActor;
import com.tatame.billing.audit.AuditFilter;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.catalog.CatalogVersions;
import com.tatame.billing.testkit.fixture.ACatalog;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Which store a move may fill. */
class StandbyTest {
  private static final String BEGIN =
      "select coalesce(begin_standby_v1('{\"move\": \"m\"}') ->> 'refused', 'none')";

  @Test
  void storeOnWhichAServerHasOnlyStartedMayBeFilled() {
    PostgresConfig config = TestDatabase.freshSchema();
    PostgresBillingStore.migrate(config);
    try (PostgresBillingStore store = PostgresBillingStore.open(config)) {
      new CatalogVersions(
              ACatalog.everyField(),
              new CatalogInForce(ACatalog.everyField()),
              store.catalogs(),
              store.products(),
              InstantSource.system())
          .followIfDue();
      assertThat(store.audit().list(AuditFilter.ALL, OptionalLong.empty(), 10))
          .extracting(stored -> stored.entry().actor())
          .isEqualTo(List.of(AuditActor.system("start")));
    }

    assertThat(TestDatabase.query(config, BEGIN)).containsExactly("none");
    assertThat(TestDatabase.query(config, "select count(*) from audit_log")).containsExactly("0");
  }

  @Test
  void storeThatIsUsedMayNot() {
    PostgresConfig config = TestDatabase.freshSchema();
    PostgresBillingStore.migrate(config);
    TestDatabase.run(
        config,
        "insert into users (id, issuer, subject) values ('" + new AccountId("user_1")
            + "', 'issuer', 'user_1')");

    assertThat(TestDatabase.query(config, BEGIN)).containsExactly("not_empty");
  }
}
