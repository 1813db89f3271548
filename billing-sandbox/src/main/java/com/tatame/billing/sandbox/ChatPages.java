package com.tatame.billing.sandbox;

import com.tatame.billing.Billing;
import com.tatame.billing.account.Owner;
import com.tatame.billing.account.Principal;
import com.tatame.billing.anonymous.AnonymousSessions;
import com.tatame.billing.conversation.Conversation;
import com.tatame.billing.conversation.Conversations;
import com.tatame.billing.conversation.MessageAuthor;
import com.tatame.billing.conversation.NewMessage;
import com.tatame.billing.conversation.NewMessages;
import com.tatame.billing.conversation.WindowSize;
import com.tatame.billing.entitlement.Decision;
import com.tatame.billing.failure.LimitReached;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.Unauthenticated;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A small chat that uses up its messages: as a visitor first, and as the account after signing in. */
final class ChatPages {
  private static final String PAGE = "/sandbox/pages/chat";

  private final Billing billing;
  private final String issuer;
  private final PageRenderer renderer;
  private final Function<Context, HomePage> pages;

  ChatPages(
      Billing billing, String issuer, PageRenderer renderer, Function<Context, HomePage> pages) {
    this.billing = billing;
    this.issuer = issuer;
    this.renderer = renderer;
    this.pages = pages;
  }

  void mount(RoutesConfig routes) {
    routes.get(PAGE, this::show);
    routes.post(PAGE, HomeRoutes.checked(PAGE, this::say));
  }

  private void show(Context context) {
    Optional<Principal> speaker = speaker(context);
    Optional<Conversation> latest = speaker.flatMap(who -> latest(Owner.of(who)));
    ChatView view = new ChatView(
        sold(),
        speaker.filter(who -> !who.isAnonymous()).map(who -> who.name().orElseThrow()),
        latest
            .map(conversation -> billing
                .conversations()
                .window(Owner.of(speaker.orElseThrow()), conversation.id(), WindowSize.DEFAULT)
                .messages())
            .orElse(List.of()),
        speaker.filter(who -> sold()).map(this::standing));
    renderer.html(context, "chat.jte", Map.of("page", pages.apply(context), "chat", view));
  }

  /** Whether the catalog says anything about conversations. */
  private boolean sold() {
    return billing.catalog().plans().stream()
        .anyMatch(plan -> plan.features().containsKey(Conversations.FEATURE));
  }

  private String standing(Principal speaker) {
    Decision decision = billing.entitlements().check(speaker.account(), Conversations.FEATURE);
    return StatusText.standing(decision);
  }

  private Optional<Principal> speaker(Context context) {
    return Visitor.subject(context)
        .map(subject -> TestUsers.principal(subject, issuer))
        .or(() -> Visitor.session(context).flatMap(this::visitor));
  }

  // Whose session has ended begins another.
  private Optional<Principal> visitor(String token) {
    try {
      return Optional.of(billing.anonymousSessions().verify(token));
    } catch (Unauthenticated e) {
      return Optional.empty();
    }
  }

  private Optional<Conversation> latest(Owner owner) {
    return billing.conversations().list(owner, false, Optional.empty(), 1).stream()
        .findFirst();
  }

  private void say(Context context) {
    if (!sold()) {
      throw new NotFound("feature", Conversations.FEATURE);
    }
    Principal speaker = speaker(context).orElseGet(() -> begin(context));
    Owner owner = Owner.of(speaker);
    NewMessage said = NewMessage.ofUser(PageActions.field(context, "message"));
    // There is no model here, so it answers with what it was told.
    NewMessage answer = NewMessage.ofAssistant("You said: " + said.content());
    try {
      billing
          .conversations()
          .save(
              owner,
              latest(owner)
                  .map(conversation -> NewMessages.to(conversation.id(), said, answer))
                  .orElseGet(() -> NewMessages.toBegin(said, answer)),
              MessageAuthor.USER);
      context.redirect(PAGE, HttpStatus.SEE_OTHER);
    } catch (LimitReached e) {
      LimitReached.Reached reached = e.reached();
      Visitor.go(
          context,
          PAGE,
          false,
          "All " + reached.limit() + " messages are used."
              + reached
                  .resetsAt()
                  .map(at -> " There are more from " + StatusText.exact(at) + ".")
                  .orElse("")
              + reached
                  .upgrade()
                  .flatMap(billing.catalog()::plan)
                  .map(plan -> " " + plan.name() + " has more at once.")
                  .orElse(""));
    }
  }

  private Principal begin(Context context) {
    AnonymousSessions.Begun begun = billing.anonymousSessions().begin();
    Visitor.keepSession(context, begun.token());
    return Principal.ofAnonymous(begun.session().account());
  }
}
