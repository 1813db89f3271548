package com.tatame.billing.outbox;

/** Receives the entries of all accounts' streams: each at least once, those of one account in order. */
@FunctionalInterface
public interface EventHandler {
  /**
   * Takes one entry. Accounts come in parallel, the entries of one account one after the other.
   *
   * @throws Exception if it was not taken: it comes again later, and the account's next entries wait
   *     for it
   */
  void handle(PublishedEvent event) throws Exception;
}
