package com.tatame.billing.move;

import com.tatame.billing.store.StoreMode;
import java.time.Instant;
import java.util.Optional;

/**
 * Where a move stands.
 *
 * @param source what it is doing
 * @param target what it is doing
 * @param rowsCopied of all tables
 * @param rowsFollowed changes that were brought over since
 * @param comparedAt when all rows were last found to be equal
 */
public record MoveStatus(
    Phase phase,
    StoreMode source,
    StoreMode target,
    long rowsCopied,
    long rowsFollowed,
    Optional<Instant> comparedAt) {
  /** What comes next is in the comment. */
  public enum Phase {
    /** Nothing was begun: copy. */
    NOT_BEGUN,
    /** Not all tables are copied: copy. */
    COPYING,
    /** All is copied, and changes are followed: verify, then cut over. */
    FOLLOWING,
    /** The source takes no writes and the target not yet: cut over once more, or roll back. */
    CUTTING_OVER,
    /** The target is at work; rolling back brings what it wrote since. */
    MOVED,
    /** The same on the way back: roll back once more. */
    ROLLING_BACK,
    /** The source is at work again and the target is kept up by following: cut over, or finish. */
    ROLLED_BACK,
    /** The target is at work and there is no way back. */
    FINISHED
  }
}
