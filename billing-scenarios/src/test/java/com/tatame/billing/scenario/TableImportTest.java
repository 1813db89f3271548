package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.Billing;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.customer.CustomerLink;
import com.tatame.billing.entitlement.UsageRow;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.importing.EventColumns;
import com.tatame.billing.importing.ImportReport;
import com.tatame.billing.importing.ImportReport.Counts;
import com.tatame.billing.importing.ImportSettings;
import com.tatame.billing.importing.LinkColumns;
import com.tatame.billing.importing.SourceTables.Table;
import com.tatame.billing.importing.TableMapping;
import com.tatame.billing.importing.UsageColumns;
import com.tatame.billing.importing.UserColumns;
import com.tatame.billing.inbox.EventStatus;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.BareAccount;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.InMemoryTables;
import com.tatame.billing.testkit.fixture.ACatalog;
import com.tatame.billing.testkit.fixture.APrincipal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an application's own tables say is taken over, as far as it can be believed. */
class TableImportTest {
  private static final Table MAPPING = new Table("public", "mapping");
  private static final Table EVENTS = new Table("public", "events");
  private static final Table USAGE = new Table("public", "usage_tracking");
  private static final ImportSettings ALONE = ImportSettings.DEFAULT.withParallel(1);

  private final BillingWorld world =
      BillingWorld.builder().catalog(ACatalog.withMembersTerms()).build();
  private final BareAccount account = new BareAccount(world.engine()::call, world.provider());
  private final InMemoryTables source = new InMemoryTables();
  private final String basic = account.price("basic_bare", 500);

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void customersAreLinkedAndMirroredWithAllThatTheyHave() {
    List<String> customers = account.fill(60, List.of(basic), 5);
    List<Map<String, String>> rows = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      rows.add(row("user_" + i, customers.get(i)));
    }
    links(rows);

    ImportReport first = run(byUser(), ImportSettings.DEFAULT);

    assertThat(first.refused()).isEmpty();
    assertThat(first.of("links")).isEqualTo(new Counts(60, 0, 0, 0));
    assertThat(account.differences(world.store())).isEmpty();
    assertThat(linked("user_7")).contains(customers.get(7));
    assertThat(run(byUser(), ImportSettings.DEFAULT).of("links"))
        .isEqualTo(new Counts(0, 0, 60, 0));
  }

  @Test
  void aRowThatContradictsALinkIsRefusedAndNothingIsOverwritten() {
    String first = account.customer(Map.of());
    String second = account.customer(Map.of());
    String named = account.customerOf("user_named");
    links(List.of(
        row("user_a", first),
        row("user_a", second),
        row("user_b", first),
        row("user_c", named),
        row("user_d", "cus_nobody"),
        row(" ", second)));

    for (ImportSettings settings : List.of(ALONE.withDryRun(true), ALONE)) {
      assertThat(run(byUser(), settings).refused())
          .extracting(refused -> refused.id() + " " + refused.reason())
          .containsExactlyInAnyOrder(
              second + " clerk_user_id names no account",
              second + " account user_a has customer " + first + " already",
              first + " it is linked to account user_a already, not to user_b",
              named + " its metadata names account user_named, not user_c",
              "cus_nobody the provider has no such customer: deleted, or of another mode or account");
    }
    assertThat(linked("user_a")).contains(first);
    assertThat(linked("user_b")).isEmpty();
  }

  @Test
  void aSubscriptionIsBelievedOnlyAsFarAsTheProviderKnowsIt() {
    String ada = account.customer(Map.of());
    String bob = account.customer(Map.of());
    account.subscribe(ada, basic, BareAccount.PAYS);
    String subscription =
        world.gateway().subscriptions().ofCustomer(ada).get(0).object().id();
    source.with(
        MAPPING,
        Set.of("id", "user", "subscription", "customer"),
        List.of(
            Map.of("id", "1", "user", "user_ada", "subscription", subscription),
            Map.of("id", "2", "user", "user_bob", "subscription", subscription, "customer", bob),
            Map.of("id", "3", "user", "user_eve", "subscription", "sub_nobody"),
            Map.of("id", "4", "user", "user_free")));
    TableMapping mapping = links(new LinkColumns(
        MAPPING, "id", "user", Optional.of("customer"), Optional.of("subscription")));

    ImportReport report = run(mapping, ALONE);

    assertThat(linked("user_ada")).contains(ada);
    assertThat(world.store().subscriptions().all(new AccountId("user_ada"))).hasSize(1);
    assertThat(report.of("links")).isEqualTo(new Counts(1, 0, 0, 1));
    assertThat(report.refused())
        .extracting(refused -> refused.id() + " " + refused.reason())
        .containsExactlyInAnyOrder(
            bob + " it has no subscription " + subscription,
            "sub_nobody the provider has no such subscription: deleted, or of another mode or"
                + " account");
  }

  @Test
  void killedAtAnyStepItGoesOn() {
    List<String> customers = account.fill(40, List.of(basic), 9);
    List<Map<String, String>> rows = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      rows.add(row("user_" + i, customers.get(i)));
    }
    links(rows);
    boolean ended = false;
    for (int at = 0; !ended; at += 11) {
      BillingStore store = new InMemoryBillingStore();
      Death death = new Death(at);
      try (Billing mortal = world.program(death.mortal(store), death.mortal(world.gateway()))) {
        mortal.imports().tables(source, byUser(), ALONE);
        ended = true;
      } catch (Death.Struck e) {
        // The next one finishes it.
      }
      try (Billing next = world.program(store, world.gateway())) {
        ImportReport report = next.imports().tables(source, byUser(), ALONE);
        assertThat(report.refused()).as("killed " + death.struck()).isEmpty();
      }
      assertThat(account.differences(store)).as("killed " + death.struck()).isEmpty();
      for (int i = 0; i < 40; i++) {
        assertThat(store.customers().find(new AccountId("user_" + i)))
            .as("killed " + death.struck())
            .map(CustomerLink::customerId)
            .contains(customers.get(i));
      }
    }
  }

  @Test
  void usersAreIntroducedUnlessSomethingNewerIsKnown() {
    Principal known = APrincipal.of(new AccountId("user_known"));
    world.store().customers().rememberUser(known);
    source.with(
        MAPPING,
        Set.of("id", "email"),
        List.of(
            Map.of("id", "user_known", "email", "old@example.com"),
            Map.of("id", "user_new", "email", "new@example.com"),
            Map.of("id", "  ")));
    TableMapping mapping = new TableMapping(
        "app",
        Optional.of(new UserColumns(MAPPING, "id", "id", Optional.of("email"), Optional.empty())),
        Optional.empty(),
        List.of(),
        Optional.empty());

    ImportReport report = run(mapping, ALONE);

    assertThat(report.of("users")).isEqualTo(new Counts(1, 0, 1, 0));
    assertThat(report.refused()).hasSize(1);
    assertThat(run(mapping, ALONE).of("users")).isEqualTo(new Counts(0, 0, 2, 0));
  }

  @Test
  void whatWasUsedInThePresentPeriodCountsOnceHoweverOftenItIsImported() {
    Shopper ada = Shopper.named("ada", world);
    ada.buys("pro", Shopper.PAYS);
    Map<String, String> used = new HashMap<>(Map.of(
        "id", "1",
        "user_id", "user_ada",
        "usage_type", "ARTICLES",
        "amount", "3",
        "period_start", "2026-01-01T00:00:00+00:00",
        "period_end", "2026-02-01"));
    Map<String, String> before = new HashMap<>(used);
    before.putAll(Map.of(
        "id", "2", "period_start", "2025-12-01T00:00:00", "period_end", "2026-01-01T00:00:00"));
    source.with(
        USAGE,
        used.keySet(),
        List.of(
            used,
            before,
            with(used, "id", "3", "usage_type", "nonsense"),
            with(used, "id", "4", "amount", "a few"),
            with(used, "id", "5", "amount", "0"),
            with(used, "id", "6", "period_start", "some day")));
    TableMapping mapping = usage(Optional.of("usage_type"), Optional.empty());

    ImportReport first = run(mapping, ALONE);

    assertThat(first.of("usage")).isEqualTo(new Counts(1, 0, 0, 2));
    assertThat(first.refused())
        .extracting(refused -> refused.id())
        .containsExactly(
            "public.usage_tracking 3", "public.usage_tracking 4", "public.usage_tracking 6");
    assertThat(articles(ada)).isEqualTo(3);

    assertThat(run(mapping, ALONE).of("usage")).isEqualTo(new Counts(0, 0, 1, 2));
    assertThat(articles(ada)).isEqualTo(3);
  }

  @Test
  void aRowThatWasCountedAndSaysAnotherAmountNowIsRefused() {
    Shopper ada = Shopper.named("ada", world);
    ada.buys("pro", Shopper.PAYS);
    TableMapping mapping = usage(Optional.empty(), Optional.of("article"));
    for (String amount : List.of("3", "4")) {
      InMemoryTables tables = new InMemoryTables()
          .with(
              USAGE,
              Set.of("id", "user_id", "amount", "period_start", "period_end"),
              List.of(Map.of(
                  "id", "1",
                  "user_id", "user_ada",
                  "amount", amount,
                  "period_start", "2026-01-01",
                  "period_end", "2026-02-01")));

      ImportReport report = world.billing().imports().tables(tables, mapping, ALONE);

      assertThat(report.refused()).hasSize(amount.equals("3") ? 0 : 1);
    }
    assertThat(articles(ada)).isEqualTo(3);
  }

  private long articles(Shopper shopper) {
    return world
        .store()
        .usage()
        .list(shopper.account(), Optional.of("article"), Optional.empty(), 10)
        .stream()
        .map(UsageRow::used)
        .mapToLong(used -> used.included() + used.overage() + used.fullPrice() + used.granted())
        .sum();
  }

  @Test
  void eventsTakeTheirUsualWayAndOneThatIsKnownIsADuplicate() {
    account.subscribe(account.customerOf("user_ada"), basic, BareAccount.PAYS);
    List<JsonNode> events = world.engine().events();
    String arrived = events.get(0).required("id").asText();
    List<Map<String, String>> rows = new ArrayList<>();
    for (JsonNode event : events) {
      rows.add(
          Map.of("stripe_event_id", event.required("id").asText(), "raw_data", event.toString()));
    }
    rows.add(Map.of("stripe_event_id", "evt_bare"));
    rows.add(Map.of("stripe_event_id", "evt_other", "raw_data", events.get(1).toString()));
    rows.add(Map.of("stripe_event_id", "evt_broken", "raw_data", "{\"id\":"));
    source.with(EVENTS, Set.of("stripe_event_id", "raw_data"), rows);
    TableMapping mapping = new TableMapping(
        "old",
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.of(new EventColumns(EVENTS, "stripe_event_id", Optional.of("raw_data"))));
    BillingStore store = new InMemoryBillingStore();
    try (Billing billing = world.program(store, world.gateway())) {
      store
          .inbox()
          .ingest(
              List.of(world.gateway().events().kept(events.get(0).toString()).orElseThrow()),
              world.wallClock().instant());

      for (ImportSettings settings : List.of(ALONE.withDryRun(true), ALONE)) {
        ImportReport report = billing.imports().tables(source, mapping, settings);
        assertThat(report.of("webhook_events")).isEqualTo(new Counts(events.size() - 1, 0, 1, 1));
        assertThat(report.refused())
            .extracting(refused -> refused.id())
            .containsExactlyInAnyOrder("evt_broken", "evt_other");
      }
      while (billing.work()) {
        // until all of them took effect
      }
      assertThat(store.inbox().find(arrived).orElseThrow().event().status())
          .isEqualTo(EventStatus.PROCESSED);
      assertThat(store.subscriptions().all(new AccountId("user_ada"))).hasSize(1);
      assertThat(billing.imports().tables(source, mapping, ALONE).of("webhook_events"))
          .isEqualTo(new Counts(0, 0, events.size(), 1));
    }
  }

  @Test
  void aTableThatIsNotThereIsSaidBeforeAnythingIsDone() {
    assertThatThrownBy(() -> run(byUser(), ALONE))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("public.mapping");
  }

  private static TableMapping byUser() {
    return links(new LinkColumns(
        MAPPING,
        "clerk_user_id",
        "clerk_user_id",
        Optional.of("stripe_customer_id"),
        Optional.empty()));
  }

  private static TableMapping links(LinkColumns columns) {
    return new TableMapping(
        "app", Optional.empty(), Optional.of(columns), List.of(), Optional.empty());
  }

  private static TableMapping usage(Optional<String> feature, Optional<String> counts) {
    return new TableMapping(
        "app",
        Optional.empty(),
        Optional.empty(),
        List.of(new UsageColumns(
            USAGE,
            "id",
            "user_id",
            feature,
            counts,
            Map.of("ARTICLES", "article"),
            "amount",
            Optional.of("period_start"),
            Optional.of("period_end"))),
        Optional.empty());
  }

  private void links(List<Map<String, String>> rows) {
    source.with(MAPPING, Set.of("clerk_user_id", "stripe_customer_id"), rows);
  }

  private static Map<String, String> row(String user, String customer) {
    return Map.of("clerk_user_id", user, "stripe_customer_id", customer);
  }

  private static Map<String, String> with(
      Map<String, String> row, String column, String value, String other, String otherValue) {
    Map<String, String> changed = new HashMap<>(row);
    changed.put(column, value);
    changed.put(other, otherValue);
    return changed;
  }

  private ImportReport run(TableMapping mapping, ImportSettings settings) {
    return world.billing().imports().tables(source, mapping, settings);
  }

  private Optional<String> linked(String owner) {
    return world.store().customers().find(new AccountId(owner)).map(CustomerLink::customerId);
  }
}
