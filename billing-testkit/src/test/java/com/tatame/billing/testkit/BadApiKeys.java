package com.tatame.billing.testkit;

import com.tatame.billing.apikey.ApiKey;
import com.tatame.billing.apikey.ApiKeyStore;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Stores that break one rule about API keys each. */
@SuppressWarnings("unchecked") // Arguments of the ports' methods come untyped through a proxy.
final class BadApiKeys {
  private BadApiKeys() {}

  /** Replaces one method. */
  abstract static class Spoilt extends ForwardingStore {
    private final String method;

    Spoilt(String method) {
      this.method = method;
    }

    abstract Object instead(Object[] arguments);

    @Override
    public ApiKeyStore apiKeys() {
      return spoil(ApiKeyStore.class, good.apiKeys(), Map.of(method, this::instead));
    }
  }

  static class FindsByTheId extends Spoilt {
    FindsByTheId() {
      super("findByHash");
    }

    @Override
    Object instead(Object[] arguments) {
      String text = (String) arguments[0];
      return good.apiKeys().findByHash(text).or(() -> good.apiKeys().find(text));
    }
  }

  static class KeepsQuietAboutATakenId extends Spoilt {
    KeepsQuietAboutATakenId() {
      super("add");
    }

    @Override
    Object instead(Object[] arguments) {
      try {
        good.apiKeys().add((ApiKey) arguments[0], (String) arguments[1], AnAuditEntry.any());
        return true;
      } catch (IllegalStateException e) {
        return false;
      }
    }
  }

  static class OnlySaysThatItRevoked extends Spoilt {
    OnlySaysThatItRevoked() {
      super("revoke");
    }

    @Override
    Object instead(Object[] arguments) {
      return good.apiKeys().find((String) arguments[0]).map(key -> revoked(key, arguments));
    }

    private static ApiKey revoked(ApiKey key, Object[] arguments) {
      return new ApiKey(
          key.id(),
          key.name(),
          key.scopes(),
          key.createdAt(),
          key.expiresAt(),
          Optional.of((Instant) arguments[1]),
          key.lastUsedAt());
    }
  }

  static class RevokesAgain extends OnlySaysThatItRevoked {}

  static class NotesEveryUse extends Spoilt {
    NotesEveryUse() {
      super("noteUse");
    }

    @Override
    Object instead(Object[] arguments) {
      good.apiKeys().noteUse((String) arguments[0], (Instant) arguments[1], Duration.ZERO);
      return true;
    }
  }

  static class ListsLiveOnesOnly extends Spoilt {
    ListsLiveOnesOnly() {
      super("list");
    }

    @Override
    Object instead(Object[] arguments) {
      return good.apiKeys().list((Optional<String>) arguments[0], (Integer) arguments[1]).stream()
          .filter(key -> key.revokedAt().isEmpty())
          .toList();
    }
  }
}
