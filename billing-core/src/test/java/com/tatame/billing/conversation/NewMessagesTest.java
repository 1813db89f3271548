package com.tatame.billing.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.failure.ValidationFailed;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NewMessagesTest {
  @Test
  void titleIsTheFirstWordsOfWhatTheUserSays() {
    assertThat(titleOf("  How do I\n sleep better?  ")).isEqualTo("How do I sleep better?");
    assertThat(titleOf("one two three four five six seven eight nine ten eleven twelve thirteen"))
        .isEqualTo("one two three four five six seven eight nine ten eleven…");
    assertThat(titleOf("x".repeat(100))).isEqualTo("x".repeat(60) + "…");
    // A character of two halves, of which only the first would fit.
    assertThat(titleOf("x".repeat(59) + "🙂".repeat(5))).isEqualTo("x".repeat(59) + "…");
    assertThat(NewMessages.toBegin(
                system("Be kind."), NewMessage.ofUser("Hello"), NewMessage.ofAssistant("Hi"))
            .titleOrFirstWords())
        .isEqualTo("Hello");
    assertThat(NewMessages.toBegin(system("Be kind.")).titleOrFirstWords()).isEqualTo("Be kind.");
  }

  private static String titleOf(String said) {
    return NewMessages.toBegin(NewMessage.ofUser(said)).titleOrFirstWords();
  }

  private static NewMessage system(String content) {
    return new NewMessage(
        MessageRole.SYSTEM, content, Optional.empty(), Map.of(), Optional.empty());
  }

  @Test
  void tokensAreEstimatedUnlessTheyAreTold() {
    assertThat(NewMessage.ofUser("a").tokensOrEstimate()).isEqualTo(1);
    assertThat(NewMessage.ofUser("abcd").tokensOrEstimate()).isEqualTo(1);
    assertThat(NewMessage.ofUser("abcde").tokensOrEstimate()).isEqualTo(2);
    assertThat(NewMessage.ofUser("🙂🙂🙂🙂").tokensOrEstimate()).isEqualTo(1);
    assertThat(new NewMessage(MessageRole.TOOL, "abcd", Optional.of(99), Map.of(), Optional.empty())
            .tokensOrEstimate())
        .isEqualTo(99);
  }

  @Test
  void fingerprintTellsAllThatIsAskedAndNothingElse() {
    NewMessages asked = NewMessages.toBegin(NewMessage.ofUser("Hello"));
    List<NewMessages> others = List.of(
        NewMessages.toBegin(NewMessage.ofUser("Hello!")),
        NewMessages.toBegin(NewMessage.ofAssistant("Hello")),
        NewMessages.toBegin(NewMessage.ofUser("Hello"), NewMessage.ofUser("Hello")),
        NewMessages.to("conv_1", NewMessage.ofUser("Hello")),
        new NewMessages(Optional.empty(), Optional.of("Title"), asked.messages(), Optional.empty()),
        NewMessages.toBegin(
            new NewMessage(MessageRole.USER, "Hello", Optional.of(2), Map.of(), Optional.empty())),
        NewMessages.toBegin(new NewMessage(
            MessageRole.USER, "Hello", Optional.empty(), Map.of("a", "b"), Optional.empty())),
        NewMessages.toBegin(new NewMessage(
            MessageRole.USER, "Hello", Optional.empty(), Map.of(), Optional.of("use_1"))));

    assertThat(others).extracting(NewMessages::fingerprint).doesNotHaveDuplicates();
    assertThat(others).noneMatch(other -> other.fingerprint().equals(asked.fingerprint()));
    assertThat(asked.once("key").fingerprint())
        .isEqualTo(asked.fingerprint())
        .doesNotContain("Hello");
  }

  @Test
  void boundsAreKeptAtTheirEdges() {
    NewMessage hello = NewMessage.ofUser("Hello");
    accepted(NewMessages.toBegin(NewMessage.ofUser("x".repeat(32_000))));
    refused(NewMessages.toBegin(NewMessage.ofUser("x".repeat(32_001))), "messages[0].content");
    refused(NewMessages.toBegin(NewMessage.ofUser("a\0b")), "messages[0].content");
    refused(NewMessages.toBegin(NewMessage.ofUser("half \uD83D")), "messages[0].content");
    accepted(many(hello, 50));
    refused(many(hello, 51), "messages");
    refused(many(hello, 0), "messages");
    accepted(titled("x".repeat(200)));
    refused(titled("x".repeat(201)), "title");
    refused(
        new NewMessages(
            Optional.of("conv_1"), Optional.of("Title"), List.of(hello), Optional.empty()),
        "title");
    refused(NewMessages.toBegin(hello).once(" "), "idempotencyKey");
    accepted(with(Optional.of(1_000_000), Map.of("k".repeat(40), "v".repeat(500))));
    refused(with(Optional.of(1_000_001), Map.of()), "messages[0].tokens");
    refused(with(Optional.of(-1), Map.of()), "messages[0].tokens");
    refused(with(Optional.empty(), Map.of("k".repeat(41), "")), "messages[0].metadata");
    refused(with(Optional.empty(), Map.of("k", "v".repeat(501))), "messages[0].metadata");
  }

  private static NewMessages many(NewMessage message, int count) {
    return new NewMessages(
        Optional.empty(), Optional.empty(), Collections.nCopies(count, message), Optional.empty());
  }

  private static NewMessages titled(String title) {
    return new NewMessages(
        Optional.empty(),
        Optional.of(title),
        List.of(NewMessage.ofUser("Hello")),
        Optional.empty());
  }

  private static NewMessages with(Optional<Integer> tokens, Map<String, String> metadata) {
    return NewMessages.toBegin(
        new NewMessage(MessageRole.USER, "Hello", tokens, metadata, Optional.empty()));
  }

  private static void accepted(NewMessages messages) {
    messages.require(MessageAuthor.APPLICATION);
  }

  private static void refused(NewMessages messages, String field) {
    assertThatThrownBy(() -> messages.require(MessageAuthor.APPLICATION))
        .isInstanceOfSatisfying(
            ValidationFailed.class,
            refusal -> assertThat(refusal.errors())
                .extracting(ValidationFailed.FieldError::field)
                .containsExactly(field));
  }
}
