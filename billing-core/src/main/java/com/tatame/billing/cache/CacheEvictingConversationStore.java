package com.tatame.billing.cache;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.conversation.AppendResult;
import com.tatame.billing.conversation.Conversation;
import com.tatame.billing.conversation.ConversationStore;
import com.tatame.billing.conversation.ConversationWindow;
import com.tatame.billing.conversation.MessageAppend;
import com.tatame.billing.conversation.WindowSize;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Evicts an account from the entitlement cache whenever a message may have taken its units. */
final class CacheEvictingConversationStore implements ConversationStore {
  private final ConversationStore store;
  private final CachedEntitlements cache;

  CacheEvictingConversationStore(ConversationStore store, CachedEntitlements cache) {
    this.store = store;
    this.cache = cache;
  }

  @Override
  public AppendResult append(MessageAppend append) {
    if (append.debit().isEmpty()) {
      return store.append(append);
    }
    AccountId account = append.owner().account();
    boolean refused = false;
    try {
      AppendResult result = store.append(append);
      refused = result instanceof AppendResult.Refused;
      return result;
    } finally {
      if (refused) {
        cache.evict(account);
      } else {
        cache.spend(account);
      }
    }
  }

  @Override
  public Optional<Conversation> find(Owner owner, String id) {
    return store.find(owner, id);
  }

  @Override
  public List<Conversation> list(Owner owner, boolean archived, Optional<String> after, int limit) {
    return store.list(owner, archived, after, limit);
  }

  @Override
  public Optional<ConversationWindow> window(
      Owner owner, String id, OptionalLong before, WindowSize size) {
    return store.window(owner, id, before, size);
  }

  @Override
  public Optional<Conversation> update(
      Owner owner, String id, Optional<String> title, Optional<Boolean> archived, Instant now) {
    return store.update(owner, id, title, archived, now);
  }

  @Override
  public boolean delete(Owner owner, String id, AuditEntry audit) {
    return store.delete(owner, id, audit);
  }

  @Override
  public int prune(Optional<Instant> before, Instant visitorsBefore, int limit) {
    return store.prune(before, visitorsBefore, limit);
  }
}
