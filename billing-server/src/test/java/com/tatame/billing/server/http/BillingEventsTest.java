package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.server.http.RunningServer.Reply;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The trail over HTTP. */
final class BillingEventsTest {
  private static final RunningServer SERVER = new RunningServer();
  private static final String PATH = "/api/v1/billing-events";

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void isTheCallersOwn() {
    tell("user_trail", "sub_1", "in_1:paid", "2026-01-02T03:04:05Z");

    Reply own = SERVER.get(PATH, "user_trail");

    assertThat(own.status()).isEqualTo(200);
    assertThat(own.json().at("/data/0").toString())
        .isEqualTo("{\"id\":\"in_1:paid\",\"type\":\"invoice.paid\",\"subscriptionId\":\"sub_1\","
            + "\"amount\":{\"amount\":999,\"currency\":\"usd\"},\"status\":\"paid\","
            + "\"providerEventId\":\"evt_1\",\"occurredAt\":\"2026-01-02T03:04:05Z\"}");
    assertThat(SERVER.get(PATH + "?subscription=sub_1", "user_nosy").json().at("/data"))
        .isEmpty();
  }

  @Test
  void isAnyAccountsForAKeyThatActsForIt() {
    tell("user_acted_for", "sub_2", "in_2:paid", "2026-01-02T03:04:05Z");

    Reply read = SERVER.send(
        "GET",
        PATH,
        null,
        null,
        "Authorization",
        "Bearer " + SERVER.apiKey(Scope.ACCOUNT),
        "X-Account-Id",
        "user_acted_for");

    assertThat(read.at("/data/0/id")).isEqualTo("in_2:paid");
  }

  @Test
  void isFilteredAndPaged() {
    tell("user_paged", "sub_3", "in_3:paid", "2026-01-02T00:00:00Z");
    tell("user_paged", "sub_3", "in_4:paid", "2026-01-03T00:00:00Z");

    Reply first = SERVER.get(PATH + "?limit=1", "user_paged");
    assertThat(first.at("/data/0/id")).isEqualTo("in_4:paid");
    assertThat(SERVER
            .get(PATH + "?limit=1&cursor=" + first.at("/nextCursor"), "user_paged")
            .at("/data/0/id"))
        .isEqualTo("in_3:paid");
    assertThat(
            SERVER.get(PATH + "?to=2026-01-03T00:00:00Z", "user_paged").json().at("/data"))
        .hasSize(1);
    assertThat(SERVER.get(PATH + "?type=refund.created", "user_paged").json().at("/data"))
        .isEmpty();
  }

  @Test
  void namesTheFieldThatIsWrong() {
    assertThat(SERVER.get(PATH + "?from=yesterday", "user_wrong").at("/errors/0/field"))
        .isEqualTo("from");
    assertThat(SERVER
            .get(PATH + "?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", "user_wrong")
            .at("/errors/0/field"))
        .isEqualTo("to");
  }

  private static void tell(String account, String subscription, String key, String at) {
    SubjectId subject = new SubjectId("cus_of_" + account);
    var projections = SERVER.store().projections();
    SubjectState known =
        projections.load(List.of(new SubjectQuery(subject, Set.of(), Set.of()))).get(subject);
    long version = known == null ? 0 : known.version();
    Instant when = Instant.parse(at);
    Fact paid = new Fact(
        key,
        "invoice.paid",
        subject,
        Optional.of(subscription),
        Optional.of(new Money(999, "usd")),
        "paid",
        when);
    List<Change> changes = new ArrayList<>();
    changes.add(new Change.Append(paid, Optional.of("evt_1")));
    if (version == 0) {
      changes.add(new Change.Link(new AccountId(account), subject.value(), when));
    }
    projections.commit(
        List.of(new Unit(subject, version, Optional.empty(), Set.of(), changes)), when);
  }
}
