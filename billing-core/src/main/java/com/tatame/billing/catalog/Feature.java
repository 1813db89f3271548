package com.tatame.billing.catalog;

/** Something that a plan gives or withholds. */
public sealed interface Feature {
  /** On or off. */
  record Flag(boolean included) implements Feature {}
}
