package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.anonymous.AnonymousSession;
import com.tatame.billing.anonymous.AnonymousSessionStore;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.checkin.CheckIn;
import com.tatame.billing.checkin.CheckInFilter;
import com.tatame.billing.checkin.CheckInPeriod;
import com.tatame.billing.checkin.CheckInStore;
import com.tatame.billing.conversation.AppendResult;
import com.tatame.billing.conversation.AppendResult.Reason;
import com.tatame.billing.conversation.AppendResult.Refused;
import com.tatame.billing.conversation.AppendResult.Stored;
import com.tatame.billing.conversation.Conversation;
import com.tatame.billing.conversation.ConversationStore;
import com.tatame.billing.conversation.ConversationWindow;
import com.tatame.billing.conversation.Message;
import com.tatame.billing.conversation.MessageAppend;
import com.tatame.billing.conversation.WindowSize;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Stores that break one rule about conversations and check-ins each. */
@SuppressWarnings("unchecked") // Arguments of the ports' methods come untyped through a proxy.
final class BadConversations {
  private BadConversations() {}

  /** Changes how messages are added. */
  abstract static class Appending extends ForwardingStore {
    abstract AppendResult append(MessageAppend append);

    @Override
    public ConversationStore conversations() {
      return spoil(
          ConversationStore.class,
          good.conversations(),
          Map.of("append", args -> append((MessageAppend) args[0])));
    }
  }

  static MessageAppend with(MessageAppend append, Optional<String> key, boolean afterUser) {
    return new MessageAppend(
        append.owner(),
        append.conversationId(),
        append.newTitle(),
        append.messages(),
        afterUser,
        append.feature(),
        key,
        append.fingerprint(),
        append.debit(),
        append.at());
  }

  static MessageAppend uncounted(MessageAppend append) {
    return new MessageAppend(
        append.owner(),
        append.conversationId(),
        append.newTitle(),
        append.messages().stream()
            .map(message -> new Message(
                message.id(),
                message.position(),
                message.role(),
                message.content(),
                message.tokens(),
                message.metadata(),
                Optional.empty(),
                message.createdAt()))
            .toList(),
        append.afterUser(),
        append.feature(),
        append.key(),
        append.fingerprint(),
        Optional.empty(),
        append.at());
  }

  /** The unit is taken by another commit, after the one that stores. */
  static class StoresBeforeItCounts extends Appending {
    @Override
    AppendResult append(MessageAppend append) {
      AppendResult result = good.conversations().append(uncounted(append));
      append.debit().ifPresent(debit -> good.usage().consume(List.of(debit)));
      return result;
    }
  }

  /** The unit is taken by another commit, before the one that stores. */
  static class CountsBeforeItStores extends Appending {
    @Override
    AppendResult append(MessageAppend append) {
      append.debit().ifPresent(debit -> good.usage().consume(List.of(debit)));
      return good.conversations().append(uncounted(append));
    }
  }

  static class TakesAKeyForANewRequest extends Appending {
    @Override
    AppendResult append(MessageAppend append) {
      return good.conversations().append(with(append, Optional.empty(), append.afterUser()));
    }
  }

  /** Takes some keys for one. */
  abstract static class MixingKeys extends Appending {
    private final Map<String, MessageAppend> first = new HashMap<>();

    abstract String key(Owner owner, String key);

    @Override
    AppendResult append(MessageAppend append) {
      return good.conversations()
          .append(append
              .key()
              .map(key -> first.computeIfAbsent(
                  append.owner().account() + " " + key(append.owner(), key), same -> append))
              .orElse(append));
    }
  }

  static class MixesKeysOfMembers extends MixingKeys {
    @Override
    String key(Owner owner, String key) {
      return key;
    }
  }

  /** Writes a member and its key together, so that two of them can be one. */
  static class JoinsMemberAndKey extends MixingKeys {
    @Override
    String key(Owner owner, String key) {
      return owner.member().orElse("") + ":" + key;
    }
  }

  static class AnswersAnswers extends Appending {
    @Override
    AppendResult append(MessageAppend append) {
      return good.conversations().append(with(append, append.key(), false));
    }
  }

  static class NumbersFromOne extends Appending {
    @Override
    AppendResult append(MessageAppend append) {
      AppendResult result = good.conversations().append(append);
      return result instanceof Stored stored
          ? new Stored(
              stored.conversation(), append.messages(), stored.consumption(), stored.again())
          : result;
    }
  }

  static class BelievesAnyConsumption extends Appending {
    @Override
    AppendResult append(MessageAppend append) {
      return append.debit().isEmpty()
          ? good.conversations().append(uncounted(append))
          : good.conversations().append(append);
    }
  }

  static class HasNoEnd extends Appending {
    @Override
    AppendResult append(MessageAppend append) {
      AppendResult result = good.conversations().append(append);
      return result.equals(Refused.because(Reason.FULL))
          ? new Stored(
              good.conversations().find(append.owner(), append.conversationId()).orElseThrow(),
              append.messages(),
              Optional.empty(),
              false)
          : result;
    }
  }

  /** What was said is found by its id alone. */
  static class HandsOutAnothersConversation extends ForwardingStore {
    private final Map<String, Owner> owners = new HashMap<>();

    @Override
    public ConversationStore conversations() {
      return spoil(
          ConversationStore.class,
          good.conversations(),
          Map.of(
              "append",
              args -> {
                MessageAppend append = (MessageAppend) args[0];
                owners.putIfAbsent(append.conversationId(), append.owner());
                return good.conversations().append(append);
              },
              "find",
              args -> good.conversations()
                  .find(owners.getOrDefault(args[1], (Owner) args[0]), (String) args[1])));
    }
  }

  /** Changes what is read of the end of conversations. */
  abstract static class Reading extends ForwardingStore {
    abstract Optional<ConversationWindow> read(
        Owner owner, String id, OptionalLong before, WindowSize size);

    @Override
    public ConversationStore conversations() {
      return spoil(
          ConversationStore.class,
          good.conversations(),
          Map.of(
              "window",
              args -> read((Owner) args[0], (String) args[1], (OptionalLong) args[2], (WindowSize)
                  args[3])));
    }
  }

  static class CutsTheWindowAtItsBeginning extends Reading {
    @Override
    Optional<ConversationWindow> read(
        Owner owner, String id, OptionalLong before, WindowSize size) {
      return good.conversations()
          .window(owner, id, before, new WindowSize(WindowSize.MAX_MESSAGES, size.tokens()))
          .map(whole -> ConversationWindow.of(
              whole.conversation(),
              whole.messages().stream().limit(size.messages()).toList(),
              before));
    }
  }

  static class ExceedsTheTokens extends Reading {
    @Override
    Optional<ConversationWindow> read(
        Owner owner, String id, OptionalLong before, WindowSize size) {
      return good.conversations()
          .window(owner, id, before, new WindowSize(size.messages(), OptionalLong.empty()));
    }
  }

  static class KnowsNothingEarlier extends Reading {
    @Override
    Optional<ConversationWindow> read(
        Owner owner, String id, OptionalLong before, WindowSize size) {
      return good.conversations()
          .window(owner, id, before, size)
          .map(end -> new ConversationWindow(end.conversation(), end.messages(), false));
    }
  }

  static class ListsTheFirstBegunFirst extends ForwardingStore {
    @Override
    public ConversationStore conversations() {
      return spoil(ConversationStore.class, good.conversations(), Map.of("list", args -> {
        List<Conversation> page = new ArrayList<>(good.conversations()
            .list((Owner) args[0], (boolean) args[1], (Optional<String>) args[2], (int) args[3]));
        Collections.reverse(page);
        return page;
      }));
    }
  }

  static class ForgetsTheArchive extends ForwardingStore {
    @Override
    public ConversationStore conversations() {
      return spoil(
          ConversationStore.class,
          good.conversations(),
          Map.of(
              "update",
              args -> good.conversations()
                  .update(
                      (Owner) args[0],
                      (String) args[1],
                      (Optional<String>) args[2],
                      Optional.empty(),
                      (Instant) args[4])));
    }
  }

  static class DeletesNothing extends ForwardingStore {
    @Override
    public ConversationStore conversations() {
      return spoil(
          ConversationStore.class,
          good.conversations(),
          Map.of(
              "delete",
              args ->
                  good.conversations().find((Owner) args[0], (String) args[1]).isPresent()));
    }
  }

  /** Units come back with what they were taken for. */
  static class GivesUnitsBackForTheDeleted extends ForwardingStore {
    @Override
    public ConversationStore conversations() {
      return spoil(ConversationStore.class, good.conversations(), Map.of("delete", args -> {
        Owner owner = (Owner) args[0];
        String id = (String) args[1];
        for (Message message : ConversationStoreContract.all(good, owner, id)) {
          message
              .consumptionId()
              .ifPresent(unit ->
                  good.usage().release(owner.account(), "ai_chat", unit, message.createdAt()));
        }
        return good.conversations().delete(owner, id, (AuditEntry) args[2]);
      }));
    }
  }

  static class PrunesNothing extends ForwardingStore {
    @Override
    public ConversationStore conversations() {
      return spoil(ConversationStore.class, good.conversations(), Map.of("prune", args -> 0));
    }
  }

  /** A visitor's conversations go to the organisation, and to none of its members. */
  static class ForgetsWhichMemberClaims extends ForwardingStore {
    @Override
    public AnonymousSessionStore anonymousSessions() {
      return spoil(
          AnonymousSessionStore.class,
          good.anonymousSessions(),
          Map.of(
              "claim",
              args -> good.anonymousSessions()
                  .claim(
                      (String) args[0],
                      Owner.of(((Owner) args[1]).account()),
                      (Instant) args[2],
                      AnAuditEntry.any())));
    }
  }

  /** Lets visitors say more, which is never found again, after they have signed in. */
  static class LetsTheClaimedGoOn extends Appending {
    @Override
    AppendResult append(MessageAppend append) {
      AppendResult result = good.conversations().append(append);
      if (!result.equals(Refused.because(Reason.CLAIMED))) {
        return result;
      }
      Instant at = append.at();
      return new Stored(
          new Conversation(
              append.conversationId(), append.owner(), "Title", 1, at, at, Optional.empty()),
          append.messages(),
          Optional.empty(),
          false);
    }
  }

  /** Keys stay the visitor's. */
  static class ForgetsTheVisitorsKeys extends Appending {
    private final Map<String, AccountId> keys = new HashMap<>();

    @Override
    AppendResult append(MessageAppend append) {
      boolean another = append
          .key()
          .filter(key -> !keys.computeIfAbsent(key, first -> append.owner().account())
              .equals(append.owner().account()))
          .isPresent();
      return good.conversations().append(another ? with(append, Optional.empty(), false) : append);
    }
  }

  /** Whose session it was matters to nothing that was said. */
  static class LeavesConversationsBehind extends ForwardingStore {
    private final Map<String, AnonymousSession> claimed = new HashMap<>();

    @Override
    public AnonymousSessionStore anonymousSessions() {
      return spoil(AnonymousSessionStore.class, good.anonymousSessions(), Map.of("claim", args -> {
        String hash = (String) args[0];
        AnonymousSession session = good.anonymousSessions().findByHash(hash).orElseThrow();
        AnonymousSession taken = new AnonymousSession(
            session.account(),
            session.createdAt(),
            session.expiresAt(),
            Optional.of(((Owner) args[1]).account()),
            Optional.of((Instant) args[2]));
        return Optional.of(claimed.computeIfAbsent(hash, first -> taken));
      }));
    }
  }

  static class NotesTwice extends ForwardingStore {
    @Override
    public CheckInStore checkIns() {
      return spoil(CheckInStore.class, good.checkIns(), Map.of("add", args -> {
        CheckIn wanted = (CheckIn) args[0];
        boolean there = good.checkIns().find(wanted.owner(), wanted.id()).isPresent();
        return good.checkIns().add(there ? under(wanted, Ids.next("chk")) : wanted, (int) args[1]);
      }));
    }
  }

  private static CheckIn under(CheckIn checkIn, String id) {
    return new CheckIn(
        id,
        checkIn.owner(),
        checkIn.kind(),
        checkIn.occurredAt(),
        checkIn.answers(),
        checkIn.score(),
        checkIn.note(),
        checkIn.createdAt());
  }

  static class ForgetsAnswers extends ForwardingStore {
    @Override
    public CheckInStore checkIns() {
      return spoil(CheckInStore.class, good.checkIns(), Map.of("add", args -> {
        CheckIn wanted = (CheckIn) args[0];
        return good.checkIns()
            .add(
                new CheckIn(
                    wanted.id(),
                    wanted.owner(),
                    wanted.kind(),
                    wanted.occurredAt(),
                    Map.of(),
                    wanted.score(),
                    wanted.note(),
                    wanted.createdAt()),
                (int) args[1]);
      }));
    }
  }

  static class HasRoomForAny extends ForwardingStore {
    @Override
    public CheckInStore checkIns() {
      return spoil(
          CheckInStore.class,
          good.checkIns(),
          Map.of("add", args -> good.checkIns().add((CheckIn) args[0], Integer.MAX_VALUE)));
    }
  }

  /** Says of whatever it is asked to add that it is new. */
  static class TakesARepetitionForNew extends ForwardingStore {
    @Override
    public CheckInStore checkIns() {
      return spoil(
          CheckInStore.class,
          good.checkIns(),
          Map.of(
              "add",
              args -> good.checkIns()
                  .add((CheckIn) args[0], (int) args[1])
                  .map(added -> new CheckInStore.Added(added.checkIn(), false))));
    }
  }

  static class ListsEveryKind extends ForwardingStore {
    @Override
    public CheckInStore checkIns() {
      return spoil(CheckInStore.class, good.checkIns(), Map.of("list", args -> {
        CheckInFilter asked = (CheckInFilter) args[1];
        return good.checkIns()
            .list(
                (Owner) args[0],
                new CheckInFilter(Optional.empty(), asked.from(), asked.until()),
                (Optional<String>) args[2],
                (int) args[3]);
      }));
    }
  }

  static class KnowsTheFirstForTheLatest extends ForwardingStore {
    @Override
    public CheckInStore checkIns() {
      return spoil(CheckInStore.class, good.checkIns(), Map.of("latest", args -> {
        Map<String, CheckIn> first = new HashMap<>();
        good.checkIns()
            .list((Owner) args[0], CheckInFilter.ALL, Optional.empty(), 101)
            .forEach(checkIn -> first.put(checkIn.kind(), checkIn));
        return first.values().stream()
            .sorted(Comparator.comparing(CheckIn::kind))
            .toList();
      }));
    }
  }

  static class CountsPeriodsInUtc extends ForwardingStore {
    @Override
    public CheckInStore checkIns() {
      return spoil(
          CheckInStore.class,
          good.checkIns(),
          Map.of("series", args -> series((Owner) args[0], args, ZoneOffset.UTC)));
    }

    private List<CheckInPeriod> series(Owner owner, Object[] args, ZoneId zone) {
      return good.checkIns()
          .series(owner, (CheckInFilter) args[1], (CheckInPeriod.Length) args[2], zone);
    }
  }

  static class HandsOutAnothersCheckIn extends ForwardingStore {
    private final Map<String, Owner> owners = new HashMap<>();

    @Override
    public CheckInStore checkIns() {
      return spoil(
          CheckInStore.class,
          good.checkIns(),
          Map.of(
              "add",
              args -> {
                CheckIn noted = (CheckIn) args[0];
                owners.put(noted.id(), noted.owner());
                return good.checkIns().add(noted, (int) args[1]);
              },
              "find",
              args -> good.checkIns()
                  .find(owners.getOrDefault(args[1], (Owner) args[0]), (String) args[1])));
    }
  }

  static class KeepsTheDeleted extends ForwardingStore {
    @Override
    public CheckInStore checkIns() {
      return spoil(
          CheckInStore.class,
          good.checkIns(),
          Map.of(
              "delete",
              args -> good.checkIns().find((Owner) args[0], (String) args[1]).isPresent()));
    }
  }

  static class KeepsTheOld extends ForwardingStore {
    @Override
    public CheckInStore checkIns() {
      return spoil(CheckInStore.class, good.checkIns(), Map.of("prune", args -> 0));
    }
  }
}
