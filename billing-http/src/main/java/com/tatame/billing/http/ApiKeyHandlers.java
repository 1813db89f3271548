package com.tatame.billing.http;

import static com.tatame.billing.http.Access.ADMINISTRATOR;
import static com.tatame.billing.http.Route.Reply.none;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.delete;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.NONE;

import com.tatame.billing.apikey.ApiKey;
import com.tatame.billing.apikey.ApiKeys;
import com.tatame.billing.apikey.ApiKeys.Created;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.failure.ValidationFailed;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keys for other programs, as administrators manage them. */
final class ApiKeyHandlers {
  static final String PATH = "/api/v1/api-keys";

  private static final String TOLD_ONCE =
      "The key was shown once, in the first answer. If it is lost, revoke it and make another one.";

  private final ApiKeys keys;
  private final ApiKeyCache known;

  static List<Route> routes() {
    return List.of(
        get(PATH, ADMINISTRATOR)
            .is("API keys", "All keys, revoked and expired ones included")
            .paged()
            .answers(pageOf(ApiKeyAnswer.class, "Newest first."))
            .by(to -> to.get(ApiKeyHandlers.class)::list),
        post(PATH, ADMINISTRATOR, NONE)
            .is("API keys", "Make a key for another program")
            .takes(NewApiKey.class)
            .answers(
                reply(201, CreatedApiKeyAnswer.class, "It is made, and the key shown this once."))
            .by(to -> to.get(ApiKeyHandlers.class)::create),
        get(PATH + "/{id}", ADMINISTRATOR)
            .is("API keys", "One key")
            .answers(reply(200, ApiKeyAnswer.class, "What is known of it, which is not the key."))
            .by(to -> to.get(ApiKeyHandlers.class)::read),
        delete(PATH + "/{id}", ADMINISTRATOR, NONE)
            .is("API keys", "Revoke a key, on all nodes within 5 seconds")
            .answers(none("It is revoked, or was before."))
            .by(to -> to.get(ApiKeyHandlers.class)::revoke));
  }

  ApiKeyHandlers(ApiKeys keys, ApiKeyCache known) {
    this.keys = keys;
    this.known = known;
  }

  record NewApiKey(
      @Doc(value = "What it is for, 1 to 100 characters.", example = "nightly reports")
      String name,

      @Doc(
          "What it may do. admin: everything. account: act for the account that X-Account-Id names."
              + " entitlements, usage:write, chat: only this, for such an account. refunds, grants,"
              + " customers:read, analytics:read, audit:read, webhooks:read, webhooks:write,"
              + " events:read, events:write,"
              + " commands:read, commands:write: this, for all accounts.")
      List<String> scopes,

      @Doc(
          value = "From when it is refused, in the future; never if missing.",
          example = "2030-01-31T00:00:00Z")
      @Nullable
      String expiresAt) {}

  record ApiKeyAnswer(
      @Doc(value = "Also the beginning of the key.", example = "bk_0123456789abcdef")
      String id,

      String name,
      @Doc("What it may do.") List<String> scopes,
      Instant createdAt,

      @Doc("From when it is refused; null for never.") @Nullable
      Instant expiresAt,

      @Doc("Since when it is refused.") @Nullable Instant revokedAt,
      @Doc("To the minute.") @Nullable Instant lastUsedAt) {
    static ApiKeyAnswer of(ApiKey key) {
      return new ApiKeyAnswer(
          key.id(),
          key.name(),
          codes(key),
          key.createdAt(),
          key.expiresAt().orElse(null),
          key.revokedAt().orElse(null),
          key.lastUsedAt().orElse(null));
    }
  }

  record CreatedApiKeyAnswer(
      @Doc(value = "Also the beginning of the key.", example = "bk_0123456789abcdef")
      String id,

      @Doc(
          "The key itself. It is shown this once: null where an Idempotency-Key repeats the answer.")
      @Nullable
      @Secret
      String key,

      @Doc("Null beside the key; where it is not shown again, what to do.") @Nullable
      String note,

      String name,
      @Doc("What it may do.") List<String> scopes,
      Instant createdAt,

      @Doc("From when it is refused; null for never.") @Nullable
      Instant expiresAt) {
    private static CreatedApiKeyAnswer of(ApiKey key, @Nullable String secret) {
      return new CreatedApiKeyAnswer(
          key.id(),
          secret,
          secret == null ? TOLD_ONCE : null,
          key.name(),
          codes(key),
          key.createdAt(),
          key.expiresAt().orElse(null));
    }
  }

  Answer create(Call call) {
    NewApiKey wanted = call.body(NewApiKey.class);
    Created created = keys.create(
        RequestFields.text("name", wanted.name()).orElse(""),
        scopes(wanted),
        expiresAt(wanted.expiresAt()));
    return Answer.created(
            PATH + "/" + created.key().id(),
            CreatedApiKeyAnswer.of(created.key(), created.secret()))
        .keptAs(CreatedApiKeyAnswer.of(created.key(), null));
  }

  Answer list(Call call) {
    PageRequest page = call.page();
    return Answer.ok(
        page.render(keys.list(page.after(), page.lookahead()), ApiKey::id, ApiKeyAnswer::of));
  }

  Answer read(Call call) {
    return Answer.ok(ApiKeyAnswer.of(keys.get(call.id("id"))));
  }

  Answer revoke(Call call) {
    known.evict(keys.revoke(call.id("id")).id());
    return Answer.noContent();
  }

  // A missing field of the body is null here, and so is what a list holds, whatever their types
  // say.
  @SuppressWarnings("ConstantValue")
  private static Set<Scope> scopes(NewApiKey wanted) {
    Set<Scope> scopes = new HashSet<>();
    if (wanted.scopes() != null) {
      for (String code : wanted.scopes()) {
        scopes.add(Optional.ofNullable(code)
            .flatMap(Scope::of)
            .orElseThrow(() -> ValidationFailed.of(
                "scopes",
                "'" + code + "' is not a scope; there are " + String.join(", ", Scope.codes()))));
      }
    }
    return scopes;
  }

  private static Optional<Instant> expiresAt(@Nullable String text) {
    return Optional.ofNullable(text).map(time -> RequestFields.time("expiresAt", time));
  }

  private static List<String> codes(ApiKey key) {
    return key.scopes().stream().sorted().map(Scope::code).toList();
  }
}
