package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.anonymous.AnonymousSession;
import com.tatame.billing.duplicate.Duplicate;
import com.tatame.billing.duplicate.Duplicate.Settlement;
import com.tatame.billing.duplicate.Duplicate.Status;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.server.http.RunningServer.Reply;
import com.tatame.billing.testkit.fixture.APayment;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What operators see of subscriptions that are one too many. */
final class DuplicatesTest {
  private static final RunningServer SERVER = new RunningServer();
  private static final String PATH = "/api/v1/duplicates";
  private static final String ROOT = "user_root";
  private static final Instant FOUND = Instant.parse("2026-01-02T03:04:05Z");

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void areListedAndCountedUntilTheyAreDealtWith() {
    listed("sub_open", Status.ALERTED, Optional.empty());
    listed("sub_done", Status.CANCELED, Optional.of(new Settlement(999, 900, "usd")));

    Reply open = SERVER.get(PATH + "?open=true", ROOT);
    assertThat(open.status()).isEqualTo(200);
    assertThat(open.json().at("/data")).hasSize(1);
    assertThat(open.at("/data/0/subscriptionId")).isEqualTo("sub_open");
    assertThat(open.at("/data/0/keptId")).isEqualTo("sub_first");
    assertThat(open.at("/data/0/status")).isEqualTo("alerted");
    assertThat(open.json().at("/data/0/paid").isNull()).isTrue();
    Reply all = SERVER.get(PATH, ROOT);
    assertThat(all.at("/data/0/subscriptionId")).isEqualTo("sub_done");
    assertThat(all.json().at("/data/0/paid/amount").asLong()).isEqualTo(999);
    assertThat(all.json().at("/data/0/refunded/amount").asLong()).isEqualTo(900);
    Reply first = SERVER.get(PATH + "?limit=1", ROOT);
    Reply second = SERVER.get(PATH + "?limit=1&cursor=" + first.at("/nextCursor"), ROOT);
    assertThat(second.at("/data/0/subscriptionId")).isEqualTo("sub_open");

    assertThat(
            SERVER.get("/health", null).json().at("/services/duplicates/open").asLong())
        .isEqualTo(1);
    assertThat(SERVER
            .get("/metrics", null, "Authorization", "Bearer " + RunningServer.METRICS_TOKEN)
            .body())
        .contains("billing_duplicates_open 1.0");
  }

  @Test
  void purchasesOfWhatIsOwnedAreCounted() {
    try (RunningServer server = new RunningServer()) {
      AccountId ada = new AccountId("user_twice");
      AccountId visitor = new AccountId("anonymous:twice");
      Instant expires = FOUND.plusSeconds(60);
      server
          .store()
          .anonymousSessions()
          .add(
              new AnonymousSession(visitor, FOUND, expires, Optional.empty(), Optional.empty()),
              "hash");
      for (AccountId buyer : List.of(ada, visitor)) {
        String id = "pur_" + buyer.value();
        server
            .store()
            .purchases()
            .addFree(Purchase.free(id, buyer, APayment.sale(id), FOUND), AnAuditEntry.any());
      }
      server.store().anonymousSessions().claim("hash", Owner.of(ada), FOUND, AnAuditEntry.any());

      assertThat(server.get(PATH + "/purchases", ROOT).json().at("/data")).hasSize(1);
      assertThat(server
              .get("/health", null)
              .json()
              .at("/services/duplicates/purchases")
              .asLong(-1))
          .isEqualTo(1);
      assertThat(server
              .get("/metrics", null, "Authorization", "Bearer " + RunningServer.METRICS_TOKEN)
              .body())
          .contains("billing_duplicates_purchases 1.0");
    }
  }

  @Test
  void areNobodysButAnOperators() {
    assertThat(SERVER.get(PATH, "user_ada").status()).isEqualTo(403);
    assertThat(SERVER.post(PATH + "/sub_1/cancel", "user_ada", "").status()).isEqualTo(403);
    Reply unknown = SERVER.post(PATH + "/sub_nobodys/cancel", ROOT, "");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.code()).isEqualTo("not_found");
  }

  @Test
  void areNotCanceledOnceThereIsOneAlone() {
    listed("sub_over", Status.OVER, Optional.empty());

    Reply refused = SERVER.post(PATH + "/sub_over/cancel", ROOT, "");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.code()).isEqualTo("conflict");
  }

  private static void listed(String id, Status status, Optional<Settlement> settlement) {
    SERVER
        .store()
        .duplicates()
        .report(new Duplicate(
            id,
            "sub_first",
            new AccountId("user_listed"),
            "cus_listed",
            "default",
            status,
            FOUND,
            Optional.empty(),
            settlement,
            settlement.map(money -> FOUND),
            settlement.map(money -> "policy")));
  }
}
