package com.tatame.billing.http;

import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.NOT_FOUND;
import static com.tatame.billing.http.ProblemCode.PROVIDER_REJECTED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_UNAVAILABLE;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.post;
import static com.tatame.billing.http.RouteEffect.BILLING;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.portal.Portal;
import com.tatame.billing.portal.PortalSessions.Flow;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The way to the provider's own page. */
final class PortalHandlers {
  static final String PATH = "/api/v1/portal";

  private final Portal portal;

  static List<Route> routes() {
    return List.of(post(PATH, SIGNED_IN, BILLING)
        .is("Portal", "Open the payment provider's own page for the caller")
        .takes(NewPortalVisit.class)
        .answers(reply(201, PortalAnswer.class, "Send the payer there now."))
        .refuses(NOT_FOUND, CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
        .reopens(to -> to.get(PortalHandlers.class)::openAgain)
        .by(to -> to.get(PortalHandlers.class)::open));
  }

  PortalHandlers(Portal portal) {
    this.portal = portal;
  }

  record NewPortalVisit(
      @Doc(
          value = "Where the page leads back to; as at checkout it must be allowed.",
          example = "https://app.example.com/account")
      String returnUrl,

      @Doc(
          value = "What the visit is for; the overview if missing.",
          oneOf = {"payment_method_update", "subscription_cancel", "subscription_update"})
      @Nullable
      String flow,

      @Doc("What a flow about a subscription is about; the only one if missing.") @Nullable
      String subscriptionId) {}

  record PortalAnswer(
      @Doc("Where to send the payer now. Anyone who has it acts as the payer, so don't store it.")
      @Secret
      String url) {}

  /** Another visit: the first one has an address that holds for minutes and is kept nowhere. */
  Answer openAgain(Call call, String kept) {
    return open(call);
  }

  // A missing field of the body is null here, whatever its type says.
  @SuppressWarnings("ConstantValue")
  Answer open(Call call) {
    NewPortalVisit wanted = call.body(NewPortalVisit.class);
    if (wanted.returnUrl() == null || wanted.returnUrl().isBlank()) {
      throw ValidationFailed.of("returnUrl", "is required");
    }
    if (wanted.returnUrl().length() > 2048) {
      throw ValidationFailed.of("returnUrl", "must have at most 2048 characters");
    }
    Optional<String> subscription = RequestFields.text("subscriptionId", wanted.subscriptionId());
    String url =
        portal.open(call.principal(), wanted.returnUrl(), flow(wanted.flow()), subscription);
    return Answer.created(url, new PortalAnswer(url));
  }

  private static Optional<Flow> flow(@Nullable String code) {
    Optional<Flow> flow =
        Arrays.stream(Flow.values()).filter(known -> known.code().equals(code)).findFirst();
    if (code != null && flow.isEmpty()) {
      throw ValidationFailed.of(
          "flow", "must be payment_method_update, subscription_cancel or subscription_update");
    }
    return flow;
  }
}
