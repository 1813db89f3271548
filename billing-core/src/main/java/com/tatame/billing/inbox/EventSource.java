package com.tatame.billing.inbox;

import com.tatame.billing.observation.Observation;
import java.util.List;
import java.util.Optional;

/** Role of the provider: events as they arrive. */
public interface EventSource {
  /** What an event means. */
  sealed interface Translation {}

  /** It tells something about these objects, all of one subject. */
  record Observed(List<Observation> observations) implements Translation {}

  /** It is nothing to us. */
  record Irrelevant(String reason) implements Translation {}

  /** It can't be understood, now or later. */
  record Malformed(String reason) implements Translation {}

  /**
   * Checks the signature over the raw bytes and reads the envelope.
   *
   * @throws com.tatame.billing.failure.InvalidSignature for whatever can't be trusted: signature,
   *     timestamp (too old or too far ahead of wall time), header, body
   */
  ReceivedEvent verify(byte[] body, String signatureHeader);

  /**
   * Reads the envelope of an event that a trusted program has kept, and whose signature can't be
   * checked any more.
   *
   * @param payload the whole event, as it was kept
   * @return empty if it is no event
   */
  Optional<ReceivedEvent> kept(String payload);

  /**
   * Reads a stored payload, whatever version it was written in.
   *
   * @param payload as stored
   * @return never throws for what a payload may hold
   */
  Translation translate(String payload);
}
