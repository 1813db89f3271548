package com.tatame.billing.http;

import static com.tatame.billing.http.Access.ADMINISTRATOR;
import static com.tatame.billing.http.ProblemCode.IDEMPOTENCY_KEY_REUSED;
import static com.tatame.billing.http.Route.Parameter.flag;
import static com.tatame.billing.http.Route.Parameter.query;
import static com.tatame.billing.http.Route.Reply.none;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.delete;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.BILLING;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.entitlement.Grant;
import com.tatame.billing.entitlement.Grant.Revocation;
import com.tatame.billing.entitlement.GrantContent;
import com.tatame.billing.entitlement.Grants;
import com.tatame.billing.entitlement.Grants.Given;
import com.tatame.billing.entitlement.NewGrant;
import com.tatame.billing.failure.ValidationFailed;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What administrators give to accounts for nothing. */
final class GrantHandlers {
  static final String PATH = "/api/v1/grants";

  private final Grants grants;

  static List<Route> routes() {
    return List.of(
        post(PATH, ADMINISTRATOR, BILLING)
            .orKeyWith(Scope.GRANTS)
            .keepsKeysItself()
            .is("Grants", "Give an account a plan for a time, units of a feature, or a flag")
            .takes(GrantRequest.class)
            .answers(reply(201, GrantAnswer.class, "It is given, or was, under the same key."))
            .refuses(IDEMPOTENCY_KEY_REUSED)
            .by(to -> to.get(GrantHandlers.class)::give),
        get(PATH, ADMINISTRATOR)
            .orKeyWith(Scope.GRANTS)
            .is("Grants", "What was given, whether it holds or not")
            .with(query("account", "Only what this account was given."))
            .paged()
            .answers(pageOf(GrantAnswer.class, "What was given last first."))
            .by(to -> to.get(GrantHandlers.class)::list),
        get(PATH + "/{id}", ADMINISTRATOR)
            .orKeyWith(Scope.GRANTS)
            .is("Grants", "One grant")
            .answers(reply(200, GrantAnswer.class, "The grant."))
            .by(to -> to.get(GrantHandlers.class)::read),
        delete(PATH + "/{id}", ADMINISTRATOR, BILLING)
            .orKeyWith(Scope.GRANTS)
            .is("Grants", "Take a grant back; it gives nothing from now on, and stays on record")
            .with(query("reason", "Why, for the record."))
            .answers(none("It is taken back, or was before."))
            .by(to -> to.get(GrantHandlers.class)::revoke));
  }

  GrantHandlers(Grants grants) {
    this.grants = grants;
  }

  record GrantRequest(
      @Doc(value = "Whom it is given to.", example = "user_alice")
      String accountId,

      @Doc(value = "A plan; this or a feature.", example = "pro") @Nullable
      String tier,

      @Doc(value = "A feature, to be on or with units.", example = "export") @Nullable
      String feature,

      @Doc(value = "How many units of a feature that is counted, in all.", example = "20") @Nullable
      Long units,

      @Doc(value = "Why, in at most 500 characters.", example = "to make up for the outage")
      String reason,

      @Doc("When it begins to hold; now if missing.") @Nullable
      String startsAt,

      @Doc(value = "When it ceases to hold; never if missing.", example = "2030-01-31T00:00:00Z")
      @Nullable
      String expiresAt,

      @Doc("Under it, this is given once; the header Idempotency-Key says the same.") @Nullable
      String idempotencyKey) {}

  record GrantAnswer(
      @Doc(example = "gr_1c8f", value = "Names it.") String id,
      @Doc(value = "Whose it is.", example = "user_alice") String accountId,

      @Doc(
          value = "What was given.",
          oneOf = {"tier", "units", "flag"})
      String kind,

      @Doc("The plan, if it is one.") @Nullable String tier,
      @Doc("The feature, if it is one.") @Nullable String feature,

      @Doc("How many in all, where they are counted.") @Nullable
      Long units,

      @Doc("How many of them are used.") @Nullable Long used,
      @Doc("How many of them are left.") @Nullable Long remaining,
      String reason,
      @Doc("The administrator or API key.") String givenBy,
      Instant givenAt,
      Instant startsAt,
      @Doc("Null for never.") @Nullable Instant expiresAt,

      @Doc("From when it gives nothing any more, if it was taken back.") @Nullable
      Instant revokedAt,

      @Nullable String revokedBy,
      @Nullable String revokedReason) {
    static GrantAnswer of(Grant grant) {
      GrantContent gift = grant.gift();
      boolean counted = gift instanceof GrantContent.Units;
      return new GrantAnswer(
          grant.id(),
          grant.account().value(),
          gift instanceof GrantContent.Tier ? "tier" : counted ? "units" : "flag",
          gift instanceof GrantContent.Tier tier ? tier.tier() : null,
          feature(gift),
          gift instanceof GrantContent.Units units ? units.units() : null,
          counted ? grant.used() : null,
          counted ? grant.left() : null,
          grant.reason(),
          grant.givenBy(),
          grant.givenAt(),
          grant.startsAt(),
          grant.expiresAt().orElse(null),
          grant.revoked().map(Revocation::at).orElse(null),
          grant.revoked().map(Revocation::by).orElse(null),
          grant.revoked().flatMap(Revocation::reason).orElse(null));
    }

    private static @Nullable String feature(GrantContent gift) {
      if (gift instanceof GrantContent.Units units) {
        return units.feature();
      }
      return gift instanceof GrantContent.Flag flag ? flag.feature() : null;
    }
  }

  // A missing field of the body is null here, whatever its type says.
  @SuppressWarnings("ConstantValue")
  Answer give(Call call) {
    GrantRequest body = call.body(GrantRequest.class);
    Given given = grants.give(
        new NewGrant(
            new AccountId(body.accountId() == null ? "" : body.accountId()),
            gift(body),
            body.reason() == null ? "" : body.reason(),
            time("startsAt", body.startsAt()),
            time("expiresAt", body.expiresAt()),
            RequestFields.idempotencyKey(call, body.idempotencyKey())),
        call.principal().subject());
    GrantAnswer answer = GrantAnswer.of(given.grant());
    Answer created = Answer.created(PATH + "/" + answer.id(), answer);
    return given.again() ? created.with("Idempotent-Replayed", "true") : created;
  }

  Answer list(Call call) {
    PageRequest page = call.page();
    return Answer.ok(page.render(
        grants.list(call.query("account").map(AccountId::new), page.after(), page.lookahead()),
        Grant::id,
        GrantAnswer::of));
  }

  Answer read(Call call) {
    return Answer.ok(GrantAnswer.of(grants.get(call.id("id"))));
  }

  Answer revoke(Call call) {
    grants.revoke(call.id("id"), call.principal().subject(), call.query("reason"));
    return Answer.noContent();
  }

  private static GrantContent gift(GrantRequest body) {
    String tier = text("tier", body.tier());
    String feature = text("feature", body.feature());
    if (tier.isEmpty() == feature.isEmpty()) {
      throw ValidationFailed.of("tier", "or feature must be given, and not both");
    }
    if (!tier.isEmpty() && body.units() != null) {
      throw ValidationFailed.of("units", "are of a feature; a plan has none");
    }
    if (!tier.isEmpty()) {
      return new GrantContent.Tier(tier);
    }
    return body.units() == null
        ? new GrantContent.Flag(feature)
        : new GrantContent.Units(feature, body.units());
  }

  private static String text(String field, @Nullable String value) {
    return RequestFields.text(field, value).orElse("");
  }

  private static Optional<Instant> time(String field, @Nullable String text) {
    return Optional.ofNullable(text).map(time -> RequestFields.time(field, time));
  }
}
