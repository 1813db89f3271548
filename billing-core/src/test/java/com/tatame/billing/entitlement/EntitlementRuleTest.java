package com.tatame.billing.entitlement;

import static com.tatame.billing.projection.SubscriptionFixture.ALICE;
import static com.tatame.billing.projection.SubscriptionFixture.START;
import static com.tatame.billing.projection.SubscriptionFixture.catalog;
import static com.tatame.billing.projection.SubscriptionFixture.subscription;
import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.invoice.InvoiceStatus;
import com.tatame.billing.projection.SubscriptionFixture;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EntitlementRuleTest {
  private static final Instant FAILED = START.plus(Duration.ofHours(1));

  @ParameterizedTest
  @EnumSource(
      value = SubscriptionStatus.class,
      names = {"TRIALING", "ACTIVE", "PAST_DUE"})
  void entitles(SubscriptionStatus status) {
    assertThat(derive(List.of(), status).sources()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = SubscriptionStatus.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"TRIALING", "ACTIVE", "PAST_DUE"})
  void entitlesToNothing(SubscriptionStatus status) {
    assertThat(derive(List.of(), status).sources()).isEmpty();
  }

  @Test
  void graceRunsFromTheFirstFailedPayment() {
    AccountEntitlement derived = derive(
        List.of(failing(FAILED), failing(FAILED.plusSeconds(9))), SubscriptionStatus.PAST_DUE);
    Instant end = FAILED.plus(Duration.ofDays(7));
    assertThat(derived.sourceAt(end.minusNanos(1))).isPresent();
    assertThat(derived.sourceAt(end)).isEmpty();
  }

  @Test
  void untilTheFailedInvoiceIsKnownGraceRunsFromTheStartOfThePeriod() {
    AccountEntitlement derived = derive(List.of(), SubscriptionStatus.PAST_DUE);
    assertThat(derived.sources().get(0).graceUntil()).contains(START.plus(Duration.ofDays(7)));
  }

  @Test
  void theHighestRankWins() {
    assertThat(tiers(
            sub("a", "basic", SubscriptionStatus.ACTIVE),
            sub("b", "pro", SubscriptionStatus.PAST_DUE)))
        .containsExactly("pro", "basic");
  }

  @Test
  void whenTheGraceOfTheHighestIsOverTheNextOneDecides() {
    AccountEntitlement derived = rule()
        .derive(
            ALICE,
            List.of(
                sub("a", "basic", SubscriptionStatus.ACTIVE),
                sub("b", "pro", SubscriptionStatus.PAST_DUE)),
            List.of());
    assertThat(derived.sourceAt(START).orElseThrow().tier()).isEqualTo("pro");
    assertThat(derived.sourceAt(START.plus(Duration.ofDays(8))).orElseThrow().tier())
        .isEqualTo("basic");
  }

  @Test
  void ofOneRankWhatIsPaidComesFirst() {
    assertThat(ids(
            sub("a", "pro", SubscriptionStatus.PAST_DUE),
            sub("b", "pro", SubscriptionStatus.ACTIVE)))
        .containsExactly("b", "a");
  }

  @Test
  void aPriceThatTheCatalogDoesNotSellEntitlesToNothing() {
    Subscription foreign = subscription("a", "enterprise", SubscriptionStatus.ACTIVE);
    assertThat(rule().derive(ALICE, List.of(foreign), List.of()).sources()).isEmpty();
  }

  private static AccountEntitlement derive(List<Invoice> invoices, SubscriptionStatus status) {
    return rule().derive(ALICE, List.of(sub("sub_1", "pro", status)), invoices);
  }

  private static List<String> tiers(Subscription... subscriptions) {
    return rule().derive(ALICE, Arrays.asList(subscriptions), List.of()).sources().stream()
        .map(AccountEntitlement.Source::tier)
        .toList();
  }

  private static List<String> ids(Subscription... subscriptions) {
    return rule().derive(ALICE, Arrays.asList(subscriptions), List.of()).sources().stream()
        .map(AccountEntitlement.Source::subscriptionId)
        .toList();
  }

  private static Subscription sub(String id, String tier, SubscriptionStatus status) {
    return subscription(id, tier, status).sold(Optional.of(tier), Optional.empty());
  }

  private static EntitlementRule rule() {
    return new EntitlementRule(catalog());
  }

  private static Invoice failing(Instant finalizedAt) {
    return new Invoice(
        "in_" + finalizedAt,
        SubscriptionFixture.CUSTOMER,
        Optional.of("sub_1"),
        Optional.empty(),
        InvoiceStatus.OPEN,
        Optional.empty(),
        "usd",
        2499,
        2499,
        0,
        1,
        Optional.empty(),
        START,
        START,
        START,
        Optional.of(finalizedAt),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
