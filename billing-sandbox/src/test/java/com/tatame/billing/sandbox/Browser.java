package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A real browser without a window, moved by its own protocol for developers. */
final class Browser implements AutoCloseable {
  /** Brought by {@code npm ci --ignore-scripts} in its folder. */
  static final Path AXE = Path.of("../test-tools/axe/node_modules/axe-core/axe.min.js");

  private static final String LISTENING = "DevTools listening on ";
  private static final Duration MAX_WAIT = Duration.ofSeconds(30);

  private final Path profile = Worlds.temporaryDirectory();
  private final Process process;
  private final WebSocket socket;
  private final AtomicInteger ids = new AtomicInteger();
  private final AtomicInteger loads = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();

  Browser(Path program) {
    try {
      process = new ProcessBuilder(
              program.toString(),
              "--headless=new",
              "--no-sandbox",
              "--disable-gpu",
              "--disable-dev-shm-usage",
              "--no-first-run",
              "--window-size=1200,1600",
              "--remote-debugging-port=0",
              "--user-data-dir=" + profile,
              "about:blank")
          .redirectErrorStream(true)
          .start();
      URI control = URI.create(listening());
      socket = HttpClient.newHttpClient()
          .newWebSocketBuilder()
          .buildAsync(page(control), new Answers())
          .get(MAX_WAIT.toSeconds(), TimeUnit.SECONDS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new IllegalStateException("the browser can't be moved", e);
    }
    List.of("Page.enable", "Log.enable", "Runtime.enable").forEach(part -> call(part, Map.of()));
  }

  // Later output is read on, or the browser would stop at a full pipe.
  private String listening() throws IOException {
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(LISTENING)) {
        Thread rest = new Thread(() -> lines.lines().forEach(any -> {}), "browser output");
        rest.setDaemon(true);
        rest.start();
        return line.substring(LISTENING.length());
      }
    }
    throw new IOException("the browser ended before it could be moved");
  }

  private static URI page(URI control) {
    String pages = ApiClient.send(
            HttpRequest.newBuilder(URI.create("http://" + control.getAuthority() + "/json/list")))
        .body();
    return URI.create(Json.read(pages).get(0).path("webSocketDebuggerUrl").asText());
  }

  /** Collects what the browser says, whole messages at a time. */
  private final class Answers implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      message.append(part);
      if (last) {
        take(Json.read(message.toString()));
        message.setLength(0);
      }
      from.request(1);
      return CompletableFuture.completedFuture(null);
    }
  }

  private void take(JsonNode message) {
    CompletableFuture<JsonNode> call = calls.remove(message.path("id").asInt());
    if (call != null) {
      call.complete(message);
    }
    switch (message.path("method").asText()) {
      case "Page.loadEventFired" -> loads.incrementAndGet();
      case "Log.entryAdded" ->
        complaints.add(message.at("/params/entry/level").asText() + ": "
            + message.at("/params/entry/text").asText());
      case "Runtime.exceptionThrown" -> complaints.add(message.at("/params").toString());
      default -> {}
    }
  }

  private JsonNode call(String method, Map<String, Object> parameters) {
    int id = ids.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    calls.put(id, answer);
    String text = Json.write(Map.of("id", id, "method", method, "params", parameters));
    try {
      socket.sendText(text, true).get(MAX_WAIT.toSeconds(), TimeUnit.SECONDS);
      JsonNode message = answer.get(MAX_WAIT.toSeconds(), TimeUnit.SECONDS);
      assertThat(message.has("error")).as(message.toString()).isFalse();
      return message.path("result");
    } catch (Exception e) {
      throw new AssertionError(method, e);
    }
  }

  /** What the browser complained of so far: refused scripts and styles, missing files, errors. */
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  void open(String url) {
    andLoads(() -> call("Page.navigate", Map.of("url", url)));
  }

  /** Becomes a telephone held upright, in the dark. */
  void becomeSmallAndDark() {
    become(360, true);
  }

  /** Becomes so wide, a telephone if that is narrow, by day or by night. */
  void become(int width, boolean dark) {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of(
            "width",
            width,
            "height",
            width < 600 ? 740 : 900,
            "deviceScaleFactor",
            1,
            "mobile",
            width < 600));
    String scheme = dark ? "dark" : "light";
    call(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(
                Map.of("name", "prefers-color-scheme", "value", scheme),
                // Colors that are still on their way from one scheme to the other would be
                // measured.
                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
  }

  /** Types into what has the focus, and presses Enter. */
  void type(String text) {
    call("Input.insertText", Map.of("text", text));
    for (String type : List.of("keyDown", "keyUp")) {
      call(
          "Input.dispatchKeyEvent",
          Map.of("type", type, "key", "Enter", "text", "\r", "windowsVirtualKeyCode", 13));
    }
  }

  /** A picture of the page as PNG, to be looked at. */
  byte[] picture() {
    return Base64.getDecoder()
        .decode(call("Page.captureScreenshot", Map.of("captureBeyondViewport", true))
            .path("data")
            .asText());
  }

  /** The value of an expression in the page, as JSON; of a promise, what it is fulfilled with. */
  JsonNode ask(String expression) {
    JsonNode result = call(
        "Runtime.evaluate",
        Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    assertThat(result.has("exceptionDetails")).as(expression + " " + result).isFalse();
    return result.at("/result/value");
  }

  /**
   * What axe finds wrong with the page. Nothing where axe is not there.
   *
   * @return one line for each rule that is broken, with the first elements that break it
   */
  List<String> flaws() {
    if (!Files.exists(AXE)) {
      return List.of();
    }
    try {
      call("Runtime.evaluate", Map.of("expression", Files.readString(AXE)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> flaws = new ArrayList<>();
    ask("""
        axe.run({resultTypes: ['violations']}).then(found =>
          found.violations.map(v => v.id + ': ' + v.help + ', such as ' + v.nodes.slice(0, 4)
            .map(n => n.html.slice(0, 200) + ' ' + n.failureSummary).join('; ')))""").forEach(flaw -> flaws.add(flaw.asText()));
    return flaws;
  }

  String text() {
    return ask("document.body.innerText").asText();
  }

  /** Clicks with the mouse on the visible button that a screen reader would call so. */
  void click(String name) {
    click("button", name);
  }

  private void click(String element, String name) {
    JsonNode place = ask("""
        (() => {
          const name = %s;
          const button = [...document.querySelectorAll('%s')].find(b => !b.disabled
            && (b.getAttribute('aria-label') || b.innerText).trim().startsWith(name));
          if (!button) return null;
          button.scrollIntoView({block: 'center', behavior: 'instant'});
          const box = button.getBoundingClientRect();
          return {x: box.x + box.width / 2, y: box.y + box.height / 2};
        })()""".formatted(Json.write(name), element));
    assertThat(place.isObject())
        .as("a button named " + name + " in:\n" + text())
        .isTrue();
    for (String type : List.of("mousePressed", "mouseReleased")) {
      call(
          "Input.dispatchMouseEvent",
          Map.of(
              "type",
              type,
              "x",
              place.path("x").asDouble(),
              "y",
              place.path("y").asDouble(),
              "button",
              "left",
              "clickCount",
              1));
    }
  }

  /** As {@link #click}, on a button that leads to another page. */
  void follow(String name) {
    andLoads(() -> click(name));
  }

  /** As {@link #follow}, on a link. */
  void followLink(String name) {
    andLoads(() -> click("a", name));
  }

  /** As {@link #click}, by something else. */
  void follow(Runnable step) {
    andLoads(step);
  }

  private void andLoads(Runnable step) {
    int before = loads.get();
    step.run();
    await().atMost(MAX_WAIT).until(() -> loads.get() > before);
  }

  @Override
  public void close() {
    socket.abort();
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    // An orderly end takes seconds, for a profile that is deleted.
    process.destroyForcibly();
    all.forEach(ProcessHandle::destroyForcibly);
    // Its helpers write to the profile for as long as they live.
    for (ProcessHandle each : all) {
      each.onExit().orTimeout(MAX_WAIT.toSeconds(), TimeUnit.SECONDS).join();
    }
    Worlds.delete(profile);
  }
}
