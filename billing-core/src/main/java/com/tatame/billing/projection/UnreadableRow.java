package com.tatame.billing.projection;

import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;

/**
 * A stored row holds what this version can't read. Events of its subject fail until it is replaced,
 * which the comparison with the provider does.
 */
public final class UnreadableRow extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private final transient ObjectRef object;
  private final transient SubjectId subject;
  private final long version;

  /**
   * Makes the failure of one load.
   *
   * @param subject that was loaded
   * @param version of this subject, as a commit must find it
   */
  public UnreadableRow(ObjectRef object, SubjectId subject, long version, Throwable cause) {
    super("the stored " + object.kind().code() + " " + object.id() + " can't be read", cause);
    this.object = object;
    this.subject = subject;
    this.version = version;
  }

  public ObjectRef object() {
    return object;
  }

  public SubjectId subject() {
    return subject;
  }

  public long version() {
    return version;
  }
}
