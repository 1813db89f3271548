import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Walks through a server in a container, then stops it while webhooks arrive. Arguments: the server's
 * address, the webhook secret, and the words of the command that stops it.
 */
final class ContainerStory {
  private static final int CALLERS = 16;
  private static final int LOAD_MILLIS = 3_000;
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final String server;
  private final String secret;
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final Map<String, Integer> failures = new ConcurrentHashMap<>();

  private ContainerStory(String server, String secret) {
    this.server = server;
    this.secret = secret;
  }

  public static void main(String[] arguments) throws Exception {
    ContainerStory story = new ContainerStory(arguments[0], arguments[1]);
    story.expect("/health/ready", "\"status\":\"ok\"");
    story.expect("/api/v1/plans", "\"tier\":");
    check(story.deliver("evt_first") == 200, "the first webhook was not stored");
    String[] stop = java.util.Arrays.copyOfRange(arguments, 2, arguments.length);
    story.stopUnderLoad(stop);
  }

  private void expect(String path, String part) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(server + path)).build();
    HttpResponse<String> answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    check(
        answer.statusCode() == 200 && answer.body().contains(part),
        path + " was answered " + answer.statusCode() + " " + answer.body());
  }

  private void stopUnderLoad(String[] stop) throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    for (int i = 0; i < CALLERS; i++) {
      int caller = i;
      callers.execute(() -> deliverUntilRefused(caller));
    }
    Thread.sleep(LOAD_MILLIS);
    long begin = System.nanoTime();
    stopping.set(true);
    check(new ProcessBuilder(stop).inheritIO().start().waitFor() == 0, "it could not be stopped");
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    callers.shutdown();
    check(callers.awaitTermination(30, TimeUnit.SECONDS), "a request was never answered");
    System.out.println("stopped in " + millis + " ms");
    System.out.println("webhooks answered " + answered + ", failed " + new TreeMap<>(failures));
    check(failures.isEmpty(), "requests were dropped or refused with an error");
  }

  private void deliverUntilRefused(int caller) {
    for (int i = 0; ; i++) {
      try {
        int status = deliver("evt_load" + caller + "x" + i);
        if (status == 200) {
          answered.incrementAndGet();
        } else {
          failures.merge("status " + status, 1, Integer::sum);
        }
      } catch (ConnectException e) {
        // Nobody took this one: the provider sends it again. Before the stop, it is a failure.
        if (!stopping.get()) {
          failures.merge("refused before the stop", 1, Integer::sum);
        }
        return;
      } catch (IOException | GeneralSecurityException | InterruptedException e) {
        failures.merge(e.toString(), 1, Integer::sum);
        return;
      }
    }
  }

  private int deliver(String id) throws IOException, GeneralSecurityException, InterruptedException {
    long now = System.currentTimeMillis() / 1000;
    String event = """
        {"id":"%1$s","object":"event","api_version":"2026-07-29.dahlia","created":%2$d,"livemode":false,
        "type":"customer.updated","data":{"object":{"id":"cus_%1$s","object":"customer","created":%2$d,
        "livemode":false,"metadata":{}}}}""".formatted(id, now);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    String signature = HexFormat.of()
        .formatHex(mac.doFinal((now + "." + event).getBytes(StandardCharsets.UTF_8)));
    HttpRequest request = HttpRequest.newBuilder(URI.create(server + "/webhooks/stripe"))
        .header("Content-Type", "application/json")
        .header("Stripe-Signature", "t=" + now + ",v1=" + signature)
        .POST(HttpRequest.BodyPublishers.ofString(event))
        .build();
    return CLIENT.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      System.err.println("FAILED: " + otherwise);
      System.exit(1);
    }
  }
}
