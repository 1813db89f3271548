package com.tatame.billing.http;

import com.tatame.billing.failure.NotFound;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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
      "start.js", "text/javascript");

  private final Supplier<String> describe;
  private final Optional<Supplier<String>> metrics;
  private final Optional<String> publishableKey;
  private final boolean liveMode;
  private @Nullable String description;

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

  // Only when somebody asks: a start should not take longer for it.
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
    String text = name.equals("start.js")
        ? own(name)
        : resource(SWAGGER_UI + swaggerUiVersion() + "/" + name);
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
