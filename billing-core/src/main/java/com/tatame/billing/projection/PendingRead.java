package com.tatame.billing.projection;

import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;
import java.time.Instant;

/** An object that only a read of the provider can settle, and since when. */
public record PendingRead(
    ObjectRef object, SubjectId subject, ReadPriority priority, Instant since) {}
