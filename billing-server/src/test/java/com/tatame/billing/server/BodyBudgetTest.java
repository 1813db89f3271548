package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.server.BodyBudget.Client;
import com.tatame.billing.server.BodyBudget.Share;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BodyBudgetTest {
  private static final Client ADA = new Client("192.0.2.1", false);
  private static final Client BEN = new Client("192.0.2.2", false);

  private final BodyBudget budget = new BodyBudget(1_000, 250);

  @Test
  void allBodiesTogetherTakeNoMoreThanTheBudget() {
    Share first = budget.share();
    Share second = budget.share();

    assertThat(first.first(990)).isTrue();
    assertThat(second.first(11)).isFalse();
    assertThat(budget.held()).isEqualTo(990);

    first.close();
    assertThat(second.first(11)).isTrue();
    assertThat(budget.held()).isEqualTo(11);
  }

  @Test
  void oneClientLeavesRoomForOthers() {
    Share adas = budget.share();
    Share bens = budget.share();

    assertThat(adas.more(ADA, 250)).isTrue();
    assertThat(adas.more(ADA, 1)).isFalse();
    assertThat(bens.more(BEN, 250)).isTrue();
  }

  @Test
  void clientThatHasNoRoomLeftMaySendSmallBodies() {
    assertThat(budget.share().more(ADA, 250)).isTrue();

    assertThat(budget.share().first(8)).isTrue();
  }

  @Test
  void refusalTakesNothing() {
    Share bens = budget.share();
    assertThat(budget.share().first(900)).isTrue();

    assertThat(bens.more(BEN, 101)).isFalse();
    assertThat(budget.held()).isEqualTo(900);
    assertThat(budget.clients()).isZero();
  }

  @Test
  void closedShareGivesBackOnceAndTakesNothingMore() {
    Share share = budget.share();
    assertThat(share.first(8)).isTrue();
    assertThat(share.more(ADA, 100)).isTrue();

    share.close();
    share.close();

    assertThat(budget.held()).isZero();
    assertThat(budget.clients()).isZero();
    assertThat(share.first(8)).isFalse();
    assertThat(share.more(ADA, 8)).isFalse();
    assertThat(share.waiting(new Client("192.0.2.3", true))).isFalse();
  }

  @Test
  void clientBehindProxyIsWaitedForInSomeRequestsOnly() {
    Client proxied = new Client("192.0.2.3", true);
    List<Share> shares = IntStream.range(0, 256).mapToObj(i -> budget.share()).toList();
    assertThat(shares).allMatch(share -> share.waiting(proxied));

    assertThat(budget.share().waiting(proxied)).isFalse();
    assertThat(budget.share().waiting(ADA)).isTrue();

    shares.forEach(Share::close);
    assertThat(budget.clients()).isZero();
    assertThat(budget.share().waiting(proxied)).isTrue();
  }

  @Test
  void budgetGoesByTheHeap() {
    assertThat(BodyBudget.ofHeap(64L << 20).total()).isEqualTo(4L << 20);
    assertThat(BodyBudget.ofHeap(8L << 30).total()).isEqualTo(32L << 20);
  }
}
