package com.tatame.billing.mailservice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.tatame.billing.mail.MailTransport;
import com.tatame.billing.testkit.MailServiceUnderTest;
import com.tatame.billing.testkit.SettableClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A mail service's API on a local port, which loses, delays and repeats answers. */
abstract class HttpMailService implements MailServiceUnderTest {
  static final SenderAddress SENDER =
      new SenderAddress("billing@example.org", "Acme, \"Billing\"", Optional.empty());

  static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofMillis(1500);

  private final SettableClock clock = new SettableClock(Instant.parse("2026-03-01T09:00:00Z"));
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final List<TakenMail> taken = new ArrayList<>();
  private final List<Request> requests = new ArrayList<>();
  private final int port;
  private HttpServer server;
  private Behavior behavior = Behavior.ACCEPT;
  private int attempts;
  private Optional<Reply> fixed = Optional.empty();
  private Optional<Reply> fixedQuestion = Optional.empty();

  /** What it was asked. */
  record Request(String method, URI uri, Map<String, List<String>> headers, String body) {
    String header(String name) {
      return String.join(", ", headers.getOrDefault(name, List.of()));
    }

    JsonNode json() {
      try {
        return MAPPER.readTree(body);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  record Reply(int status, Map<String, String> headers, String body) {
    static Reply of(int status, String body) {
      return new Reply(status, Map.of(), body);
    }
  }

  HttpMailService() {
    server = listen(0);
    port = server.getAddress().getPort();
  }

  /** What the service answers to a mail, by what it does with it. */
  abstract Reply answer(Behavior now, JsonNode mail);

  abstract TakenMail taken(JsonNode mail);

  /** What it answers to a question. */
  abstract Reply question(URI uri);

  abstract MailTransport create();

  private HttpServer listen(int onPort) {
    try {
      HttpServer listening =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), onPort), 0);
      listening.setExecutor(threads);
      listening.createContext("/", this::handle);
      listening.start();
      return listening;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Request request = new Request(
          exchange.getRequestMethod(),
          exchange.getRequestURI(),
          Map.copyOf(exchange.getRequestHeaders()),
          new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      Reply reply;
      synchronized (this) {
        requests.add(request);
        reply = request.method().equals("GET")
            ? fixedQuestion.orElseGet(() -> question(request.uri()))
            : mail(request.json());
      }
      if (reply.status() == SILENT) {
        ended.await();
      } else if (reply.status() != LOST) {
        byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
        reply.headers().forEach(exchange.getResponseHeaders()::add);
        exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static final int SILENT = -1;
  private static final int LOST = -2;

  private Reply mail(JsonNode mail) {
    attempts++;
    boolean takes = behavior == Behavior.ACCEPT
        || behavior == Behavior.LOSE_ANSWER
        || behavior == Behavior.STAY_SILENT;
    if (takes) {
      taken.add(taken(mail));
    }
    return switch (behavior) {
      case LOSE_ANSWER -> Reply.of(LOST, "");
      case STAY_SILENT -> Reply.of(SILENT, "");
      default -> fixed.orElseGet(() -> answer(behavior, mail));
    };
  }

  /** Answers so to mails from now on, and takes none. */
  final synchronized void answer(Reply reply) {
    fixed = Optional.of(reply);
    behavior = Behavior.REFUSE;
  }

  /** Answers so to questions from now on. */
  final synchronized void answerQuestions(Reply reply) {
    fixedQuestion = Optional.of(reply);
  }

  final SettableClock clock() {
    return clock;
  }

  final URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  final synchronized List<Request> requests() {
    return List.copyOf(requests);
  }

  @Override
  public final void behave(Behavior now) {
    synchronized (this) {
      boolean wasDown = behavior == Behavior.BE_DOWN;
      behavior = now;
      if (now == Behavior.BE_DOWN && !wasDown) {
        server.stop(0);
      } else if (now != Behavior.BE_DOWN && wasDown) {
        server = listen(port);
      }
    }
  }

  @Override
  public final synchronized List<TakenMail> taken() {
    return List.copyOf(taken);
  }

  @Override
  public final synchronized int attempts() {
    return attempts;
  }

  @Override
  public final Instant now() {
    return clock.instant();
  }

  @Override
  public final Duration timeLimit() {
    return LIMIT;
  }

  @Override
  public void close() {
    ended.countDown();
    transport().close();
    server.stop(0);
    threads.shutdownNow();
  }
}
