package com.tatame.billing.sandbox;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import io.javalin.http.Context;
import java.util.Map;

/** Renders templates, with what a browser may load and do on the page. */
final class PageRenderer {
  private final String contentPolicy;
  private final TemplateEngine templates = TemplateEngine.createPrecompiled(
      null, ContentType.Html, null, PageRenderer.class.getPackageName());

  PageRenderer(String simulatorUrl) {
    this.contentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
            + " connect-src 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none';"
            + " form-action 'self' "
            + simulatorUrl;
  }

  void html(Context context, String template, Map<String, Object> model) {
    StringOutput out = new StringOutput();
    templates.render(template, model, out);
    context.header("Content-Security-Policy", contentPolicy);
    context.header("X-Content-Type-Options", "nosniff");
    context.header("Referrer-Policy", "same-origin");
    context.header("Cache-Control", "no-store");
    context.html(out.toString());
  }
}
