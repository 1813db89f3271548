package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.apikey.ApiKey;
import com.tatame.billing.apikey.ApiKeyStore;
import com.tatame.billing.apikey.ApiKeys;
import com.tatame.billing.apikey.ApiKeys.Created;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.failure.Unauthenticated;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.SettableClock;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys for other programs, from the first day to the last. */
final class ApiKeysTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private final SettableClock clock = new SettableClock(NOW);
  private final ApiKeyStore store = new InMemoryBillingStore().apiKeys();
  private final ApiKeys keys = new ApiKeys(store, clock, new Random(1));

  @Test
  void aNewKeyOpensWhatItsScopesPermit() {
    Created created = keys.create(" backend ", Set.of(Scope.WEBHOOKS_READ), Optional.empty());

    ApiKey key = keys.verify(created.secret());

    assertThat(key.id()).isEqualTo(created.key().id());
    assertThat(key.name()).isEqualTo("backend");
    assertThat(key.permits(Scope.WEBHOOKS_READ)).isTrue();
    assertThat(key.permits(Scope.WEBHOOKS_WRITE)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Scope.class)
  void aScopePermitsItselfAndOnlyTheWidestPermitMore(Scope scope) {
    Set<Scope> permitted = new HashSet<>(List.of(Scope.values()));
    permitted.removeIf(needed -> !scope.permits(needed));

    assertThat(permitted)
        .isEqualTo(
            switch (scope) {
              case ADMIN -> Set.of(Scope.values());
              case ACCOUNT -> Set.of(Scope.ACCOUNT, Scope.ENTITLEMENTS, Scope.CHAT);
              default -> Set.of(scope);
            });
    assertThat(Scope.of(scope.code())).contains(scope);
  }

  @Test
  void aKeyBeginsWithItsIdAndItsSecretIsLong() {
    Created created = create();

    assertThat(created.key().id()).matches("bk_[0-9a-f]{16}");
    assertThat(created.secret()).startsWith(created.key().id() + "_").hasSize(19 + 1 + 43);
    assertThat(create().secret()).isNotEqualTo(created.secret());
  }

  @Test
  void theSecretIsInNoText() {
    Created created = create();
    String random = created.secret().substring(created.key().id().length());

    assertThat(created.toString()).doesNotContain(random);
    assertThat(keys.list(Optional.empty(), 10).toString()).doesNotContain(random);
    assertThatThrownBy(() -> keys.verify(created.secret() + "x")).hasMessageNotContaining(random);
  }

  @Test
  void anExpiredKeyOpensNothingFromThatInstantOn() {
    Created created = keys.create("backend", Set.of(Scope.ADMIN), Optional.of(NOW.plusSeconds(10)));

    clock.advance(Duration.ofMillis(9_999));
    assertThatCode(() -> keys.verify(created.secret())).doesNotThrowAnyException();
    clock.advance(Duration.ofMillis(1));
    assertThatThrownBy(() -> keys.verify(created.secret()))
        .isInstanceOf(Unauthenticated.class)
        .hasMessageContaining("expired");
  }

  @Test
  void aRevokedKeyOpensNothingAndStaysListed() {
    Created created = create();

    ApiKey revoked = keys.revoke(created.key().id());

    assertThat(revoked.revokedAt()).contains(NOW);
    assertThatThrownBy(() -> keys.verify(created.secret()))
        .isInstanceOf(Unauthenticated.class)
        .hasMessageContaining("revoked");
    assertThat(keys.list(Optional.empty(), 10)).containsExactly(revoked);
    assertThat(keys.get(revoked.id())).isEqualTo(revoked);
    assertThatThrownBy(() -> keys.revoke("bk_0000000000000000")).isInstanceOf(NotFound.class);
    assertThatThrownBy(() -> keys.get("bk_0000000000000000")).isInstanceOf(NotFound.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bk_",
        "bk_0000000000000000",
        "bk_0000000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "bk_0000000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAé",
        "BK_0000000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      })
  void whatIsNoKeyOfOursOpensNothing(String text) {
    create();

    assertThatThrownBy(() -> keys.verify(text)).isInstanceOf(Unauthenticated.class);
  }

  @Test
  void theIdOfOneKeyWithTheSecretOfAnotherOpensNothing() {
    Created one = create();
    Created other = create();
    String mixed = one.key().id() + other.secret().substring(other.key().id().length());

    assertThatThrownBy(() -> keys.verify(mixed)).isInstanceOf(Unauthenticated.class);
  }

  @Test
  void itsUseIsKnownToTheMinute() {
    Created created = create();
    assertThat(lastUse(created)).isEmpty();

    keys.verify(created.secret());
    clock.advance(Duration.ofSeconds(59));
    keys.verify(created.secret());
    assertThat(lastUse(created)).contains(NOW);

    clock.advance(Duration.ofSeconds(1));
    keys.verify(created.secret());
    assertThat(lastUse(created)).contains(NOW.plusSeconds(60));
  }

  @Test
  void aUseThatCanNotBeNotedIsAUse() {
    Created created = create();
    ApiKeyStore readOnly = (ApiKeyStore) Proxy.newProxyInstance(
        ApiKeyStore.class.getClassLoader(),
        new Class<?>[] {ApiKeyStore.class},
        (proxy, method, arguments) -> {
          if (method.getName().equals("noteUse")) {
            throw new StoreUnavailable("The database only reads.");
          }
          return method.invoke(store, arguments);
        });

    assertThat(
            new ApiKeys(readOnly, clock, new Random(1)).verify(created.secret()).id())
        .isEqualTo(created.key().id());
  }

  @Test
  void whatCanNotBeUsedIsNamed() {
    assertThat(fieldAtFault("", Set.of(Scope.ADMIN), Optional.empty())).isEqualTo("name");
    assertThat(fieldAtFault("n".repeat(101), Set.of(Scope.ADMIN), Optional.empty()))
        .isEqualTo("name");
    assertThat(fieldAtFault("backend", Set.of(), Optional.empty())).isEqualTo("scopes");
    assertThat(fieldAtFault("backend", Set.of(Scope.ADMIN), Optional.of(NOW)))
        .isEqualTo("expiresAt");
    assertThat(keys.list(Optional.empty(), 10)).isEmpty();
  }

  @Test
  void onlyTheWidestScopeMakesAnAdministratorOfItsHolder() {
    AccountId account = new AccountId("user_ada");
    ApiKey root = keys.create("root", Set.of(Scope.ADMIN), Optional.empty()).key();
    ApiKey other = create().key();

    assertThat(root.actingFor(account).administrator()).isTrue();
    assertThat(other.actingFor(account).administrator()).isFalse();
    assertThat(other.actingFor(account).account()).isEqualTo(account);
    assertThat(other.actingFor(account).isApiKey()).isTrue();
    assertThat(other.asItself().account()).isEqualTo(new AccountId(other.id()));
  }

  private Created create() {
    return keys.create("backend", Set.of(Scope.ACCOUNT), Optional.empty());
  }

  private Optional<Instant> lastUse(Created created) {
    return keys.get(created.key().id()).lastUsedAt();
  }

  private String fieldAtFault(String name, Set<Scope> scopes, Optional<Instant> expiresAt) {
    try {
      keys.create(name, scopes, expiresAt);
      return "none";
    } catch (ValidationFailed e) {
      return e.errors().get(0).field();
    }
  }
}
