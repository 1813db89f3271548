package com.tatame.billing.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signed webhook requests, each with an event of its own. Customers take turns, and of one customer
 * each event is a second later than the one before and tells something new, as a real one would.
 */
final class Events {
  static final String SECRET = "whsec_of_the_bench";
  private static final long MONTH = Duration.ofDays(30).toSeconds();

  private final String subscription;
  private final String customer;
  private final int customers;
  // In the future: a read, which is dated now, must not make the later events look old.
  private final long firstSecond = Instant.now().plus(Duration.ofDays(1)).getEpochSecond();
  private long next;

  Events(Path sources, int customers) throws IOException {
    this.subscription = Files.readString(sources.resolve("subscription.json")).strip();
    this.customer = Files.readString(sources.resolve("customer.json")).strip();
    this.customers = customers;
  }

  /** One event of each customer, which tells whose it is. */
  List<byte[]> introductions(String path, String target) {
    List<byte[]> requests = new ArrayList<>();
    for (int i = 0; i < customers; i++) {
      requests.add(request(path, fill(customer, "evt_intro" + target + i, i, 0)));
    }
    return requests;
  }

  /** The id of the event that {@link #next} will make. */
  String nextId() {
    return "evt_" + next;
  }

  /** The next events, signed now. */
  List<byte[]> next(String path, int count) {
    List<byte[]> requests = new ArrayList<>(count);
    for (int i = 0; i < count; i++, next++) {
      requests.add(request(path, fill(subscription, "evt_" + next, next % customers, next / customers)));
    }
    return requests;
  }

  /** What such an event looks like. */
  String sample() {
    return fill(subscription, "evt_sample", 0, 0);
  }

  /** The customer or subscription of this id as Stripe's API would answer it. */
  String object(String id) {
    long number = Long.parseLong(id.substring(id.indexOf('_') + 1));
    String event = fill(id.startsWith("cus_") ? customer : subscription, "evt_read", number, 0);
    int end = event.indexOf(",\"previous_attributes\"");
    return event.substring(
        event.indexOf("{\"id\":\"" + id), end < 0 ? event.indexOf("},\"livemode\"", event.indexOf("\"name\"")) : end);
  }

  private String fill(String template, String event, long number, long turn) {
    long start = firstSecond + turn * MONTH % (MONTH * 12);
    boolean ends = turn % 2 == 1;
    return template
        .replace("@event@", event)
        .replace("@subscription@", "sub_" + number)
        .replace("@customer@", "cus_" + number)
        .replace("@account@", "user_" + number)
        .replace("@created@", Long.toString(firstSecond + turn))
        .replace("@start@", Long.toString(start))
        .replace("@end@", Long.toString(start + MONTH))
        .replace("@ends@", Boolean.toString(ends))
        .replace("@was@", Boolean.toString(!ends));
  }

  private static byte[] request(String path, String body) {
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    String head = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        + "Stripe-Signature: " + signature(content) + "\r\nContent-Length: " + content.length + "\r\n\r\n";
    return (head + body).getBytes(StandardCharsets.UTF_8);
  }

  private static String signature(byte[] body) {
    String seconds = Long.toString(Instant.now().getEpochSecond());
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      mac.update((seconds + ".").getBytes(StandardCharsets.UTF_8));
      return "t=" + seconds + ",v1=" + HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
