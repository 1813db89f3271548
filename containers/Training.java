import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Has a server do what servers do, so that the machine writes down the classes which that takes.
 * There is no network in an image's build: Stripe is never reached, and nothing needs it to be.
 */
public final class Training {
  private static final Path HOME = Path.of("/opt/billing");
  private static final Path CACHE = HOME.resolve("billing.aot");
  private static final String BASE = "http://127.0.0.1:8080";
  private static final String SECRET = "whsec_training";
  private static final String ISSUER = "clerk.example.com";
  private static final int ROUNDS = 200;
  private static final Duration MAX_START = Duration.ofSeconds(120);
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private Training() {}

  /** Takes no arguments. */
  public static void main(String[] arguments) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair keys = generator.generateKeyPair();
    Process server = start(keys);
    try {
      awaitReady(server);
      String token = token(keys);
      for (int round = 0; round < ROUNDS; round++) {
        get("/api/v1/plans", "");
        get("/health", "");
        get("/api/v1/entitlements", token);
        get("/api/v1/subscriptions", token);
        deliver(round);
      }
      get("/openapi.json", "");
    } finally {
      server.destroy();
      if (!server.waitFor(3, TimeUnit.MINUTES)) {
        server.destroyForcibly();
      }
    }
    if (!Files.isRegularFile(CACHE)) {
      throw new IllegalStateException("the server wrote no " + CACHE);
    }
  }

  private static Process start(KeyPair keys) throws IOException {
    ProcessBuilder server = new ProcessBuilder(List.of(
            "/opt/runtime/bin/java",
            "-XX:AOTCacheOutput=" + CACHE,
            "-jar",
            HOME.resolve("billing-server.jar").toString(),
            "serve"))
        .inheritIO();
    String pem = "-----BEGIN PUBLIC KEY-----\\n"
        + Base64.getEncoder().encodeToString(keys.getPublic().getEncoded())
        + "\\n-----END PUBLIC KEY-----";
    server
        .environment()
        .putAll(Map.of(
            "BILLING_ENV", "test",
            "BILLING_CATALOG", "/training/catalog.yaml",
            "BILLING_TRIAL_LEDGER_KEY", "a key that opens nothing but this training",
            "DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres",
            "STRIPE_SECRET_KEY", "sk_test_training",
            "STRIPE_WEBHOOK_SECRET", SECRET,
            "STRIPE_API_BASE", "http://127.0.0.1:1",
            "CLERK_PUBLISHABLE_KEY", "pk_test_" + base64((ISSUER + "$").getBytes(StandardCharsets.UTF_8)),
            "CLERK_JWT_KEY", pem,
            "METRICS_TOKEN", "training"));
    return server.start();
  }

  private static void awaitReady(Process server) throws InterruptedException {
    long deadline = System.nanoTime() + MAX_START.toNanos();
    while (System.nanoTime() < deadline && server.isAlive()) {
      try {
        if (get("/health/ready", "").statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // It does not listen yet.
      }
      Thread.sleep(100);
    }
    throw new IllegalStateException("the server did not become ready; it says above why");
  }

  private static HttpResponse<String> get(String path, String token)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(BASE + path));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static void deliver(int round) throws Exception {
    long now = Instant.now().getEpochSecond();
    String event = """
        {"id":"evt_%1$d","object":"event","api_version":"2026-07-29.dahlia","created":%2$d,"livemode":false,
        "type":"customer.updated","data":{"object":{"id":"cus_%1$d","object":"customer","created":%2$d,
        "livemode":false,"email":"someone@example.com","metadata":{}}}}""".formatted(round, now);
    HttpRequest request = HttpRequest.newBuilder(URI.create(BASE + "/webhooks/stripe"))
        .header("Content-Type", "application/json")
        .header("Stripe-Signature", "t=" + now + ",v1=" + hmac(now + "." + event))
        .POST(HttpRequest.BodyPublishers.ofString(event))
        .build();
    HttpResponse<String> answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(
          "a webhook was answered " + answer.statusCode() + " " + answer.body());
    }
  }

  private static String hmac(String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String token(KeyPair keys) throws GeneralSecurityException {
    long now = Instant.now().getEpochSecond();
    String signed = base64("{\"alg\":\"RS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8))
        + "."
        + base64("{\"iss\":\"https://%s\",\"sub\":\"user_training\",\"iat\":%d,\"nbf\":%d,\"exp\":%d}"
            .formatted(ISSUER, now, now, now + 3600)
            .getBytes(StandardCharsets.UTF_8));
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(keys.getPrivate());
    signature.update(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + base64(signature.sign());
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
