import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Sells a subscription in a sandbox that runs in a container, as its page does. Argument: its address. */
final class SandboxStory {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final String sandbox;
  private Optional<String> token = Optional.empty();

  private SandboxStory(String sandbox) {
    this.sandbox = sandbox;
  }

  public static void main(String[] arguments) throws Exception {
    long begin = System.nanoTime();
    new SandboxStory(arguments[0]).sell();
    System.out.println("sold a subscription in " + (System.nanoTime() - begin) / 1_000_000 + " ms");
  }

  private void sell() throws IOException, InterruptedException {
    token = Optional.of(part(send("POST", "/sandbox/token", Optional.of("{\"user\":\"user_alice\"}"), 200), "token"));
    String feature = "/api/v1/entitlements/competition_planner";
    expect(send("GET", feature, Optional.empty(), 200), "\"allowed\":false");

    String opened = send("POST", "/api/v1/checkout", Optional.of("""
        {"tier": "pro", "interval": "monthly", "cancelUrl": "https://example.com/plans",
         "successUrl": "https://example.com/thanks?s={CHECKOUT_SESSION_ID}"}"""), 201);
    pay(part(opened, "url"));
    expect(
        send("POST", "/api/v1/checkout/" + part(opened, "sessionId") + "/confirm", Optional.empty(), 200),
        "\"status\":\"paid\"");

    expect(send("GET", feature, Optional.empty(), 200), "\"allowed\":true");
    expect(send("GET", "/api/v1/subscriptions", Optional.empty(), 200), "\"tier\":\"pro\"");
  }

  /** On the page of the simulated Stripe, as a customer does. */
  private static void pay(String page) throws IOException, InterruptedException {
    String form = Map.of(
            "email", "alice@example.com",
            "number", "4242424242424242",
            "exp", "12/40",
            "cvc", "123",
            "name", "Alice")
        .entrySet()
        .stream()
        .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
    HttpResponse<String> answer = CLIENT.send(
        HttpRequest.newBuilder(URI.create(page))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build(),
        HttpResponse.BodyHandlers.ofString());
    check(answer.statusCode() == 303, "the payment was answered " + answer.statusCode());
  }

  private String send(String method, String path, Optional<String> json, int status)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(sandbox + path))
        .method(
            method,
            json.map(HttpRequest.BodyPublishers::ofString).orElse(HttpRequest.BodyPublishers.noBody()))
        .header("Content-Type", "application/json");
    token.ifPresent(value -> request.header("Authorization", "Bearer " + value));
    HttpResponse<String> answer = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    check(answer.statusCode() == status, path + " was answered " + answer.statusCode() + " " + answer.body());
    return answer.body();
  }

  private static String part(String json, String name) {
    Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
    check(found.find(), "no " + name + " in " + json);
    return found.group(1);
  }

  private static void expect(String answer, String part) {
    check(answer.contains(part), "expected " + part + " in " + answer);
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      System.err.println("FAILED: " + otherwise);
      System.exit(1);
    }
  }
}
