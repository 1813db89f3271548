package com.tatame.billing.sandbox;

import com.tatame.billing.Billing;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.mail.MailFilter;
import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.mail.RenderedMail;
import com.tatame.billing.mail.StoredMail;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What was mailed to whom, each mail as it is read, and every template in every language. */
final class MailPages {
  private static final int MAX_MAILS = 100;

  /** Mails bring their styles with them, and may do nothing else but lead to a page of its own. */
  private static final String MAIL_POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self';"
          + " sandbox allow-popups allow-popups-to-escape-sandbox";

  private static final String HEAD = "<head>";
  private static final String LINKS_LEAVE_THE_FRAME = "<head><base target=\"_blank\">";

  private static final String DARK_ONLY = "(prefers-color-scheme: dark)";
  private static final String BOTH_SCHEMES = "light dark";

  private final Billing billing;
  private final KeptMails mails;
  private final PageRenderer renderer;
  private final Function<Context, HomePage> pages;

  MailPages(
      Billing billing, KeptMails mails, PageRenderer renderer, Function<Context, HomePage> pages) {
    this.billing = billing;
    this.mails = mails;
    this.renderer = renderer;
    this.pages = pages;
  }

  void mount(RoutesConfig routes) {
    routes.get("/sandbox/pages/mails", this::list);
    routes.get("/sandbox/pages/mails/previews", this::preview);
    routes.get("/sandbox/pages/mails/previews/{template}/{language}", this::previewContent);
    routes.get("/sandbox/pages/mails/sent/{id}", this::mail);
    routes.get("/sandbox/pages/mails/sent/{id}/content", this::content);
  }

  private void list(Context context) {
    Set<String> kept = mails.latest().stream().map(RenderedMail::id).collect(Collectors.toSet());
    List<MailView.Row> rows =
        billing.mails().list(MailFilter.ALL, Optional.empty(), MAX_MAILS).stream()
            .map(mail -> row(mail, kept.contains(mail.id())))
            .sorted(Comparator.comparing(MailView.Row::at).reversed())
            .toList();
    renderer.html(context, "mails.jte", Map.of("page", pages.apply(context), "mails", rows));
  }

  private MailView.Row row(StoredMail mail, boolean kept) {
    String status = StatusText.label(mail.status().code());
    return new MailView.Row(
        mail.id(),
        StatusText.heading(mail.planned().template().code()),
        mail.planned().dueAt(),
        mail.planned().account().value(),
        mail.planned().cause(),
        mails.language(mail.id()).filter(language -> kept),
        mail.suppressed()
            .map(why -> status + ": " + StatusText.label(why.code()))
            .orElse(status),
        mail.status().code(),
        kept);
  }

  private void mail(Context context) {
    RenderedMail mail = sent(context);
    MailView.Content content = new MailView.Content(
        mail,
        StatusText.heading(mail.template().code()),
        "/sandbox/pages/mails/sent/" + mail.id() + "/content");
    renderer.html(context, "mail.jte", Map.of("page", pages.apply(context), "content", content));
  }

  private void content(Context context) {
    show(context, sent(context));
  }

  private RenderedMail sent(Context context) {
    String id = context.pathParam("id");
    return mails.latest().stream()
        .filter(mail -> mail.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new NotFound("mail", id));
  }

  private void preview(Context context) {
    String template = context.queryParam("template");
    String language = context.queryParam("language");
    MailTemplate shown = template(template == null ? MailTemplate.RECEIPT.code() : template);
    String spoken = language(language == null ? "en" : language);
    RenderedMail mail = mails.preview(shown, spoken);
    MailView.Preview preview = new MailView.Preview(
        new MailView.Content(
            mail,
            StatusText.heading(shown.code()),
            "/sandbox/pages/mails/previews/" + shown.code() + "/" + spoken),
        shown,
        spoken,
        mails.languages().stream().sorted().toList());
    renderer.html(
        context, "previews.jte", Map.of("page", pages.apply(context), "preview", preview));
  }

  private void previewContent(Context context) {
    show(
        context,
        mails.preview(
            template(context.pathParam("template")), language(context.pathParam("language"))));
  }

  private static MailTemplate template(String code) {
    return Arrays.stream(MailTemplate.values())
        .filter(template -> template.code().equals(code))
        .findFirst()
        .orElseThrow(() -> ValidationFailed.of(
            "template",
            "must be one of "
                + Arrays.stream(MailTemplate.values())
                    .map(MailTemplate::code)
                    .collect(Collectors.joining(", "))));
  }

  private String language(String code) {
    if (!mails.languages().contains(code)) {
      throw ValidationFailed.of(
          "language", "must be one of " + String.join(", ", mails.languages()));
    }
    return code;
  }

  // A browser chooses by the reader's settings; here both are looked at side by side.
  private static void show(Context context, RenderedMail mail) {
    boolean dark = "dark".equals(context.queryParam("scheme"));
    context.header("Content-Security-Policy", MAIL_POLICY);
    context.header("X-Frame-Options", "SAMEORIGIN");
    context.header("X-Content-Type-Options", "nosniff");
    context.header("Cache-Control", "no-store");
    context.html(mail.html()
        .replace(HEAD, LINKS_LEAVE_THE_FRAME)
        .replace(DARK_ONLY, dark ? "all" : "not all")
        .replace(BOTH_SCHEMES, dark ? "dark" : "light"));
  }
}
