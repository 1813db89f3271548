package com.tatame.billing.simulator;

import com.tatame.billing.simulator.engine.Engine;
import com.tatame.billing.simulator.engine.HostedInvoices;
import com.tatame.billing.simulator.engine.InvoicePage;
import com.tatame.billing.simulator.engine.PageForm;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Map;
import java.util.Optional;

/** The hosted page of an invoice, on which it is read, paid and confirmed, and the document to keep. */
final class InvoiceRoutes {
  private static final String PATH = "/invoice/";
  private static final String INVOICE = "invoice";

  private final Engine engine;
  private final HostedInvoices invoices;
  private final Pages pages;

  InvoiceRoutes(Engine engine, Pages pages) {
    this.engine = engine;
    this.invoices = new HostedInvoices(engine);
    this.pages = pages;
  }

  void addTo(RoutesConfig routes) {
    routes.get(PATH + "{invoice}", ctx -> show(ctx, Optional.empty()));
    routes.get(PATH + "{invoice}/pdf", this::download);
    routes.post(PATH + "{invoice}", this::pay);
    routes.post(PATH + "{invoice}/authenticate", this::authenticate);
  }

  private void pay(Context ctx) {
    PageForm form = new PageForm(
        "",
        Pages.field(ctx, "number"),
        Pages.field(ctx, "exp"),
        Pages.field(ctx, "cvc"),
        Pages.field(ctx, "name"));
    finish(ctx, invoices.pay(ctx.pathParam(INVOICE), form));
  }

  private void authenticate(Context ctx) {
    finish(
        ctx,
        invoices.authenticate(
            ctx.pathParam(INVOICE), Pages.field(ctx, "answer").equals("approve")));
  }

  private void finish(Context ctx, Optional<String> refusal) {
    if (refusal.isPresent()) {
      ctx.status(402);
      show(ctx, refusal);
    } else {
      // What was sent is done; to load the page again must not send it again.
      Pages.secure(ctx, "");
      ctx.status(303).header("Location", PATH + ctx.pathParam(INVOICE));
    }
  }

  private void show(Context ctx, Optional<String> problem) {
    Optional<InvoicePage> found = invoices.page(ctx.pathParam(INVOICE));
    if (found.isEmpty()) {
      missing(ctx);
      return;
    }
    InvoicePage page = found.get();
    if (page.state().equals("authenticating")) {
      pages.show(
          ctx,
          "authenticate.jte",
          Map.of(
              "last4", page.last4(),
              "purpose", "pays " + page.due() + " for invoice " + page.number(),
              "action", PATH + page.id() + "/authenticate"),
          "");
    } else {
      pages.show(
          ctx,
          "invoice.jte",
          Map.of(
              "page", page,
              "problem", problem.orElse(""),
              "name", Pages.field(ctx, "name"),
              "cards", Pages.cards(engine.now()),
              "now", engine.now().toString()),
          "");
    }
  }

  private void download(Context ctx) {
    Optional<byte[]> document = invoices.pdf(ctx.pathParam(INVOICE));
    if (document.isEmpty()) {
      missing(ctx);
      return;
    }
    Pages.secure(ctx, "");
    ctx.header("Cache-Control", "no-store")
        .header(
            "Content-Disposition",
            "attachment; filename=\"invoice-" + ctx.pathParam(INVOICE) + ".pdf\"")
        .contentType("application/pdf")
        .result(document.get());
  }

  private void missing(Context ctx) {
    ctx.status(404);
    pages.show(
        ctx,
        "notice.jte",
        Map.of(
            "title", "There is no such invoice",
            "text",
                "The link is incomplete, the invoice is still a draft, or the simulator has been reset since it was"
                    + " made.",
            "link", "",
            "linkText", ""),
        "");
  }
}
