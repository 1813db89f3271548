package com.tatame.billing.testkit.eventorder;

/** How often the provider lets itself be asked. */
public enum Reads {
  /** Not at all before the story is over: until then events alone must do. */
  NONE_UNTIL_THE_END,
  /** Once a second of wall time; more is refused with 429. */
  ONE_A_SECOND,
  UNLIMITED
}
