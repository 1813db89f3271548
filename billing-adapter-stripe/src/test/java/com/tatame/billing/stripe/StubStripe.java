package com.tatame.billing.stripe;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that gives prepared answers, bad manners included, and records its requests. */
final class StubStripe implements AutoCloseable {
  static final String DATE = "Thu, 01 Jan 2026 00:00:05 GMT";

  /** A request; names of headers in lower case. */
  record Request(
      String method, String path, Map<String, String> headers, Map<String, String> params) {}

  /** What to do with a request. */
  private record Reply(int status, Map<String, String> headers, String body) {}

  private static final Reply HANG_UP = new Reply(-1, Map.of(), "");
  private static final Reply SILENCE = new Reply(-2, Map.of(), "");
  private static final Reply HALF = new Reply(-3, Map.of(), "");

  private final ServerSocket server;
  private final Deque<Reply> replies = new ConcurrentLinkedDeque<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final Thread thread = new Thread(this::serve, "stub");

  StubStripe() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    thread.setDaemon(true);
    thread.start();
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  StubStripe reply(int status, String body) {
    return reply(status, Map.of("Date", DATE, "Request-Id", "req_1"), body);
  }

  StubStripe reply(int status, Map<String, String> headers, String body) {
    replies.add(new Reply(status, headers, body));
    return this;
  }

  /** Reads the request and closes the connection. */
  StubStripe hangUp() {
    replies.add(HANG_UP);
    return this;
  }

  /** Reads the request and never answers. */
  StubStripe silence() {
    replies.add(SILENCE);
    return this;
  }

  /** Begins an answer and never ends it. */
  StubStripe halfAnAnswer() {
    replies.add(HALF);
    return this;
  }

  List<Request> requests() {
    return List.copyOf(requests);
  }

  /** The only request. */
  Request request() {
    if (requests.size() != 1) {
      throw new AssertionError("expected one request: " + requests);
    }
    return requests.get(0);
  }

  /** Returns once connections are refused: one that waits to be accepted keeps the port open until then. */
  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        if (server.isClosed()) {
          socket.close();
          return;
        }
        answer(socket);
      } catch (IOException e) {
        if (!server.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void answer(Socket socket) throws IOException {
    requests.add(read(socket.getInputStream()));
    Reply reply = replies.poll();
    if (reply == null) {
      reply = new Reply(599, Map.of(), "no answer is prepared");
    }
    if (reply.equals(SILENCE)) {
      return;
    }
    if (reply.equals(HALF)) {
      byte[] half =
          "HTTP/1.1 200 X\r\nContent-Length: 99\r\n\r\n{".getBytes(StandardCharsets.US_ASCII);
      socket.getOutputStream().write(half);
      socket.getOutputStream().flush();
      return;
    }
    if (!reply.equals(HANG_UP)) {
      byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
      StringBuilder head = new StringBuilder("HTTP/1.1 " + reply.status() + " X\r\n");
      reply.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
      head.append("Content-Length: " + body.length + "\r\nConnection: close\r\n\r\n");
      socket.getOutputStream().write(head.toString().getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(body);
      socket.getOutputStream().flush();
    }
    socket.close();
  }

  private static Request read(InputStream in) throws IOException {
    String[] start = line(in).split(" ", -1);
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    String form = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    String[] target = start[1].split("\\?", 2);
    return new Request(start[0], target[0], headers, params(target.length == 2 ? target[1] : form));
  }

  private static Map<String, String> params(String form) {
    Map<String, String> params = new TreeMap<>();
    for (String pair : form.split("&", -1)) {
      if (!pair.isEmpty()) {
        String[] parts = pair.split("=", 2);
        params.put(decoded(parts[0]), decoded(parts[1]));
      }
    }
    return params;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.write(c);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }
}
