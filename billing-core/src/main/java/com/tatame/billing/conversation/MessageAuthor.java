package com.tatame.billing.conversation;

/** Who adds messages, and so how far they are believed. */
public enum MessageAuthor {
  /**
   * The person or the person's device. It writes for {@code user}, and answers each such message by at
   * most one {@code assistant}: nothing that steers the model's next answer.
   */
  USER,
  /** The application's own backend, which may write for every role and knows the tokens. */
  APPLICATION
}
