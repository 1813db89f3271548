package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.money.Money;
import com.tatame.billing.subscription.ChangePolicy;
import com.tatame.billing.subscription.Quote;
import com.tatame.billing.subscription.QuoteStore.Taking;
import com.tatame.billing.subscription.SubscriptionChange;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Quotes: their account's alone, as they were made, and used once. */
public interface QuoteStoreContract extends StoreUnderTest {

  @Test
  default void aQuoteIsFoundByItsAccountAsItWasMade() {
    Quote full = quote(Ids.account(), Ids.morning(), Optional.of(new Money(999, "usd")));
    Quote bare = quote(full.account(), Ids.morning(), Optional.empty());
    store().quotes().keep(full);
    store().quotes().keep(bare);
    store().quotes().keep(full);

    assertThat(store().quotes().find(full.account(), full.id())).contains(full);
    assertThat(store().quotes().find(bare.account(), bare.id())).contains(bare);
  }

  @Test
  default void quoteOfAnotherAccountIsNotFound() {
    Quote quote = kept();

    assertThat(store().quotes().find(Ids.account(), quote.id())).isEmpty();
    assertThat(store().quotes().find(quote.account(), Ids.next("qt"))).isEmpty();
  }

  @Test
  default void aQuoteIsTakenByOneCommandAsOftenAsItAsks() {
    Quote quote = kept();
    CommandId first = opened(quote);
    CommandId second = new CommandId(Ids.next("cmd"));

    assertThat(store().quotes().take(quote.id(), first)).isEqualTo(Taking.FIRST);
    assertThat(store().quotes().take(quote.id(), second)).isEqualTo(Taking.REFUSED);
    assertThat(store().quotes().take(quote.id(), first)).isEqualTo(Taking.AGAIN);
    assertThat(store().quotes().take(Ids.next("qt"), first)).isEqualTo(Taking.REFUSED);
  }

  @Test
  default void whatASucceededCommandTookStaysTaken() {
    Quote quote = kept();
    CommandId first = opened(quote);
    store().quotes().take(quote.id(), first);
    end(first, CommandState.SUCCEEDED);

    assertThat(store().quotes().take(quote.id(), new CommandId(Ids.next("cmd"))))
        .isEqualTo(Taking.REFUSED);
  }

  @Test
  default void whatARejectedCommandTookIsFreeAgain() {
    Quote quote = kept();
    CommandId first = opened(quote);
    CommandId second = new CommandId(Ids.next("cmd"));
    store().quotes().take(quote.id(), first);
    end(first, CommandState.REJECTED);

    assertThat(store().quotes().take(quote.id(), second)).isEqualTo(Taking.FIRST);
    assertThat(store().quotes().take(quote.id(), first)).isEqualTo(Taking.REFUSED);
  }

  @Test
  default void ofManyCommandsAtOnceOneHasTheQuote() {
    Quote quote = kept();
    AtomicInteger had = new AtomicInteger();

    IntStream.range(0, 20).parallel().forEach(i -> {
      if (store().quotes().take(quote.id(), new CommandId(Ids.next("cmd"))) == Taking.FIRST) {
        had.incrementAndGet();
      }
    });

    assertThat(had).hasValue(1);
  }

  @Test
  default void whatExpiredLongAgoIsForgotten() {
    Instant longAgo = Instant.parse("2001-01-01T00:00:00Z");
    Quote old = quote(Ids.account(), longAgo, Optional.empty());
    Quote young = kept();
    store().quotes().keep(old);

    assertThat(store().quotes().prune(old.expiresAt())).isZero();
    assertThat(store().quotes().prune(old.expiresAt().plusSeconds(1))).isEqualTo(1);

    assertThat(store().quotes().find(old.account(), old.id())).isEmpty();
    assertThat(store().quotes().find(young.account(), young.id())).contains(young);
  }

  private Quote kept() {
    Quote quote = quote(Ids.account(), Ids.morning(), Optional.of(new Money(999, "usd")));
    store().quotes().keep(quote);
    return quote;
  }

  private CommandId opened(Quote quote) {
    CommandId id = new CommandId(Ids.next("cmd"));
    store()
        .commands()
        .open(
            Command.planned(
                id,
                quote.account(),
                CommandKind.CHANGE_SUBSCRIPTION,
                quote.change().subscriptionId(),
                Map.of(),
                Ids.morning()),
            AnAuditEntry.any());
    return id;
  }

  private void end(CommandId id, CommandState state) {
    Instant now = Ids.morning();
    store().commands().begin(id, "lease", now, Duration.ofMinutes(1));
    store().commands().end(id, "lease", state, Optional.empty(), Optional.empty(), now);
  }

  private static Quote quote(AccountId account, Instant at, Optional<Money> next) {
    Optional<Instant> date = next.map(money -> at);
    return new Quote(
        Ids.next("qt"),
        account,
        new SubscriptionChange(
            Ids.next("sub"), Ids.next("si"), Ids.next("price"), 3, ChangePolicy.PRORATE, date),
        Ids.next("price"),
        2,
        new Quote.Figures(
            new Money(-5, "usd"),
            next,
            List.of(
                new Quote.Line("Unused time on „Pro“", new Money(-505, "usd"), true),
                new Quote.Line("Remaining time", new Money(500, "usd"), false))),
        at,
        at.plusSeconds(600));
  }
}
