package com.tatame.billing.observation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Something learnt about one object: from an event's snapshot, from a read, or from the answer to
 * our own command.
 *
 * @param asOf when it was true: the event's creation, or the provider's clock at the read
 * @param eventId the event that brought it, if one did
 * @param facts what the event says that happened, beside what the object itself states
 * @param commandId our command that caused the event, if the event names it
 */
public record Observation(
    ObjectRef object,
    SubjectId subject,
    Source source,
    Instant asOf,
    Content content,
    Optional<String> eventId,
    List<Fact> facts,
    Optional<String> commandId) {
  public Observation {
    facts = List.copyOf(facts);
  }

  /** One that states no facts beside its object. */
  public Observation(
      ObjectRef object,
      SubjectId subject,
      Source source,
      Instant asOf,
      Content content,
      Optional<String> eventId) {
    this(object, subject, source, asOf, content, eventId, List.of(), Optional.empty());
  }

  /** Where it comes from, which decides how far it can be trusted against what is stored. */
  public enum Source {
    /** A copy that travelled with an event: it may be late, doubled or out of order. */
    SNAPSHOT,
    /** The provider's own answer to a question asked after the subject's version was loaded. */
    READ
  }

  /** What was seen. */
  public sealed interface Content {}

  /** The object with this state. */
  public record Present(ProviderObject state) implements Content {}

  /** The object is deleted, or the provider doesn't know it. */
  public record Gone() implements Content {}

  /** A shape that this version can't read; only a read can tell what is true. */
  public record Unreadable(String reason) implements Content {}

  /** Something else became known that this object has part in; only a read tells what it is now. */
  public record Touched() implements Content {}

  public static Observation snapshot(ProviderObject state, Instant asOf, String eventId) {
    return new Observation(
        state.ref(),
        state.subject(),
        Source.SNAPSHOT,
        asOf,
        new Present(state),
        Optional.of(eventId));
  }

  public static Observation read(ProviderObject state, Instant asOf) {
    return new Observation(
        state.ref(), state.subject(), Source.READ, asOf, new Present(state), Optional.empty());
  }

  /** A read that found nothing, or a deleted object. */
  public static Observation absent(ObjectRef object, SubjectId subject, Instant asOf) {
    return new Observation(object, subject, Source.READ, asOf, new Gone(), Optional.empty());
  }

  /** An event that tells of a deletion. */
  public static Observation deleted(
      ObjectRef object, SubjectId subject, Instant asOf, String eventId) {
    return new Observation(
        object, subject, Source.SNAPSHOT, asOf, new Gone(), Optional.of(eventId));
  }

  public static Observation unreadable(
      ObjectRef object, SubjectId subject, Instant asOf, String reason, String eventId) {
    return new Observation(
        object, subject, Source.SNAPSHOT, asOf, new Unreadable(reason), Optional.of(eventId));
  }

  /** An event about something else that this object has part in. */
  public static Observation touched(
      ObjectRef object, SubjectId subject, Instant asOf, String eventId) {
    return new Observation(
        object, subject, Source.SNAPSHOT, asOf, new Touched(), Optional.of(eventId));
  }

  /** The same with the facts that its event states, and the command that caused the event. */
  public Observation stating(List<Fact> stated, Optional<String> command) {
    return new Observation(object, subject, source, asOf, content, eventId, stated, command);
  }

  /** The state that was seen, unless the object is gone, was only touched or could not be read. */
  public Optional<ProviderObject> state() {
    return content instanceof Present present ? Optional.of(present.state()) : Optional.empty();
  }
}
