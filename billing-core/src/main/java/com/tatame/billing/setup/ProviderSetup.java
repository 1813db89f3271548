package com.tatame.billing.setup;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Role of the provider: what must be there before anything can be sold. */
public interface ProviderSetup {
  /**
   * The events that this gateway understands.
   *
   * @param apiVersion of the provider, in which it understands them best
   * @param types those that say something to it
   */
  record Events(String apiVersion, Set<String> types) {
    public Events {
      types = Set.copyOf(types);
    }
  }

  /**
   * What a change made or touched.
   *
   * @param secret with which a new endpoint signs; shown this once
   */
  record Made(String id, Optional<String> secret) {
    /** What has no secret. */
    public Made(String id) {
      this(id, Optional.empty());
    }

    @Override
    public String toString() {
      return "Made[" + id + "]";
    }
  }

  /** What a new endpoint is to send. */
  Events events();

  /** Reads the account. */
  AccountState state();

  /** Reads where the account sends events, and nothing else. */
  List<AccountState.HeldEndpoint> endpoints();

  /**
   * Makes one change. What is made carries our marks.
   *
   * @throws com.tatame.billing.failure.ProviderRejected if the provider forbids it
   * @throws com.tatame.billing.failure.ProviderUnavailable if it is not known to have happened; the
   *     next {@link #state} tells
   */
  Made apply(SetupChange change);
}
