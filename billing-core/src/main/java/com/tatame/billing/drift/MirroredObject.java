package com.tatame.billing.drift;

import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;
import java.util.List;
import java.util.Optional;

/**
 * A mirrored object as the store keeps it, without its state.
 *
 * @param subject whose object it is, as it is stored
 * @param withCustomer whether the comparison of its customer compares it, too
 * @param copies columns that repeat what stands elsewhere in the store, and don't agree with it
 */
public record MirroredObject(
    ObjectRef object, SubjectId subject, boolean withCustomer, List<Copy> copies) {
  public MirroredObject {
    copies = List.copyOf(copies);
  }

  /**
   * A column that doesn't hold what follows from other columns.
   *
   * @param stored as it is; empty for null
   * @param derived as it follows; empty for null
   */
  public record Copy(String column, Optional<String> stored, Optional<String> derived) {}
}
