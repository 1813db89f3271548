package com.tatame.billing.outbox;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Port: sends entries to addresses of others, signed as the Standard Webhooks specification says. */
public interface EventSender extends AutoCloseable {
  /**
   * One request.
   *
   * @param secrets each signs it; {@code whsec_} and Base64
   * @param id of the entry
   * @param body the entry as JSON
   */
  record Request(URI url, List<String> secrets, String id, String body, Instant at) {
    public Request {
      secrets = List.copyOf(secrets);
    }

    @Override
    public String toString() {
      return "Request[url=" + url + ", id=" + id + "]";
    }
  }

  /**
   * What came of it.
   *
   * @param status of the answer; empty if there was none
   * @param error why it was not received; empty for a status from 200 to 299
   */
  record Answer(Optional<Integer> status, Optional<String> error, Duration took) {}

  /** Why it doesn't send to such an address; empty if it does. */
  Optional<String> refuses(URI url);

  /** Sends it, and waits for the answer. It doesn't throw for what the other side does. */
  Answer send(Request request);

  @Override
  void close();
}
