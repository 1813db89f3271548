package com.tatame.billing.sandbox;

import com.tatame.billing.Billing;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.outbox.EventEndpoint;
import com.tatame.billing.outbox.SubscriberStatus;
import com.tatame.billing.outbox.SubscriberStore;
import com.tatame.billing.outbox.SubscriberStore.Attempt;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Who hears of events, how far each is, what endpoints answered, and what is done about what fails. */
final class DeliveryPages {
  private static final String PAGE = "/sandbox/pages/deliveries";
  private static final int MAX_PARKED = 20;
  private static final int MAX_ATTEMPTS = 20;

  private final Billing billing;
  private final PageRenderer renderer;
  private final Function<Context, HomePage> pages;

  DeliveryPages(Billing billing, PageRenderer renderer, Function<Context, HomePage> pages) {
    this.billing = billing;
    this.renderer = renderer;
    this.pages = pages;
  }

  void mount(RoutesConfig routes) {
    routes.get(PAGE, this::list);
    routes.post(PAGE + "/retry", HomeRoutes.checked(PAGE, this::retry));
    routes.post(PAGE + "/skip", HomeRoutes.checked(PAGE, this::skip));
    routes.post(PAGE + "/replay", HomeRoutes.checked(PAGE, this::replay));
  }

  private void list(Context context) {
    Map<String, EventEndpoint> endpoints = billing.eventEndpoints().list().stream()
        .collect(Collectors.toMap(EventEndpoint::id, endpoint -> endpoint));
    List<DeliveryView.Subscriber> subscribers = billing.subscribers().list().stream()
        .map(status -> subscriber(status, Optional.ofNullable(endpoints.get(status.name()))))
        .toList();
    renderer.html(
        context,
        "deliveries.jte",
        Map.of("page", pages.apply(context), "subscribers", subscribers));
  }

  private void retry(Context context) {
    String subscriber = PageActions.field(context, "subscriber");
    String account = PageActions.field(context, "account");
    billing.subscribers().retry(subscriber, new AccountId(account));
    Visitor.go(context, PAGE, true, "The entry of " + account + " is tried again now.");
  }

  private void skip(Context context) {
    String subscriber = PageActions.field(context, "subscriber");
    String account = PageActions.field(context, "account");
    long sequence = sequence(PageActions.field(context, "sequence"));
    billing.subscribers().skip(subscriber, new AccountId(account), sequence);
    Visitor.go(
        context,
        PAGE,
        true,
        "Entry " + sequence + " of " + account + " is left out. It is in the audit log.");
  }

  private static long sequence(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw ValidationFailed.of("sequence", "must be the number of an entry");
    }
  }

  private void replay(Context context) {
    EventEndpoint endpoint = billing.eventEndpoints().get(PageActions.field(context, "subscriber"));
    int accounts = billing.eventEndpoints().replay(endpoint.id(), endpoint.createdAt());
    Visitor.go(
        context,
        PAGE,
        true,
        "Everything since the endpoint was added is sent again, of " + accounts(accounts) + ".");
  }

  private DeliveryView.Subscriber subscriber(
      SubscriberStatus status, Optional<EventEndpoint> endpoint) {
    boolean failing = status.failures() > 0 || status.retrying() > 0 || status.blocked() > 0;
    boolean answers = status.kind() == SubscriberStore.Kind.ENDPOINT && endpoint.isPresent();
    return new DeliveryView.Subscriber(
        status,
        endpoint.map(to -> to.url().toString()).orElse(status.name()),
        standing(status),
        failing ? "retrying" : "processed",
        failing
            ? billing.subscribers().parked(status.name(), Optional.empty(), MAX_PARKED)
            : List.of(),
        answers
            ? billing
                .eventEndpoints()
                .attempts(status.name(), Optional.empty(), MAX_ATTEMPTS)
                .stream()
                .map(stored -> attempt(stored.attempt()))
                .toList()
            : List.of());
  }

  private static String standing(SubscriberStatus status) {
    if (status.blocked() > 0) {
      return accounts(status.blocked()) + " blocked: an entry was given up";
    }
    if (status.retrying() > 0) {
      return accounts(status.retrying()) + " parked: the next entry is tried again";
    }
    return status.waiting() > 0
        ? accounts(status.waiting()) + " with entries on their way"
        : "everything received";
  }

  private static String accounts(long count) {
    return count == 1 ? "1 account" : count + " accounts";
  }

  private static DeliveryView.Attempt attempt(Attempt attempt) {
    String answer = attempt.status().map(Object::toString).or(attempt::error).orElse("no answer");
    return new DeliveryView.Attempt(
        attempt.eventId(),
        attempt.account().value(),
        attempt.at(),
        answer + " in " + attempt.took().toMillis() + " ms",
        attempt.error().isEmpty());
  }
}
