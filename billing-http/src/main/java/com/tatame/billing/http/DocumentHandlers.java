package com.tatame.billing.http;

import static com.tatame.billing.http.Access.PUBLIC;
import static com.tatame.billing.http.Route.Reply.plain;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.get;

import com.tatame.billing.failure.NotFound;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The API's description, its page, the public configuration and the metrics. */
final class DocumentHandlers {
  static final String HTML = "text/html; charset=utf-8";
  static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";
  private static final String SWAGGER_UI = "/META-INF/resources/webjars/swagger-ui/";
  private static final String SWAGGER_UI_POM =
      "/META-INF/maven/org.webjars/swagger-ui/pom.properties";
  private static final Map<String, String> PAGE_FILES = Map.of(
      "swagger-ui.css", "text/css",
      "swagger-ui-bundle.js", "text/javascript",
      "start.js", "text/javascript",
      "accessible.js", "text/javascript",
      "accessible.css", "text/css");

  private final Supplier<String> describe;
  private final Optional<Supplier<String>> metrics;
  private final Optional<String> publishableKey;
  private final boolean liveMode;
  private @Nullable String description;

  static List<Route> routes() {
    return List.of(
        get("/metrics", Access.METRICS)
            .is("Server", "Metrics for Prometheus")
            .answers(plain(METRICS, "The Prometheus text format."))
            .by(to -> to.get(DocumentHandlers.class)::metrics),
        get("/openapi.json", PUBLIC)
            .is("Server", "This description")
            .answers(plain(Answer.JSON, "An OpenAPI 3.1 document."))
            .by(to -> to.get(DocumentHandlers.class)::description),
        get("/docs", PUBLIC)
            .is("Server", "This description as a page")
            .answers(plain(HTML, "The page."))
            .by(to -> to.get(DocumentHandlers.class)::page),
        get("/docs/files/{file}", PUBLIC)
            .is("Server", "What the page is made of")
            .answers(plain("*/*", "Its script or its style."))
            .by(to -> to.get(DocumentHandlers.class)::pageFile),
        get("/api/v1/config", PUBLIC)
            .is("Catalog", "What a page needs to know")
            .answers(reply(200, ConfigAnswer.class, "The public configuration."))
            .by(to -> to.get(DocumentHandlers.class)::config));
  }

  DocumentHandlers(
      Supplier<String> describe,
      Optional<Supplier<String>> metrics,
      Optional<String> publishableKey,
      boolean liveMode) {
    this.describe = describe;
    this.metrics = metrics;
    this.publishableKey = publishableKey;
    this.liveMode = liveMode;
  }

  record ConfigAnswer(
      @Doc("For the provider's own script in a page; null if none is configured.") @Nullable
      String publishableKey,

      @Doc(
          value = "Whether money is real.",
          oneOf = {"live", "test"})
      String mode) {}

  Answer config(Call call) {
    return Answer.ok(new ConfigAnswer(publishableKey.orElse(null), liveMode ? "live" : "test"));
  }

  Answer metrics(Call call) {
    String scrape =
        metrics.map(Supplier::get).orElseThrow(() -> new NotFound("registry", "metrics"));
    return new Answer(200, METRICS, scrape, Map.of());
  }

  // Only on the first request: a start should not take longer for it.
  private synchronized String described() {
    if (description == null) {
      description = describe.get();
    }
    return description;
  }

  Answer description(Call call) {
    return new Answer(200, Answer.JSON, described(), Map.of());
  }

  Answer page(Call call) {
    return new Answer(200, HTML, own("index.html"), Map.of());
  }

  Answer pageFile(Call call) {
    String name = call.id("file");
    String type = PAGE_FILES.get(name);
    if (type == null) {
      throw new NotFound("file", name);
    }
    String text = name.startsWith("swagger-ui")
        ? resource(SWAGGER_UI + swaggerUiVersion() + "/" + name)
        : own(name);
    return new Answer(200, type + "; charset=utf-8", text, Map.of());
  }

  private static String own(String name) {
    return resource("/com/tatame/billing/http/docs/" + name);
  }

  private static String swaggerUiVersion() {
    Properties pom = new Properties();
    try (InputStream in = open(SWAGGER_UI_POM)) {
      pom.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return pom.getProperty("version", "");
  }

  private static String resource(String path) {
    try (InputStream in = open(path)) {
      return InputRules.utf8(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String path) throws IOException {
    InputStream in = DocumentHandlers.class.getResourceAsStream(path);
    if (in == null) {
      throw new IOException("missing in the jar: " + path);
    }
    return in;
  }
}
