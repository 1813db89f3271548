package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.ledger.Cause;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.observation.SubscriptionTerms;
import com.tatame.billing.observation.TermsChange;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.server.http.RunningServer.Reply;
import com.tatame.billing.testkit.fixture.ASubscription;
import java.math.BigDecimal;
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
            + "\"providerEventId\":\"evt_1\",\"commandId\":null,\"cause\":\"event\","
            + "\"occurredAt\":\"2026-01-02T03:04:05Z\",\"knownAt\":\"2026-01-02T03:04:05Z\","
            + "\"from\":null,\"to\":null,\"details\":{}}");
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
  void tellsWhatAChangeWasFromAndToAndByWhichCommand() {
    SubscriptionTerms before =
        ASubscription.active("cus_of_user_changed", Instant.EPOCH).build().terms();
    SubscriptionTerms after = new SubscriptionTerms(
        "past_due",
        before.items(),
        List.of(new SubscriptionTerms.Discount(
            Optional.empty(),
            Optional.of("SPRING"),
            Optional.of(new BigDecimal("12.5")),
            Optional.empty(),
            Optional.of("forever"),
            Optional.empty())),
        Optional.of(Instant.parse("2026-02-02T00:00:00Z")),
        Optional.of("void"));
    Fact changed = new Fact(
            "evt_9:status",
            "subscription.past_due",
            new SubjectId("cus_of_user_changed"),
            Optional.of("sub_9"),
            Optional.empty(),
            "past_due",
            Instant.parse("2026-01-02T00:00:00Z"))
        .with(new TermsChange(Optional.of(before), after))
        .with("code", Optional.of("card_declined"));
    commit(
        "user_changed",
        changed,
        new Cause(Cause.Source.EVENT, Optional.of("evt_9"), Optional.of("9f3c")));

    Reply told = SERVER.get(PATH + "?command=9f3c&event=evt_9&status=past_due", "user_changed");

    assertThat(told.at("/data/0/commandId")).isEqualTo("9f3c");
    assertThat(told.at("/data/0/from/items/0/priceId")).isEqualTo("price_pro_monthly");
    assertThat(told.json().at("/data/0/from/items/0/unitAmount").asLong()).isEqualTo(999);
    assertThat(told.at("/data/0/from/items/0/interval")).isEqualTo("month");
    assertThat(told.json().at("/data/0/to/discounts/0/percentOff").asText()).isEqualTo("12.5");
    assertThat(told.at("/data/0/to/endsAt")).isEqualTo("2026-02-02T00:00:00Z");
    assertThat(told.at("/data/0/to/pausedCollection")).isEqualTo("void");
    assertThat(told.at("/data/0/details/code")).isEqualTo("card_declined");
    for (String other : List.of("command=1", "event=evt_8", "status=paid")) {
      assertThat(SERVER.get(PATH + "?" + other, "user_changed").json().at("/data"))
          .isEmpty();
    }
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
    Fact paid = new Fact(
        key,
        "invoice.paid",
        new SubjectId("cus_of_" + account),
        Optional.of(subscription),
        Optional.of(new Money(999, "usd")),
        "paid",
        Instant.parse(at));
    commit(account, paid, Cause.ofEvent("evt_1"));
  }

  private static void commit(String account, Fact fact, Cause cause) {
    SubjectId subject = fact.subject();
    Instant when = fact.occurredAt();
    var projections = SERVER.store().projections();
    SubjectState known =
        projections.load(List.of(new SubjectQuery(subject, Set.of(), Set.of()))).get(subject);
    long version = known == null ? 0 : known.version();
    List<Change> changes = new ArrayList<>();
    changes.add(new Change.Append(fact, cause));
    if (version == 0) {
      changes.add(new Change.Link(new AccountId(account), subject.value(), when));
    }
    projections.commit(
        List.of(new Unit(subject, version, Optional.empty(), Set.of(), changes)), when);
  }
}
