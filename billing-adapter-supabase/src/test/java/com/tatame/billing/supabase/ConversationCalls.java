package com.tatame.billing.supabase;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.checkin.CheckIn;
import com.tatame.billing.checkin.CheckInFilter;
import com.tatame.billing.checkin.CheckInPeriod.Length;
import com.tatame.billing.conversation.Message;
import com.tatame.billing.conversation.MessageAppend;
import com.tatame.billing.conversation.MessageRole;
import com.tatame.billing.conversation.WindowSize;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.supabase.PortCalls.PortCall;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** The part of the story in which a user talks to the assistant, and notes how the day was. */
final class ConversationCalls {
  private static final String CONVERSATION = "conv_1";
  private static final String CHECK_IN = "chk_1";

  private final List<PortCall> calls = new ArrayList<>();
  private final Owner owner;
  private final Instant now;
  private final AuditEntry audit;

  private ConversationCalls(AccountId account, Instant now, AuditEntry audit) {
    this.owner = new Owner(account, Optional.of("member_1"));
    this.now = now;
    this.audit = audit;
  }

  static List<PortCall> of(AccountId account, Instant now, AuditEntry audit) {
    ConversationCalls story = new ConversationCalls(account, now, audit);
    story.conversation();
    story.checkIns();
    return story.calls;
  }

  private void then(String function, Function<BillingStore, Object> answer) {
    calls.add(new PortCall(function, answer));
  }

  private void conversation() {
    then(
        "append_messages_v1",
        store -> store.conversations().append(said("msg_1", Optional.of("How am I?"))));
    then(
        "append_messages_v1",
        store -> store.conversations().append(said("msg_2", Optional.empty())));
    then("find_conversation_v1", store -> store.conversations().find(owner, CONVERSATION));
    then(
        "list_conversations_v1",
        store -> store.conversations().list(owner, false, Optional.empty(), 10));
    then(
        "conversation_window_v1",
        store -> store
            .conversations()
            .window(
                owner,
                CONVERSATION,
                OptionalLong.empty(),
                new WindowSize(10, OptionalLong.of(100))));
    then(
        "update_conversation_v1",
        store -> store
            .conversations()
            .update(owner, CONVERSATION, Optional.of("Me"), Optional.of(true), now));
    then(
        "delete_conversation_v1",
        store -> store.conversations().delete(owner, CONVERSATION, audit));
    then(
        "prune_conversations_v1",
        store -> store.conversations().prune(Optional.of(now.minusSeconds(60)), now, 10));
  }

  private MessageAppend said(String id, Optional<String> newTitle) {
    return new MessageAppend(
        owner,
        CONVERSATION,
        newTitle,
        List.of(new Message(
            id, 1, MessageRole.USER, "How am I?", 3, Map.of("k", "v"), Optional.empty(), now)),
        false,
        "ai_chat",
        Optional.of(id),
        "a request",
        Optional.empty(),
        now);
  }

  private void checkIns() {
    then(
        "add_check_in_v1",
        store -> store
            .checkIns()
            .add(
                new CheckIn(
                    CHECK_IN,
                    owner,
                    "mood",
                    now,
                    Map.of("slept", true),
                    Optional.of(BigDecimal.TEN),
                    Optional.of("well"),
                    now),
                10));
    then("find_check_in_v1", store -> store.checkIns().find(owner, CHECK_IN));
    then(
        "list_check_ins_v1",
        store -> store.checkIns().list(owner, CheckInFilter.ALL, Optional.empty(), 10));
    then("latest_check_ins_v1", store -> store.checkIns().latest(owner));
    then(
        "check_in_series_v1",
        store ->
            store.checkIns().series(owner, CheckInFilter.of("mood"), Length.WEEK, ZoneOffset.UTC));
    then("delete_check_in_v1", store -> store.checkIns().delete(owner, CHECK_IN, audit));
    then("prune_check_ins_v1", store -> store.checkIns().prune(now, 10));
  }
}
