package com.tatame.billing.http;

import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.PROVIDER_REJECTED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_UNAVAILABLE;
import static com.tatame.billing.http.Route.Reply.none;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.delete;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.BILLING;
import static com.tatame.billing.http.RouteEffect.NONE;

import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.customer.TaxId;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.failure.ValidationFailed.FieldError;
import com.tatame.billing.observation.WireName;
import com.tatame.billing.tax.TaxAddress;
import com.tatame.billing.tax.TaxCalculation;
import com.tatame.billing.tax.Taxation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Taxes, and the caller's numbers with tax authorities. */
final class TaxHandlers {
  static final String PREVIEW = "/api/v1/tax/preview";
  static final String IDS = "/api/v1/tax-ids";

  private final Taxation taxation;

  static List<Route> routes() {
    return List.of(
        post(PREVIEW, SIGNED_IN, NONE)
            .is("Tax", "The total of a plan with its tax")
            .takes(TaxPreviewRequest.class)
            .answers(reply(200, TaxPreviewAnswer.class, "Nothing is bought, and nothing kept."))
            .refuses(PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.get(TaxHandlers.class)::preview),
        get(IDS, SIGNED_IN)
            .is("Tax", "The caller's numbers with tax authorities")
            .paged()
            .answers(pageOf(TaxIdAnswer.class, "Newest first."))
            .by(to -> to.get(TaxHandlers.class)::list),
        post(IDS, SIGNED_IN, BILLING)
            .is("Tax", "Note such a number")
            .takes(NewTaxId.class)
            .answers(reply(201, TaxIdAnswer.class, "It is noted, and verified in time."))
            .refuses(CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.get(TaxHandlers.class)::add),
        delete(IDS + "/{id}", SIGNED_IN, BILLING)
            .is("Tax", "Delete such a number")
            .answers(none("It is deleted."))
            .refuses(CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.get(TaxHandlers.class)::remove));
  }

  TaxHandlers(Taxation taxation) {
    this.taxation = taxation;
  }

  record TaxPreviewRequest(
      @Doc(value = "A tier of the catalog.", example = "pro")
      String tier,

      @Doc(
          value = "How often to be billed.",
          oneOf = {"monthly", "yearly"})
      String interval,

      @Doc("Where the buyer is taxed.") AddressRequest address,

      @Doc(value = "One in which the plan is sold; the default if missing.", example = "eur")
      @Nullable
      String currency) {}

  record AddressRequest(
      @Doc(value = "ISO 3166, two letters.", example = "DE") String country,

      @Doc(value = "Needed in some countries.", example = "NY") @Nullable
      String state,

      @Nullable String city,
      @Doc("Needed in some countries.") @Nullable String postalCode,
      @Nullable String line1) {}

  record TaxPreviewAnswer(
      @Doc("With tax.") MoneyAnswer total,
      @Doc("What of the total is tax.") MoneyAnswer tax,
      List<TaxLineAnswer> lines) {
    static TaxPreviewAnswer of(TaxCalculation calculation) {
      return new TaxPreviewAnswer(
          MoneyAnswer.of(calculation.total()),
          MoneyAnswer.of(calculation.tax()),
          calculation.lines().stream()
              .map(line -> new TaxLineAnswer(
                  line.reference(), MoneyAnswer.of(line.amount()), MoneyAnswer.of(line.tax())))
              .toList());
    }
  }

  record TaxLineAnswer(
      String description, @Doc("Before tax.") MoneyAnswer amount, MoneyAnswer tax) {}

  record NewTaxId(
      @Doc(value = "As the provider names it.", example = "eu_vat")
      String type,

      @Doc(value = "The number.", example = "DE123456789") String value) {}

  record TaxIdAnswer(
      @Doc(value = "The provider's.", example = "txi_123") String id,

      @Doc(value = "As the provider names it.", example = "eu_vat")
      String type,

      @Doc("Null for members of an organisation without a billing role.") @Nullable
      String value,

      @Doc("ISO 3166.") @Nullable String country,

      @Doc(
          value = "The authority's result; null where there is no check.",
          oneOf = {"pending", "verified", "unverified", "unavailable"})
      @Nullable
      String verification) {
    static TaxIdAnswer of(TaxId taxId) {
      return new TaxIdAnswer(
          taxId.id(),
          taxId.type(),
          taxId.value(),
          taxId.country().orElse(null),
          taxId.verification().map(WireName::code).orElse(null));
    }
  }

  // A missing field of the body is null here, whatever its type says.
  @SuppressWarnings("ConstantValue")
  Answer preview(Call call) {
    TaxPreviewRequest wanted = call.body(TaxPreviewRequest.class);
    List<FieldError> errors = new ArrayList<>();
    Optional<String> tier = RequestFields.text("tier", wanted.tier());
    if (tier.isEmpty()) {
      errors.add(new FieldError("tier", "is required"));
    }
    Optional<BillingInterval> interval =
        Optional.ofNullable(wanted.interval()).flatMap(BillingInterval::of);
    if (interval.isEmpty()) {
      errors.add(new FieldError("interval", "must be monthly or yearly"));
    }
    AddressRequest address = wanted.address();
    if (address == null || address.country() == null || !address.country().matches("[A-Z]{2}")) {
      errors.add(new FieldError("address.country", "must be two upper-case letters, such as DE"));
    }
    if (!errors.isEmpty()) {
      throw new ValidationFailed(errors);
    }
    return Answer.ok(TaxPreviewAnswer.of(taxation.preview(
        tier.orElseThrow(),
        interval.orElseThrow(),
        RequestFields.text("currency", wanted.currency()),
        place(address))));
  }

  private static TaxAddress place(AddressRequest address) {
    return new TaxAddress(
        address.country(),
        RequestFields.text("address.state", address.state()),
        RequestFields.text("address.city", address.city()),
        RequestFields.text("address.postalCode", address.postalCode()),
        RequestFields.text("address.line1", address.line1()));
  }

  Answer list(Call call) {
    PageRequest page = call.page();
    return Answer.ok(page.render(
        taxation.ids(call.account(), page.after(), page.lookahead()), TaxId::id, TaxIdAnswer::of));
  }

  Answer add(Call call) {
    NewTaxId wanted = call.body(NewTaxId.class);
    List<FieldError> errors = new ArrayList<>();
    Optional<String> type =
        RequestFields.text("type", wanted.type()).filter(text -> text.matches("[a-z_]{3,40}"));
    if (type.isEmpty()) {
      errors.add(new FieldError("type", "must be a type of tax id, such as eu_vat"));
    }
    Optional<String> value = RequestFields.text("value", wanted.value());
    if (value.isEmpty()) {
      errors.add(new FieldError("value", "is required"));
    }
    if (!errors.isEmpty()) {
      throw new ValidationFailed(errors);
    }
    TaxId added = taxation.addId(call.principal(), type.orElseThrow(), value.orElseThrow());
    return Answer.created(IDS, TaxIdAnswer.of(added));
  }

  Answer remove(Call call) {
    taxation.removeId(call.account(), call.id("id"));
    return Answer.noContent();
  }
}
