package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditActor;
import com.tatame.billing.audit.AuditChange;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.audit.AuditFilter;
import com.tatame.billing.audit.AuditRecord;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each audited change leaves one entry, in its own commit; and what was entered is found again. */
public interface AuditStoreContract extends StoreUnderTest {
  int CALLERS = 8;

  /** Some changes decide themselves what they are about. */
  Comparator<AuditEntry> BY_REQUEST =
      Comparator.comparing((AuditEntry entry) -> entry.requestId().orElseThrow());

  @Test
  default void auditedChangeLeavesItsEntry() {
    for (AuditedChange change : AuditedChange.all()) {
      AuditedChange.Ready ready = change.ready().apply(store());
      AuditEntry entry = entry();
      Object before = ready.state().get();

      ready.make().accept(entry);

      assertThat(ready.state().get()).as(change.name()).isNotEqualTo(before);
      assertThat(entriesOf(entry))
          .as(change.name())
          .usingElementComparator(BY_REQUEST)
          .containsExactly(entry);
    }
  }

  @Test
  default void repeatedChangeLeavesNoSecondEntry() {
    for (AuditedChange change : AuditedChange.all()) {
      AuditedChange.Ready ready = change.ready().apply(store());
      AuditEntry entry = entry();

      ready.make().accept(entry);
      tryTo(() -> ready.make().accept(entry));

      assertThat(entriesOf(entry))
          .as(change.name())
          .usingElementComparator(BY_REQUEST)
          .containsExactly(entry);
    }
  }

  @Test
  default void refusedChangeLeavesNoEntry() {
    for (AuditedChange change : AuditedChange.all()) {
      AuditedChange.Ready ready = change.ready().apply(store());
      ready.make().accept(AnAuditEntry.any());
      AuditEntry entry = entry();

      tryTo(() -> ready.refuse().accept(entry));

      assertThat(entriesOf(entry)).as(change.name()).isEmpty();
    }
  }

  /** In a commit of its own the entry could be missing after a crash; so both stand or fall together. */
  @Test
  default void changeWhoseEntryCantBeStoredIsNotMade() {
    for (AuditedChange change : AuditedChange.all()) {
      AuditedChange.Ready ready = change.ready().apply(store());
      AuditEntry entry = entry();
      AuditEntry unstorable = new AuditEntry(
          entry.at(),
          entry.actor(),
          entry.action(),
          entry.account(),
          "no database stores \0",
          entry.change(),
          entry.requestId());
      Object before = ready.state().get();

      assertThatThrownBy(() -> ready.make().accept(unstorable))
          .as(change.name())
          .isInstanceOf(IllegalStateException.class);

      assertThat(ready.state().get()).as(change.name()).isEqualTo(before);
      assertThat(entriesOf(entry)).as(change.name()).isEmpty();
    }
  }

  @Test
  default void ofManyCallersWhoMakeOneChangeOneLeavesItsEntry() {
    for (AuditedChange change : AuditedChange.all()) {
      AuditedChange.Ready ready = change.ready().apply(store());
      AuditEntry entry = entry();
      ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
      try {
        List<CompletableFuture<Void>> calls = IntStream.range(0, CALLERS)
            .mapToObj(i ->
                CompletableFuture.runAsync(() -> tryTo(() -> ready.make().accept(entry)), callers))
            .toList();
        calls.forEach(CompletableFuture::join);
      } finally {
        callers.shutdown();
      }

      assertThat(entriesOf(entry))
          .as(change.name())
          .usingElementComparator(BY_REQUEST)
          .containsExactly(entry);
    }
  }

  @Test
  default void entryComesBackAsItWas() {
    AuditEntry changed = entry();
    AuditEntry created = new AuditEntry(
        changed.at().plusNanos(1000),
        AuditActor.CLI,
        "create",
        Optional.empty(),
        Ids.next("target"),
        AuditChange.created(Map.of("name", "\"é\"\n")),
        Optional.empty());
    write(changed);
    write(created);

    assertThat(entries(between(changed.at(), created.at().plusNanos(1000))))
        .containsExactly(created, changed);
  }

  @Test
  default void entriesAreListedNewestFirstPageByPage() {
    AccountId account = Ids.account();
    Instant at = Ids.morning();
    AuditEntry first = AnAuditEntry.of(account, at);
    AuditEntry second = AnAuditEntry.of(account, at);
    AuditEntry late = AnAuditEntry.of(account, at.minusSeconds(1));
    List.of(first, second, late).forEach(this::write);
    AuditFilter filter = AuditFilter.of(account);

    List<AuditRecord> all = store().audit().list(filter, OptionalLong.empty(), 10);
    assertThat(all).extracting(AuditRecord::entry).containsExactly(second, first, late);
    assertThat(store().audit().list(filter, OptionalLong.empty(), 2)).isEqualTo(all.subList(0, 2));
    assertThat(store().audit().list(filter, OptionalLong.of(all.get(0).seq()), 1))
        .isEqualTo(all.subList(1, 2));
    assertThat(store().audit().list(filter, OptionalLong.of(all.get(1).seq()), 10))
        .isEqualTo(all.subList(2, 3));
    assertThat(store().audit().list(filter, OptionalLong.of(Long.MAX_VALUE), 10))
        .as("after one that isn't there")
        .isEmpty();
    assertThatThrownBy(() -> store().audit().list(filter, OptionalLong.empty(), 102))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  default void entriesAreFilteredByAllThatIsAsked() {
    AccountId account = Ids.account();
    Instant at = Ids.morning();
    AuditEntry own = AnAuditEntry.of(account, at);
    AuditEntry others = AnAuditEntry.of(Ids.account(), at);
    AuditEntry ofSameActor = new AuditEntry(
        at.plus(Duration.ofMinutes(1)),
        own.actor(),
        Ids.next("action"),
        others.account(),
        own.target(),
        own.change(),
        own.requestId());
    List.of(own, others, ofSameActor).forEach(this::write);
    Optional<AuditActor> actor = Optional.of(own.actor());
    Optional<String> action = Optional.of(ofSameActor.action());
    Optional<Instant> later = Optional.of(ofSameActor.at());

    assertThat(entries(AuditFilter.of(account))).containsExactly(own);
    assertThat(entries(filter(Optional.empty(), actor, Optional.empty())))
        .containsExactly(ofSameActor, own);
    assertThat(entries(filter(Optional.empty(), Optional.empty(), action)))
        .containsExactly(ofSameActor);
    assertThat(entries(filter(others.account(), actor, action))).containsExactly(ofSameActor);
    assertThat(entries(filter(Optional.of(account), actor, action))).isEmpty();
    assertThat(entries(filter(others.account(), actor, Optional.empty())))
        .containsExactly(ofSameActor);
    assertThat(entries(
            new AuditFilter(Optional.empty(), actor, Optional.empty(), later, Optional.empty())))
        .as("from is included")
        .containsExactly(ofSameActor);
    assertThat(entries(
            new AuditFilter(Optional.empty(), actor, Optional.empty(), Optional.empty(), later)))
        .as("until is not")
        .containsExactly(own);
  }

  private static AuditFilter filter(
      Optional<AccountId> account, Optional<AuditActor> actor, Optional<String> action) {
    return new AuditFilter(account, actor, action, Optional.empty(), Optional.empty());
  }

  private static AuditFilter between(Instant from, Instant until) {
    return new AuditFilter(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(from),
        Optional.of(until));
  }

  /** Of an account that no other entry is of. */
  static AuditEntry entry() {
    return AnAuditEntry.of(Ids.account(), Ids.morning());
  }

  private List<AuditEntry> entriesOf(AuditEntry entry) {
    return entriesOf(store(), entry);
  }

  /** Those of an account that no other entry is of. */
  static List<AuditEntry> entriesOf(BillingStore store, AuditEntry entry) {
    return store
        .audit()
        .list(AuditFilter.of(entry.account().orElseThrow()), OptionalLong.empty(), 10)
        .stream()
        .map(AuditRecord::entry)
        .toList();
  }

  private List<AuditEntry> entries(AuditFilter filter) {
    List<AuditEntry> entries = new ArrayList<>();
    store()
        .audit()
        .list(filter, OptionalLong.empty(), 100)
        .forEach(stored -> entries.add(stored.entry()));
    return entries;
  }

  private void write(AuditEntry entry) {
    AuditedChange.all().get(0).ready().apply(store()).make().accept(entry);
  }

  // Of what can't be repeated, a port may say so.
  private static void tryTo(Runnable call) {
    try {
      call.run();
    } catch (IllegalStateException e) {
      assertThat(e).isNotNull();
    }
  }
}
