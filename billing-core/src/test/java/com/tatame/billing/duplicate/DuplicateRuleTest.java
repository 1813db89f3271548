package com.tatame.billing.duplicate;

import static com.tatame.billing.projection.SubscriptionFixture.subscription;
import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.projection.SubscriptionFixture;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DuplicateRuleTest {
  private final DuplicateRule rule = new DuplicateRule(SubscriptionFixture.catalog());

  @Test
  void theFirstOfAFamilyStays() {
    List<DuplicateRule.Pair> pairs = rule.pairs(List.of(
        subscription("sub_b", "pro", SubscriptionStatus.ACTIVE),
        subscription("sub_c", "basic", SubscriptionStatus.TRIALING),
        subscription("sub_a", "basic", SubscriptionStatus.PAST_DUE)));

    assertThat(pairs).extracting(pair -> pair.kept().id()).containsExactly("sub_a", "sub_a");
    assertThat(pairs).extracting(pair -> pair.extra().id()).containsExactly("sub_b", "sub_c");
    assertThat(pairs).extracting(DuplicateRule.Pair::family).containsOnly("main");
  }

  @ParameterizedTest
  @EnumSource(
      names = {"TRIALING", "ACTIVE", "PAST_DUE"},
      mode = EnumSource.Mode.EXCLUDE)
  void whatDoesNotEntitleIsNeitherTooManyNorInTheWay(SubscriptionStatus status) {
    assertThat(rule.pairs(List.of(
            subscription("sub_a", "pro", status),
            subscription("sub_b", "pro", SubscriptionStatus.ACTIVE),
            subscription("sub_c", "pro", status))))
        .isEmpty();
  }

  @Test
  void whatTheCatalogDoesNotSellIsOfNoFamily() {
    assertThat(rule.pairs(List.of(
            subscription("sub_a", "pro", SubscriptionStatus.ACTIVE),
            subscription("sub_b", "elsewhere", SubscriptionStatus.ACTIVE))))
        .isEmpty();
  }

  @Test
  void theOrderInWhichTheyAreKnownDoesNotMatter() {
    Random random = new Random(1);
    List<Subscription> all = new ArrayList<>();
    SubscriptionStatus[] statuses = SubscriptionStatus.values();
    for (int i = 0; i < 12; i++) {
      all.add(subscription(
          "sub_" + i, i % 3 == 0 ? "basic" : "pro", statuses[random.nextInt(statuses.length)]));
    }
    List<DuplicateRule.Pair> expected = rule.pairs(all);
    assertThat(expected).isNotEmpty();

    for (int seed = 0; seed < 200; seed++) {
      Collections.shuffle(all, new Random(seed));
      assertThat(rule.pairs(all)).as("seed %s", seed).isEqualTo(expected);
    }
  }
}
