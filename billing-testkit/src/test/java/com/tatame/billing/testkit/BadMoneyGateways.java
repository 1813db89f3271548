package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.checkout.CheckoutSessions;
import com.tatame.billing.checkout.CheckoutSessions.NewSubscriptionCheckout;
import com.tatame.billing.failure.PaymentDeclined;
import com.tatame.billing.invoice.InvoiceControl;
import com.tatame.billing.invoice.InvoiceDetails;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.payment.PaymentIntentControl;
import com.tatame.billing.payment.PaymentMethods;
import com.tatame.billing.portal.PortalSessions;
import com.tatame.billing.promotion.Coupon;
import com.tatame.billing.promotion.DiscountTerms;
import com.tatame.billing.promotion.Promotions;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.tax.TaxAddress;
import com.tatame.billing.tax.Taxes;
import com.tatame.billing.testkit.fixture.Ids;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gateways that break one rule of invoices or of payment methods each. */
final class BadMoneyGateways {
  private BadMoneyGateways() {}

  static class SpoilsInvoices extends ForwardingGateway {
    private final String method;

    SpoilsInvoices(String method) {
      this.method = method;
    }

    Object answer(Object[] args) {
      throw new AssertionError(args.length);
    }

    @Override
    public InvoiceControl invoices() {
      return ForwardingStore.spoil(
          InvoiceControl.class, good.invoices(), Map.of(method, this::answer));
    }
  }

  static class PaysUnderAnyKey extends SpoilsInvoices {
    PaysUnderAnyKey() {
      super("pay");
    }

    @Override
    Object answer(Object[] args) {
      return good.invoices().pay((String) args[0], Ids.next("key"));
    }
  }

  static class TakesADeclineForAnAnswer extends SpoilsInvoices {
    TakesADeclineForAnAnswer() {
      super("pay");
    }

    @Override
    Object answer(Object[] args) {
      try {
        return good.invoices().pay((String) args[0], (String) args[1]);
      } catch (PaymentDeclined e) {
        ObjectRef invoice = new ObjectRef(ObjectKind.INVOICE, (String) args[0]);
        return good.reads().read(invoice, new SubjectId("cus_any"));
      }
    }
  }

  static class HidesWhatIsToBeDone extends SpoilsInvoices {
    HidesWhatIsToBeDone() {
      super("details");
    }

    @Override
    Object answer(Object[] args) {
      if (args.length > 1) {
        return List.of();
      }
      return good.invoices()
          .details((String) args[0])
          .map(known -> new InvoiceDetails(
              known.invoiceId(),
              known.tax(),
              known.lines(),
              known.hostedUrl(),
              known.pdfUrl(),
              Optional.empty()));
    }
  }

  static class SpoilsPaymentMethods extends ForwardingGateway {
    private final String method;

    SpoilsPaymentMethods(String method) {
      this.method = method;
    }

    Object answer(Object[] args) {
      throw new AssertionError(args.length);
    }

    @Override
    public PaymentMethods paymentMethods() {
      return ForwardingStore.spoil(
          PaymentMethods.class, good.paymentMethods(), Map.of(method, this::answer));
    }
  }

  /** Says what is asked for, and leaves the payment as it is. */
  static class CancelsNothing extends ForwardingGateway {
    @Override
    public PaymentIntentControl paymentIntents() {
      return ForwardingStore.spoil(
          PaymentIntentControl.class,
          good.paymentIntents(),
          Map.of("cancel", args -> good.paymentIntents().read((String) args[0]).observation()));
    }
  }

  static class TellsSecretsToAnybody extends SpoilsPaymentMethods {
    TellsSecretsToAnybody() {
      super("clientSecret");
    }

    @Override
    Object answer(Object[] args) {
      return Optional.of(args[1] + "_secret");
    }
  }

  static class BeginsSetupsUnderAnyKey extends SpoilsPaymentMethods {
    BeginsSetupsUnderAnyKey() {
      super("beginSetup");
    }

    @Override
    Object answer(Object[] args) {
      return good.paymentMethods()
          .beginSetup((AccountId) args[0], (String) args[1], (String) args[2], Ids.next("key"));
    }
  }

  static class ForgetsTheSubscriptions extends SpoilsPaymentMethods {
    ForgetsTheSubscriptions() {
      super("makeDefault");
    }

    @Override
    Object answer(Object[] args) {
      engine.call(Request.of(
          "POST",
          "/v1/customers/" + args[0],
          Map.of("invoice_settings", Map.of("default_payment_method", args[1]))));
      SubjectId customer = new SubjectId((String) args[0]);
      return good.reads().read(new ObjectRef(ObjectKind.CUSTOMER, customer.value()), customer);
    }
  }

  static class DetachesNothing extends SpoilsPaymentMethods {
    DetachesNothing() {
      super("detach");
    }

    @Override
    Object answer(Object[] args) {
      return Observation.absent(
          new ObjectRef(ObjectKind.PAYMENT_METHOD, (String) args[1]),
          new SubjectId((String) args[0]),
          engine.now());
    }
  }

  static class KnowsNoDefault extends SpoilsPaymentMethods {
    KnowsNoDefault() {
      super("defaultOf");
    }

    @Override
    Object answer(Object[] args) {
      return Optional.empty();
    }
  }

  static class LetsAnybodyVisit extends ForwardingGateway {
    @Override
    public PortalSessions portal() {
      return session -> "https://pay.example.com/portal/" + Ids.next("visit");
    }
  }

  static class KeepsOneDoorForAll extends ForwardingGateway {
    private final Map<String, String> doors = new HashMap<>();

    @Override
    public PortalSessions portal() {
      return session ->
          doors.computeIfAbsent(session.customerId(), first -> good.portal().open(session));
    }
  }

  static class SpoilsTaxes extends ForwardingGateway {
    private final String method;

    SpoilsTaxes(String method) {
      this.method = method;
    }

    Object answer(Object[] args) {
      throw new AssertionError(args.length);
    }

    @Override
    public Taxes taxes() {
      return ForwardingStore.spoil(Taxes.class, good.taxes(), Map.of(method, this::answer));
    }
  }

  static class RoundsTheSumOfTaxes extends SpoilsTaxes {
    RoundsTheSumOfTaxes() {
      super("calculate");
    }

    @Override
    @SuppressWarnings("unchecked") // As the port declares it.
    Object answer(Object[] args) {
      List<Taxes.Item> items = (List<Taxes.Item>) args[0];
      long sum = items.stream().mapToLong(item -> item.amount().amount()).sum();
      Money whole = new Money(sum, items.get(0).amount().currency());
      return good.taxes()
          .calculate(List.of(new Taxes.Item("all", whole, Optional.empty())), (TaxAddress) args[1]);
    }
  }

  static class ForgetsNoNumber extends SpoilsTaxes {
    ForgetsNoNumber() {
      super("removeId");
    }

    @Override
    Object answer(Object[] args) {
      return Observation.absent(
          new ObjectRef(ObjectKind.TAX_ID, (String) args[1]),
          new SubjectId((String) args[0]),
          engine.now());
    }
  }

  static class SpoilsPromotions extends ForwardingGateway {
    private final String method;

    SpoilsPromotions(String method) {
      this.method = method;
    }

    Object answer(Object[] args) {
      throw new AssertionError(args.length);
    }

    @Override
    public Promotions promotions() {
      return ForwardingStore.spoil(
          Promotions.class, good.promotions(), Map.of(method, this::answer));
    }
  }

  static class MindsTheCase extends SpoilsPromotions {
    MindsTheCase() {
      super("codes");
    }

    @Override
    Object answer(Object[] args) {
      return good.promotions().codes((String) args[0]).stream()
          .filter(offer -> offer.code().code().equals(args[0]))
          .toList();
    }
  }

  static class AppliesUnderAnyKey extends SpoilsPromotions {
    AppliesUnderAnyKey() {
      super("applyCode");
    }

    @Override
    Object answer(Object[] args) {
      return good.promotions().applyCode((String) args[0], (String) args[1], Ids.next("key"));
    }
  }

  static class GivesACouponToAll extends SpoilsPromotions {
    GivesACouponToAll() {
      super("createCoupon");
    }

    @Override
    Object answer(Object[] args) {
      Coupon.Duration duration = ((DiscountTerms) args[1]).duration();
      engine.call(Request.of(
          "POST",
          "/v1/coupons",
          duration == Coupon.Duration.REPEATING
              ? Map.of(
                  "id", args[0],
                  "percent_off", "25",
                  "duration", "repeating",
                  "duration_in_months", "3")
              : Map.of("id", args[0], "amount_off", "250", "currency", "usd")));
      return Optional.empty();
    }
  }

  static class KeepsDiscounts extends SpoilsPromotions {
    KeepsDiscounts() {
      super("removeDiscounts");
    }

    @Override
    Object answer(Object[] args) {
      return good.reads()
          .read(new ObjectRef(ObjectKind.SUBSCRIPTION, (String) args[0]), new SubjectId("cus_1"));
    }
  }

  static class ForgetsTheCode extends ForwardingGateway {
    @Override
    public CheckoutSessions checkouts() {
      return ForwardingStore.spoil(
          CheckoutSessions.class, good.checkouts(), Map.of("create", args -> {
            NewSubscriptionCheckout sold = (NewSubscriptionCheckout) args[0];
            return good.checkouts()
                .create(
                    new NewSubscriptionCheckout(
                        sold.account(),
                        sold.customerId(),
                        sold.priceId(),
                        sold.quantity(),
                        sold.trialDays(),
                        sold.tier(),
                        sold.interval(),
                        sold.successUrl(),
                        sold.cancelUrl()),
                    (String) args[1],
                    (String) args[2]);
          }));
    }
  }
}
