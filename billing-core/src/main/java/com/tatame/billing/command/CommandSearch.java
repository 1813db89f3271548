package com.tatame.billing.command;

import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import java.util.Optional;

/** Reconciliation: how handlers find out, by reads alone, what became of a command. */
public final class CommandSearch {
  private final CommandTraces traces;
  private final ObjectReads reads;

  public CommandSearch(CommandTraces traces, ObjectReads reads) {
    this.traces = traces;
    this.reads = reads;
  }

  /**
   * For a command that makes an object with the command's id in its metadata. One that was deleted
   * since counts as not made.
   *
   * @param owner as {@link CommandTraces#made}
   */
  public CommandLookup made(Command command, Optional<String> owner) {
    ObjectKind kind = command.kind().object();
    Optional<ObjectRef> object = traces
        .made(kind, owner, command.id().value(), command.tracesSince())
        .or(() -> traces.changed(kind, command.idempotencyKey(), command.tracesSince()));
    return object
        .map(ref -> reads.read(ref, new SubjectId(owner.orElse(ref.id()))))
        .filter(present -> present.state().isPresent())
        .<CommandLookup>map(CommandLookup.Done::new)
        .orElseGet(CommandLookup.Absent::new);
  }

  /**
   * For a command that changes an object. If the object isn't as wanted, an event tells whether the
   * command was executed and something else came after it, which is not to be undone.
   *
   * @param present how the object is by now, a read
   * @param asWanted whether that is what the command wants
   */
  public CommandLookup changed(Command command, Observation present, boolean asWanted) {
    boolean executed = asWanted
        || traces
            .changed(present.object().kind(), command.idempotencyKey(), command.tracesSince())
            .filter(present.object()::equals)
            .isPresent();
    return executed ? new CommandLookup.Done(present) : new CommandLookup.Absent();
  }

  /** How the object that a command changes, its target, is by now. */
  public Observation read(Command command, Optional<SubjectId> subject) {
    return read(new ObjectRef(command.kind().object(), command.target()), subject);
  }

  /** How an object that a command names is by now. */
  public Observation read(ObjectRef object, Optional<SubjectId> subject) {
    return reads.read(object, subject.orElseGet(() -> new SubjectId(object.id())));
  }
}
