package com.tatame.billing.stripe;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.stripe.exception.ApiConnectionException;
import com.stripe.net.StripeResponse;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.PaymentDeclined;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ProviderUnavailable.Execution;
import com.tatame.billing.stripe.ProviderCallListener.Outcome;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * A call without a successful answer, and what that says about its effect. Stripe's own words are
 * left out of all messages, since they may quote what a customer typed; the request id leads to
 * them.
 */
final class FailedCall extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int NO_ANSWER = 0;
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final Duration AFTER_REPAIR = Duration.ofMinutes(1);
  private static final int MAX_RETRY_AFTER_DIGITS = 6;

  private final int status;
  private final boolean sent;
  private final transient @Nullable StripeResponse response;
  private final transient JsonObject error;

  private FailedCall(
      int status, boolean sent, @Nullable StripeResponse response, @Nullable Throwable cause) {
    super("no successful answer", cause);
    this.status = status;
    this.sent = sent;
    this.response = response;
    this.error = response == null
        ? new JsonObject()
        : StrictJson.object(response.body())
            .map(body -> body.get("error"))
            .filter(JsonElement::isJsonObject)
            .map(JsonElement::getAsJsonObject)
            .orElseGet(JsonObject::new);
  }

  static FailedCall answered(StripeResponse response) {
    return new FailedCall(response.code(), true, response, null);
  }

  static FailedCall unanswered(ApiConnectionException e) {
    return new FailedCall(NO_ANSWER, !beforeSending(e.getCause()), null, e);
  }

  private static boolean beforeSending(@Nullable Throwable cause) {
    return cause instanceof NotSent
        || cause instanceof ConnectException
        || cause instanceof HttpConnectTimeoutException
        || cause instanceof SSLHandshakeException;
  }

  /** Whether sending the same bytes again is safe and can help. */
  boolean worthRepeating(boolean read) {
    if (refusedHere()) {
      return false;
    }
    if (status == NO_ANSWER) {
      return read || !sent;
    }
    if (replayed() || header("Stripe-Should-Retry").filter("false"::equals).isPresent()) {
      return false;
    }
    return status == 429 || status == 409 || (read && status >= 500);
  }

  /** Whether it was not even tried, which says nothing about Stripe. */
  boolean refusedHere() {
    return getCause() != null && getCause().getCause() instanceof NotSent;
  }

  /** Whether nothing listens where Stripe should. */
  boolean refusedConnection() {
    return getCause() != null && getCause().getCause() instanceof ConnectException;
  }

  /** How long Stripe wants to be left alone, if it says so. */
  Optional<Duration> retryAfter() {
    return header("Retry-After")
        .filter(text -> text.matches("\\d{1," + MAX_RETRY_AFTER_DIGITS + "}"))
        .map(text -> Duration.ofSeconds(Long.parseLong(text)));
  }

  /** Whether Stripe says that there is no such object, and not that we look in the wrong place. */
  boolean absent() {
    return status == 404 && code().equals("resource_missing") && !otherMode();
  }

  /** Whether Stripe answered at all, other than by a server error. */
  boolean answered() {
    return status != NO_ANSWER && status < 500;
  }

  /** The answer that said no; empty if there was none. */
  Optional<StripeResponse> response() {
    return Optional.ofNullable(response);
  }

  Outcome outcome() {
    if (absent()) {
      return Outcome.ABSENT;
    }
    if (status == 402 && type().equals("card_error")) {
      return Outcome.DECLINED;
    }
    if (withoutEffect()) {
      return Outcome.NOT_EXECUTED;
    }
    if (refused()) {
      return Outcome.REJECTED;
    }
    return replayed() ? Outcome.REPLAYED_FAILURE : Outcome.UNKNOWN;
  }

  BillingException failure(String operation) {
    return switch (outcome()) {
      case DECLINED -> declined();
      case ABSENT, REJECTED ->
        new ProviderRejected(
            code(), text("param"), "Stripe refused " + operation + details() + ".");
      case NOT_EXECUTED -> unavailable(Execution.NOT_EXECUTED, operation);
      case REPLAYED_FAILURE -> unavailable(Execution.REPLAYED_FAILURE, operation);
      default -> unavailable(Execution.UNKNOWN, operation);
    };
  }

  private PaymentDeclined declined() {
    String reason = text("decline_code").orElse(code());
    return new PaymentDeclined(reason, "The payment was declined: " + reason + ".");
  }

  private ProviderUnavailable unavailable(Execution execution, String operation) {
    Duration wait = retryAfter().orElse(badKey() ? AFTER_REPAIR : SOON);
    return new ProviderUnavailable(execution, wait, explanation(operation), this);
  }

  private String explanation(String operation) {
    if (status == 401) {
      return "Stripe does not accept the key. Check STRIPE_SECRET_KEY" + details() + ".";
    }
    if (status == 403) {
      return "STRIPE_SECRET_KEY may not do "
          + operation
          + ". Give the key that permission"
          + details()
          + ".";
    }
    if (otherMode()) {
      return "The object of "
          + operation
          + " exists in the other mode. Check whether STRIPE_SECRET_KEY is the live or the test key"
          + details()
          + ".";
    }
    if (status == NO_ANSWER) {
      return sent
          ? "The answer to " + operation + " was lost on its way."
          : "Stripe can't be reached, so " + operation + " was not sent.";
    }
    if (replayed() && status >= 500) {
      return "Stripe repeated the stored server error of an earlier "
          + operation
          + ": Stripe replays it for this idempotency key until it deletes the key"
          + details()
          + ".";
    }
    return "Stripe could not answer " + operation + details() + ".";
  }

  private String details() {
    StringBuilder text =
        new StringBuilder(" (HTTP ").append(status).append(", ").append(code());
    text("param").ifPresent(param -> text.append(", parameter ").append(param));
    header("Request-Id").ifPresent(id -> text.append(", request ").append(id));
    return text.append(')').toString();
  }

  private boolean withoutEffect() {
    return status == NO_ANSWER ? !sent : status == 429 || status == 409 || badKey();
  }

  private boolean refused() {
    return status >= 400 && status < 500 && status != 408;
  }

  private boolean badKey() {
    return status == 401 || status == 403 || otherMode();
  }

  private boolean otherMode() {
    return status == 404
        && text("message")
            .filter(text -> text.contains("a similar object exists in"))
            .isPresent();
  }

  private boolean replayed() {
    return header(StripeResult.REPLAYED).filter("true"::equals).isPresent();
  }

  private String type() {
    return text("type").orElse("");
  }

  private String code() {
    return text("code").or(() -> text("type")).orElse("http_" + status);
  }

  private Optional<String> text(String name) {
    return Optional.ofNullable(error.get(name))
        .filter(JsonElement::isJsonPrimitive)
        .map(JsonElement::getAsString);
  }

  private Optional<String> header(String name) {
    return response().flatMap(answer -> answer.headers().firstValue(name));
  }
}
