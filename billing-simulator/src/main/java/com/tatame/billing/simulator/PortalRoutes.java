package com.tatame.billing.simulator;

import com.tatame.billing.simulator.engine.Engine;
import com.tatame.billing.simulator.engine.PageForm;
import com.tatame.billing.simulator.engine.Portal;
import com.tatame.billing.simulator.engine.PortalPage;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Map;
import java.util.Optional;

/** The page on which customers look after themselves, as plain forms that post to it. */
final class PortalRoutes {
  private static final String PATH = "/portal/";
  private static final String SESSION = "session";

  private final Engine engine;
  private final Portal portal;
  private final Pages pages;

  PortalRoutes(Engine engine, Pages pages) {
    this.engine = engine;
    this.portal = new Portal(engine);
    this.pages = pages;
  }

  void addTo(RoutesConfig routes) {
    routes.get(PATH + "{session}", ctx -> show(ctx, Optional.empty()));
    routes.post(PATH + "{session}/card", this::replaceCard);
    routes.post(PATH + "{session}/subscriptions/{id}/cancel", ctx -> {
      portal.cancel(ctx.pathParam(SESSION), ctx.pathParam("id"));
      back(ctx);
    });
    routes.post(PATH + "{session}/subscriptions/{id}/resume", ctx -> {
      portal.resume(ctx.pathParam(SESSION), ctx.pathParam("id"));
      back(ctx);
    });
  }

  private void replaceCard(Context ctx) {
    PageForm form = new PageForm(
        "",
        Pages.field(ctx, "number"),
        Pages.field(ctx, "exp"),
        Pages.field(ctx, "cvc"),
        Pages.field(ctx, "name"));
    Optional<String> refusal = portal.replaceCard(ctx.pathParam(SESSION), form);
    if (refusal.isPresent()) {
      ctx.status(402);
      show(ctx, refusal);
    } else {
      back(ctx);
    }
  }

  /** What was sent is done; to load the page again must not send it again. */
  private static void back(Context ctx) {
    Pages.secure(ctx, "");
    ctx.status(303).header("Location", PATH + ctx.pathParam(SESSION));
  }

  private void show(Context ctx, Optional<String> problem) {
    Optional<PortalPage> page = portal.page(ctx.pathParam(SESSION));
    if (page.isEmpty()) {
      ctx.status(404);
      pages.show(
          ctx,
          "notice.jte",
          Map.of(
              "title", "There is no such visit",
              "text",
                  "The link is incomplete, or the simulator has been reset since it was made. Go back to the shop and"
                      + " start again.",
              "link", "",
              "linkText", ""),
          "");
      return;
    }
    pages.show(
        ctx,
        "portal.jte",
        Map.of(
            "page", page.get(),
            "problem", problem.orElse(""),
            "name", Pages.field(ctx, "name"),
            "cards", Pages.cards(engine.now()),
            "now", engine.now().toString()),
        "");
  }
}
