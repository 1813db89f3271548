package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.checkout.CheckoutSessions.NewSubscriptionCheckout;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.promotion.Coupon;
import com.tatame.billing.promotion.DiscountTerms;
import com.tatame.billing.promotion.Promotions;
import com.tatame.billing.promotion.Promotions.Offer;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.fixture.Ids;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How discounts are looked up and given. */
public interface PromotionsContract extends GatewayUnderTest {

  @Test
  default void aCodeIsFoundHoweverItsLettersAreWritten() {
    String code = code();
    String coupon = Ids.next("COUPON");
    String id = provider().createCode(coupon, "20", code, Optional.of(3));

    List<Offer> offers = promotions().codes(code.toLowerCase(Locale.ROOT));

    assertThat(offers).hasSize(1);
    assertThat(offers.get(0).code().id()).isEqualTo(id);
    assertThat(offers.get(0).code().code()).isEqualTo(code);
    assertThat(offers.get(0).code().active()).isTrue();
    assertThat(offers.get(0).code().maxRedemptions()).contains(3L);
    assertThat(offers.get(0).coupon().id()).isEqualTo(coupon);
    assertThat(offers.get(0).coupon().percentOff()).contains(new BigDecimal("20"));
    assertThat(promotions().coupon(coupon)).contains(offers.get(0).coupon());
    assertThat(promotions().codes(code())).isEmpty();
    assertThat(promotions().coupon(Ids.next("COUPON"))).isEmpty();
  }

  @Test
  default void aCodeDiscountsASubscriptionAndIsCounted() {
    Buyer buyer = buyer();
    Subscription subscription = bought(buyer, Optional.empty());
    String code = code();
    String coupon = Ids.next("COUPON");
    String id = provider().createCode(coupon, "20", code, Optional.of(1));
    String key = Ids.next("key");

    Observation answer = promotions().applyCode(subscription.id(), id, key);

    Subscription discounted = GatewayCalls.state(answer, Subscription.class);
    assertThat(answer.source()).isEqualTo(Source.READ);
    Subscription.Discount discount = discounted.discount().orElseThrow();
    assertThat(discount.couponId()).isEqualTo(coupon);
    assertThat(discount.percentOff()).contains(new BigDecimal("20"));
    assertThat(GatewayCalls.read(gateway(), subscription)).isEqualTo(discounted);
    assertThatCode(() -> promotions().applyCode(subscription.id(), id, key))
        .doesNotThrowAnyException();
    assertThat(promotions().codes(code).get(0).code().timesRedeemed()).isEqualTo(1);
    Subscription other = bought(buyer(), Optional.empty());
    assertThatThrownBy(() -> promotions().applyCode(other.id(), id, Ids.next("key")))
        .isInstanceOf(ProviderRejected.class);
  }

  @Test
  default void aCouponDiscountsASubscriptionWithoutACode() {
    Subscription subscription = bought(buyer(), Optional.empty());
    String coupon = Ids.next("COUPON");
    provider().createCode(coupon, "12.5", code(), Optional.empty());

    Subscription discounted = GatewayCalls.state(
        promotions().applyCoupon(subscription.id(), coupon, Ids.next("key")), Subscription.class);

    assertThat(discounted.discount().orElseThrow().percentOff()).contains(new BigDecimal("12.5"));
  }

  @Test
  default void aCouponOfOnesOwnIsGivenOnceAndTakenOffAgain() {
    Subscription subscription = bought(buyer(), Optional.empty());
    String id = Ids.next("disc");
    promotions()
        .createCoupon(id, DiscountTerms.percent(25).forMonths(3), "command", Ids.next("key"));
    promotions().createCoupon(id, DiscountTerms.percent(50), "command", Ids.next("key"));

    Coupon coupon = promotions().coupon(id).orElseThrow();
    assertThat(coupon.percentOff()).contains(new BigDecimal("25"));
    assertThat(coupon.duration()).isEqualTo(Coupon.Duration.REPEATING);
    assertThat(coupon.durationInMonths()).contains(3);
    Subscription discounted = GatewayCalls.state(
        promotions().applyCoupon(subscription.id(), id, Ids.next("key")), Subscription.class);
    assertThat(discounted.discount().orElseThrow().couponId()).isEqualTo(id);
    assertThat(discounted.discount().orElseThrow().endsAt()).isPresent();
    Subscription other = bought(buyer(), Optional.empty());
    assertThatThrownBy(() -> promotions().applyCoupon(other.id(), id, Ids.next("key")))
        .isInstanceOf(ProviderRejected.class);

    String key = Ids.next("key");
    Observation answer = promotions().removeDiscounts(subscription.id(), key);
    assertThat(answer.source()).isEqualTo(Source.READ);
    Subscription plain = GatewayCalls.state(answer, Subscription.class);
    assertThat(plain.discount()).isEmpty();
    assertThat(GatewayCalls.read(gateway(), subscription)).isEqualTo(plain);
    assertThatCode(() -> promotions().removeDiscounts(subscription.id(), key))
        .doesNotThrowAnyException();
  }

  @Test
  default void aCouponMayTakeOffAnAmount() {
    String id = Ids.next("disc");
    DiscountTerms terms = new DiscountTerms(
        Optional.empty(),
        Optional.of(new Money(250, "usd")),
        Coupon.Duration.ONCE,
        Optional.empty());

    promotions().createCoupon(id, terms, "command", Ids.next("key"));

    Coupon coupon = promotions().coupon(id).orElseThrow();
    assertThat(coupon.amountOff()).contains(new Money(250, "usd"));
    assertThat(coupon.duration()).isEqualTo(Coupon.Duration.ONCE);
    assertThat(coupon.maxRedemptions()).contains(1L);
  }

  @Test
  default void aCheckoutWithACodeIsPaidForLess() {
    Buyer buyer = buyer();
    String code = code();
    String coupon = Ids.next("COUPON");
    String id = provider().createCode(coupon, "20", code, Optional.of(1));

    Subscription subscription = bought(buyer, Optional.of(id));

    assertThat(subscription.discount().map(Subscription.Discount::couponId)).contains(coupon);
    Invoice invoice = GatewayCalls.state(
        gateway().invoices().ofCustomer(buyer.customerId()).get(0), Invoice.class);
    assertThat(invoice.amountPaid()).isEqualTo(799);
    assertThat(promotions().codes(code).get(0).code().timesRedeemed()).isEqualTo(1);
    assertThatThrownBy(() -> open(buyer(), Optional.of(id))).isInstanceOf(ProviderRejected.class);
  }

  private Promotions promotions() {
    return gateway().promotions();
  }

  private static String code() {
    return Ids.next("CODE").replace("_", "");
  }

  private Subscription bought(Buyer buyer, Optional<String> promotionCodeId) {
    CheckoutSession session = open(buyer, promotionCodeId);
    assertThat(provider().pay(session.id(), GatewayCalls.PAYS)).isTrue();
    provider().advance(Duration.ofSeconds(1));
    String id = GatewayCalls.read(gateway(), session).subscriptionId().orElseThrow();
    return GatewayCalls.state(
        gateway()
            .reads()
            .read(new ObjectRef(ObjectKind.SUBSCRIPTION, id), new SubjectId(buyer.customerId())),
        Subscription.class);
  }

  private CheckoutSession open(Buyer buyer, Optional<String> promotionCodeId) {
    NewSubscriptionCheckout plain = buyer.checkout(0);
    NewSubscriptionCheckout checkout = new NewSubscriptionCheckout(
        plain.account(),
        plain.customerId(),
        plain.priceId(),
        plain.quantity(),
        plain.trialDays(),
        plain.tier(),
        plain.interval(),
        plain.successUrl(),
        plain.cancelUrl(),
        promotionCodeId);
    return GatewayCalls.state(
        gateway().checkouts().create(checkout, Ids.next("command"), Ids.next("key")),
        CheckoutSession.class);
  }
}
