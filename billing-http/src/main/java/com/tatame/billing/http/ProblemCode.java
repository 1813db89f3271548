package com.tatame.billing.http;

import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.IdentityUnavailable;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.RateLimited;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.failure.ValidationFailed.FieldError;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The one table from failures to HTTP. */
enum ProblemCode {
  VALIDATION_FAILED(400, "The request is not valid"),
  INVALID_SIGNATURE(400, "The webhook can't be trusted"),
  UNAUTHENTICATED(401, "Sign in first"),
  LIMIT_REACHED(402, "The plan gives no more of it"),
  PAYMENT_DECLINED(402, "The payment was declined"),
  FORBIDDEN(403, "Not allowed"),
  NOT_FOUND(404, "Not found"),
  METHOD_NOT_ALLOWED(405, "The path doesn't know this method"),
  CONFLICT(409, "The present state forbids it"),
  IN_PROGRESS(409, "It is under way"),
  POSSIBLE_DUPLICATE(409, "The same was done a moment ago"),
  IDEMPOTENCY_KEY_REUSED(409, "The Idempotency-Key was used before"),
  SUBSCRIPTION_EXISTS(409, "There is a subscription already"),
  LAST_PAYMENT_METHOD(409, "A subscription needs this payment method"),
  ALREADY_OWNED(409, "The item is owned already"),
  CURRENCY_FIXED(409, "The account pays in another currency"),
  QUOTE_STALE(409, "What was quoted no longer holds"),
  PROVIDER_REJECTED(409, "The payment provider refused"),
  REQUEST_TIMEOUT(408, "The request did not arrive in time"),
  CURSOR_RESET(410, "The cursor is of another history"),
  PAYLOAD_TOO_LARGE(413, "The body is too large"),
  URI_TOO_LONG(414, "The address is too long"),
  UNSUPPORTED_MEDIA_TYPE(415, "The body has the wrong media type"),
  EXPECTATION_FAILED(417, "The expectation can't be met"),
  RATE_LIMITED(429, "Too many requests"),
  HEADERS_TOO_LARGE(431, "The headers are too large"),
  INTERNAL_ERROR(500, "Something went wrong"),
  SERVER_BUSY(503, "The server is busy"),
  PROVIDER_UNAVAILABLE(503, "The payment provider can't be reached"),
  IDENTITY_UNAVAILABLE(503, "The identity provider can't be reached"),
  STORE_UNAVAILABLE(503, "The database can't be reached"),
  WRITES_PAUSED(503, "Nothing is written for a moment");

  private static final Duration STORE_RETRY = Duration.ofSeconds(5);
  private static final Duration PAUSE_RETRY = Duration.ofSeconds(2);
  private static final Duration BUSY_RETRY = Duration.ofSeconds(1);

  private final int status;
  private final String title;

  ProblemCode(int status, String title) {
    this.status = status;
    this.title = title;
  }

  /** The name on the wire. */
  String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  int status() {
    return status;
  }

  String title() {
    return title;
  }

  /** A problem of this kind. */
  Answer answer(String requestId, String detail) {
    return Answer.problem(document(requestId, detail, List.of(), Map.of()));
  }

  /** The answer to a failure that the product reports. */
  static Answer of(BillingException failure, String requestId) {
    ProblemCode code = of(failure.code());
    Answer answer = Answer.problem(code.document(
        requestId, PublicFailureDetail.detail(failure), errors(failure), details(failure)));
    if (code == UNAUTHENTICATED) {
      return answer.with("WWW-Authenticate", "Bearer");
    }
    boolean waits = Answer.isTemporary(code.status) || code == IN_PROGRESS;
    return waits ? answer.with("Retry-After", retryAfter(failure)) : answer;
  }

  /** The problem that stands for a status of a server or of a host's handler, if one does. */
  static Optional<ProblemCode> ofStatus(int status) {
    return Arrays.stream(values()).filter(code -> code.status == status).findFirst();
  }

  /** The answer to a request that the HTTP server itself refuses with this status. */
  static Answer ofServer(int refusal, String requestId) {
    // A version or an encoding that the server doesn't know is a mistake of the client's.
    boolean internal = refusal >= 500 && refusal != 501 && refusal != 505;
    ProblemCode code = ofStatus(refusal).orElse(internal ? INTERNAL_ERROR : VALIDATION_FAILED);
    return Answer.problem(code.document(refusal, requestId, code.ofServer(), List.of(), Map.of()));
  }

  private String ofServer() {
    return switch (this) {
      case REQUEST_TIMEOUT -> "Send it again, on a connection that is fast enough.";
      case PAYLOAD_TOO_LARGE -> "No route takes a body of this size.";
      case URI_TOO_LONG -> "Send a shorter path and query.";
      case EXPECTATION_FAILED -> "Send no Expect header, or 100-continue.";
      case HEADERS_TOO_LARGE -> "Send fewer or shorter headers.";
      case SERVER_BUSY -> "It was not read. Send it again after the time in Retry-After.";
      case NOT_FOUND -> "There is nothing at this path.";
      case INTERNAL_ERROR -> "Repeat the request or ask for help.";
      default -> "The server could not read it. Check its first line, its headers and its path.";
    };
  }

  private Problem document(
      String requestId,
      String detail,
      List<FieldError> errors,
      Map<String, @Nullable Object> details) {
    return document(status, requestId, detail, errors, details);
  }

  private Problem document(
      int sent,
      String requestId,
      String detail,
      List<FieldError> errors,
      Map<String, @Nullable Object> details) {
    return new Problem(
        "urn:tatame:billing:problem:" + code(),
        title,
        sent,
        detail,
        code(),
        requestId,
        errors,
        details);
  }

  private static ProblemCode of(String code) {
    for (ProblemCode candidate : values()) {
      if (candidate.code().equals(code)) {
        return candidate;
      }
    }
    throw new IllegalStateException("No HTTP status for the failure " + code);
  }

  private static List<FieldError> errors(BillingException failure) {
    if (failure instanceof ValidationFailed invalid) {
      return invalid.errors();
    }
    return List.of();
  }

  private static Map<String, @Nullable Object> details(BillingException failure) {
    if (failure instanceof Conflict conflict) {
      return conflict
          .existingId()
          .<Map<String, @Nullable Object>>map(id -> Map.of(existing(of(conflict.code())), id))
          .orElse(Map.of());
    }
    return PublicFailureDetail.details(failure);
  }

  /** The member that names the object in the way. */
  private static String existing(ProblemCode code) {
    return switch (code) {
      case POSSIBLE_DUPLICATE -> "refundId";
      case ALREADY_OWNED -> "purchaseId";
      case CURRENCY_FIXED -> "currency";
      default -> "subscriptionId";
    };
  }

  private static String retryAfter(BillingException failure) {
    Duration wait = switch (of(failure.code())) {
      case WRITES_PAUSED -> PAUSE_RETRY;
      case SERVER_BUSY -> BUSY_RETRY;
      default -> STORE_RETRY;
    };
    if (failure instanceof ProviderUnavailable provider) {
      wait = provider.retryAfter();
    } else if (failure instanceof IdentityUnavailable identity) {
      wait = identity.retryAfter();
    } else if (failure instanceof RateLimited limited) {
      wait = limited.retryAfter();
    } else if (failure instanceof Conflict conflict) {
      wait = conflict.retryAfter().orElse(wait);
    }
    return Long.toString(Math.max(1, wait.toSeconds()));
  }
}
