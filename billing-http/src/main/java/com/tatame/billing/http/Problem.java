package com.tatame.billing.http;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.tatame.billing.failure.ValidationFailed.FieldError;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A problem document (RFC 9457).
 *
 * @param code stable and machine-readable
 * @param errors empty unless fields are at fault
 * @param details further members that belong to the code
 */
record Problem(
    @Doc("Identifies the kind of problem.") String type,
    @Doc("The kind of problem in words.") String title,
    @Doc("The HTTP status.") int status,
    @Doc("What happened this time and what to do.") String detail,

    @Doc(value = "Stable name of the problem.", example = "validation_failed")
    String code,

    @Doc("As in the X-Request-ID header; name it when you ask for help.")
    String requestId,

    @Doc("The fields at fault; empty if none is.") List<FieldError> errors,
    @JsonAnyGetter Map<String, @Nullable Object> details) {}
