package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.anonymous.AnonymousSessionStore;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.conversation.AppendResult;
import com.tatame.billing.conversation.AppendResult.Reason;
import com.tatame.billing.conversation.AppendResult.Refused;
import com.tatame.billing.conversation.AppendResult.Stored;
import com.tatame.billing.conversation.Conversation;
import com.tatame.billing.conversation.ConversationStore;
import com.tatame.billing.conversation.ConversationWindow;
import com.tatame.billing.conversation.Message;
import com.tatame.billing.conversation.MessageAppend;
import com.tatame.billing.conversation.MessageRole;
import com.tatame.billing.conversation.WindowSize;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.DebitResult;
import com.tatame.billing.entitlement.UsageDebit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;

final class InMemoryConversations implements ConversationStore {
  private static final Comparator<Kept> LATEST_FIRST = Comparator.comparing(
          (Kept thread) -> thread.conversation.updatedAt())
      .reversed()
      .thenComparing(thread -> thread.conversation.id());

  private final SharedLock lock;
  private final InMemoryUsage usage;
  private final InMemoryAudit audited;
  private final Predicate<AccountId> claimed;
  private final Map<String, Kept> kept = new LinkedHashMap<>();
  private final Map<KeyOf, Added> keys = new HashMap<>();
  private final Map<String, Long> covered = new HashMap<>();

  private static final class Kept {
    Conversation conversation;
    final List<Message> messages = new ArrayList<>();

    Kept(Conversation conversation) {
      this.conversation = conversation;
    }
  }

  private record KeyOf(Owner owner, String key) {}

  /** What was added under a key. */
  private record Added(String fingerprint, String conversationId, List<Message> messages) {}

  /**
   * @param claimed whether an account is a visitor's who has signed in
   */
  InMemoryConversations(
      SharedLock lock, InMemoryUsage usage, InMemoryAudit audited, Predicate<AccountId> claimed) {
    this.lock = lock;
    this.usage = usage;
    this.audited = audited;
    this.claimed = claimed;
  }

  @Override
  public AppendResult append(MessageAppend append) {
    return lock.hold(() -> {
      if (claimed.test(append.owner().account())) {
        return Refused.because(Reason.CLAIMED);
      }
      Optional<Added> before = append.key().map(key -> keys.get(new KeyOf(append.owner(), key)));
      if (before.isPresent()) {
        return before.get().fingerprint().equals(append.fingerprint())
            ? new Stored(
                Objects.requireNonNull(kept.get(before.get().conversationId())).conversation,
                before.get().messages(),
                Optional.empty(),
                true)
            : Refused.because(Reason.KEY_REUSED);
      }
      Optional<Kept> thread = owned(append.owner(), append.conversationId());
      return refusal(append, thread).orElseGet(() -> draw(append, thread));
    });
  }

  private Optional<AppendResult> refusal(MessageAppend append, Optional<Kept> thread) {
    if (append.newTitle().isEmpty()) {
      if (thread.isEmpty()) {
        return Optional.of(Refused.because(Reason.NOT_FOUND));
      }
      List<Message> stored = thread.get().messages;
      if (stored.size() + append.messages().size() > MAX_MESSAGES) {
        return Optional.of(Refused.because(Reason.FULL));
      }
      if (append.afterUser() && stored.get(stored.size() - 1).role() != MessageRole.USER) {
        return Optional.of(Refused.because(Reason.NOTHING_TO_ANSWER));
      }
    }
    return units(append).entrySet().stream()
        .filter(named -> !named.getKey().equals(drawnBy(append)))
        .filter(named -> !leaves(append, named.getKey(), named.getValue()))
        .findFirst()
        .map(named -> new Refused(Reason.NOT_CONSUMED, Optional.of(named.getKey())));
  }

  private static String drawnBy(MessageAppend append) {
    return append.debit().map(UsageDebit::id).orElse("");
  }

  private static Map<String, Long> units(MessageAppend append) {
    return append.messages().stream()
        .flatMap(message -> message.consumptionId().stream())
        .collect(Collectors.groupingBy(id -> id, Collectors.counting()));
  }

  private boolean leaves(MessageAppend append, String consumptionId, long units) {
    return usage
        .find(append.owner().account(), append.feature(), consumptionId)
        .filter(consumption -> consumption.releasedAt().isEmpty())
        .filter(
            consumption -> covered.getOrDefault(consumptionId, 0L) + units <= consumption.amount())
        .isPresent();
  }

  private AppendResult draw(MessageAppend append, Optional<Kept> before) {
    Optional<Consumption> consumption = Optional.empty();
    if (append.debit().isPresent()) {
      DebitResult result = usage.consume(List.of(append.debit().get())).get(0);
      if (!(result instanceof DebitResult.Granted granted)) {
        return Refused.because(result instanceof DebitResult.Denied ? Reason.DENIED : Reason.STALE);
      }
      consumption = Optional.of(granted.consumption());
    }
    units(append).forEach((id, units) -> covered.merge(id, units, Long::sum));
    Kept thread = before.orElseGet(() -> new Kept(new Conversation(
        append.conversationId(),
        append.owner(),
        append.newTitle().orElseThrow(),
        0,
        append.at(),
        append.at(),
        Optional.empty())));
    kept.put(append.conversationId(), thread);
    long earlier = thread.messages.size();
    List<Message> added =
        append.messages().stream().map(message -> message.after(earlier)).toList();
    thread.messages.addAll(added);
    Conversation was = thread.conversation;
    thread.conversation = new Conversation(
        was.id(),
        was.owner(),
        was.title(),
        thread.messages.size(),
        was.createdAt(),
        append.at().isAfter(was.updatedAt()) ? append.at() : was.updatedAt(),
        was.archivedAt());
    append
        .key()
        .ifPresent(key -> keys.put(
            new KeyOf(append.owner(), key), new Added(append.fingerprint(), was.id(), added)));
    return new Stored(thread.conversation, added, consumption, false);
  }

  private Optional<Kept> owned(Owner owner, String id) {
    return Optional.ofNullable(kept.get(id))
        .filter(thread -> thread.conversation.owner().equals(owner));
  }

  @Override
  public Optional<Conversation> find(Owner owner, String id) {
    return lock.hold(() -> owned(owner, id).map(thread -> thread.conversation));
  }

  @Override
  public List<Conversation> list(Owner owner, boolean archived, Optional<String> after, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> {
      Optional<Kept> last = after.flatMap(id -> owned(owner, id));
      if (after.isPresent() && last.isEmpty()) {
        return List.of();
      }
      return kept.values().stream()
          .filter(thread -> thread.conversation.owner().equals(owner))
          .filter(thread -> thread.conversation.archivedAt().isPresent() == archived)
          .filter(
              thread -> last.map(end -> LATEST_FIRST.compare(thread, end) > 0).orElse(true))
          .sorted(LATEST_FIRST)
          .limit(limit)
          .map(thread -> thread.conversation)
          .toList();
    });
  }

  @Override
  public Optional<ConversationWindow> window(
      Owner owner, String id, OptionalLong before, WindowSize size) {
    return lock.hold(() -> owned(owner, id)
        .map(one ->
            ConversationWindow.of(one.conversation, last(one.messages, before, size), before)));
  }

  private static List<Message> last(List<Message> stored, OptionalLong before, WindowSize size) {
    int end = (int) Math.min(before.orElse(Long.MAX_VALUE) - 1, stored.size());
    int start = end;
    long tokens = 0;
    while (start > 0 && end - start < size.messages()) {
      tokens += stored.get(start - 1).tokens();
      if (tokens > size.tokens().orElse(Long.MAX_VALUE)) {
        break;
      }
      start--;
    }
    return List.copyOf(stored.subList(start, end));
  }

  @Override
  public Optional<Conversation> update(
      Owner owner, String id, Optional<String> title, Optional<Boolean> archived, Instant now) {
    return lock.hold(() -> owned(owner, id).map(thread -> {
      Conversation was = thread.conversation;
      thread.conversation = new Conversation(
          was.id(),
          was.owner(),
          title.orElse(was.title()),
          was.messages(),
          was.createdAt(),
          was.updatedAt(),
          archived.isEmpty()
              ? was.archivedAt()
              : archived.get() ? Optional.of(was.archivedAt().orElse(now)) : Optional.empty());
      return thread.conversation;
    }));
  }

  @Override
  public boolean delete(Owner owner, String id, AuditEntry audit) {
    return audited.entering(audit, deleted -> deleted, () -> {
      boolean there = owned(owner, id).isPresent();
      if (there) {
        remove(id);
      }
      return there;
    });
  }

  private void remove(String id) {
    kept.remove(id);
    keys.values().removeIf(added -> added.conversationId().equals(id));
  }

  @Override
  public int prune(Optional<Instant> before, Instant visitorsBefore, int limit) {
    return lock.hold(() -> {
      List<String> old = kept.values().stream()
          .sorted(LATEST_FIRST.reversed())
          .map(thread -> thread.conversation)
          .filter(conversation -> before
                  .filter(conversation.updatedAt()::isBefore)
                  .isPresent()
              || (conversation.owner().account().value().startsWith(AnonymousSessionStore.PREFIX)
                  && conversation.updatedAt().isBefore(visitorsBefore)))
          .limit(limit)
          .map(Conversation::id)
          .toList();
      old.forEach(this::remove);
      return old.size();
    });
  }

  /** Makes what a visitor said the claimer's; the store's lock is held. */
  void move(AccountId visitor, Owner to) {
    Owner from = Owner.of(visitor);
    kept.values().stream()
        .filter(thread -> thread.conversation.owner().equals(from))
        .forEach(thread -> thread.conversation = ofOwner(thread.conversation, to));
    List<KeyOf> own =
        keys.keySet().stream().filter(key -> key.owner().equals(from)).toList();
    for (KeyOf key : own) {
      Added added = keys.remove(key);
      if (added != null) {
        keys.putIfAbsent(new KeyOf(to, key.key()), added);
      }
    }
  }

  private static Conversation ofOwner(Conversation was, Owner owner) {
    return new Conversation(
        was.id(),
        owner,
        was.title(),
        was.messages(),
        was.createdAt(),
        was.updatedAt(),
        was.archivedAt());
  }
}
