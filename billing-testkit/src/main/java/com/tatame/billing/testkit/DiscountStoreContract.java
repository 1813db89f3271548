package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.promotion.DiscountStore;
import com.tatame.billing.promotion.DiscountStore.Commanded;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the journal tells of discounts that administrators gave. */
public interface DiscountStoreContract extends StoreUnderTest {
  Instant FIRST = Instant.parse("2026-03-10T12:00:00Z");

  @Test
  default void aDiscountIsWhatGaveItWithWhatTookItOff() {
    AccountId account = Ids.account();
    String id = Ids.next("disc");
    assertThat(discounts().find(id)).isEmpty();

    Command rejected = ended(account, CommandKind.GIVE_DISCOUNT, id, 0, CommandState.REJECTED);
    assertThat(discounts().find(id)).contains(new Commanded(rejected, Optional.empty()));
    Command given = ended(account, CommandKind.GIVE_DISCOUNT, id, 1, CommandState.SUCCEEDED);
    assertThat(discounts().find(id)).contains(new Commanded(given, Optional.empty()));
    ended(account, CommandKind.GIVE_DISCOUNT, id, 2, CommandState.REJECTED);
    assertThat(discounts().find(id))
        .as("a later one was overtaken")
        .contains(new Commanded(given, Optional.empty()));
    ended(account, CommandKind.REMOVE_DISCOUNT, id, 2, CommandState.REJECTED);
    ended(Ids.account(), CommandKind.REMOVE_DISCOUNT, id, 9, CommandState.SUCCEEDED);
    Command removed = ended(account, CommandKind.REMOVE_DISCOUNT, id, 3, CommandState.SUCCEEDED);
    ended(account, CommandKind.REMOVE_DISCOUNT, id, 4, CommandState.REJECTED);

    assertThat(discounts().find(id)).contains(new Commanded(given, Optional.of(removed)));
  }

  @Test
  default void discountsAreListedOnceEachThoseGivenLastFirst() {
    AccountId account = Ids.account();
    String first = Ids.next("disc");
    String second = Ids.next("disc");
    ended(account, CommandKind.GIVE_DISCOUNT, first, 0, CommandState.REJECTED);
    Command others = ended(
        Ids.account(), CommandKind.GIVE_DISCOUNT, Ids.next("disc"), 1, CommandState.SUCCEEDED);
    Command pending = open(account, CommandKind.GIVE_DISCOUNT, second, 2);
    Command again = ended(account, CommandKind.GIVE_DISCOUNT, first, 3, CommandState.SUCCEEDED);
    ended(account, CommandKind.APPLY_DISCOUNT, "sub_1", 4, CommandState.SUCCEEDED);
    ended(account, CommandKind.GIVE_DISCOUNT, first, 5, CommandState.REJECTED);
    Commanded newest = new Commanded(again, Optional.empty());
    Commanded oldest = new Commanded(pending, Optional.empty());

    assertThat(discounts().list(Optional.of(account), Optional.empty(), 10))
        .containsExactly(newest, oldest);
    assertThat(discounts().list(Optional.of(account), Optional.empty(), 1)).containsExactly(newest);
    assertThat(discounts().list(Optional.of(account), Optional.of(first), 1))
        .containsExactly(oldest);
    assertThat(discounts().list(Optional.of(account), Optional.of(second), 1)).isEmpty();
    assertThat(discounts().list(Optional.empty(), Optional.of(second), 1))
        .containsExactly(new Commanded(others, Optional.empty()));
  }

  private DiscountStore discounts() {
    return store().discounts();
  }

  // Later than whatever was written by other tests into the same store.
  private Command open(AccountId account, CommandKind kind, String target, int hour) {
    Duration since = Duration.ofHours(hour);
    long before = store().discounts().list(Optional.empty(), Optional.empty(), 1).stream()
        .mapToLong(last -> last.given().createdAt().getEpochSecond())
        .findFirst()
        .orElse(FIRST.getEpochSecond());
    return store()
        .commands()
        .open(
            Command.planned(
                new CommandId(Ids.next("command")),
                account,
                kind,
                target,
                Map.of("subscription", "sub_1"),
                Instant.ofEpochSecond(before).plus(since).plusSeconds(1)),
            AnAuditEntry.any());
  }

  private Command ended(
      AccountId account, CommandKind kind, String target, int hour, CommandState state) {
    Command planned = open(account, kind, target, hour);
    Instant now = planned.createdAt();
    store().commands().begin(planned.id(), "lease", now, Duration.ofMinutes(1));
    store().commands().end(planned.id(), "lease", state, Optional.empty(), Optional.empty(), now);
    return store().commands().find(planned.id()).orElseThrow();
  }
}
