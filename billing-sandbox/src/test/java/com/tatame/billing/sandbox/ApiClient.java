package com.tatame.billing.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A client that takes no answer which the server's own description doesn't foretell. */
final class ApiClient {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  // Servers take long to render the document, and this takes long to compile its schemas.
  private static final Map<String, Contract> BY_PROGRAM = new ConcurrentHashMap<>();
  private static final Map<String, Contract> BY_DOCUMENT = new ConcurrentHashMap<>();

  private final String url;
  private final Contract contract;
  private final Optional<String> token;

  private ApiClient(String url, Contract contract, Optional<String> token) {
    this.url = url;
    this.contract = contract;
    this.token = token;
  }

  /** An answer. */
  record Reply(HttpResponse<String> http) {
    int status() {
      return http.statusCode();
    }

    String body() {
      return http.body();
    }

    JsonNode json() {
      return Json.read(http.body());
    }

    /** The text at a JSON pointer; empty where there is nothing. */
    String at(String pointer) {
      return json().at(pointer).asText();
    }

    String code() {
      return at("/code");
    }

    Optional<String> header(String name) {
      return http.headers().firstValue(name);
    }
  }

  /** A client without credentials of the server at this address. */
  static ApiClient of(String url) {
    return of(url, url);
  }

  /** The same of this product. */
  static ApiClient of(RunningProduct product) {
    return of(product.url(), product.program());
  }

  private static ApiClient of(String url, String program) {
    Contract contract = BY_PROGRAM.computeIfAbsent(program, any -> described(url));
    return new ApiClient(url, contract, Optional.empty());
  }

  private static Contract described(String url) {
    String document =
        send(HttpRequest.newBuilder(URI.create(url + "/openapi.json"))).body();
    return BY_DOCUMENT.computeIfAbsent(document, text -> new Contract(Json.read(text)));
  }

  /** The same for whom this token names. */
  ApiClient as(String bearer) {
    return new ApiClient(url, contract, Optional.of(bearer));
  }

  Contract contract() {
    return contract;
  }

  Reply get(String path, String... headers) {
    return call("GET", path, BodyPublishers.noBody(), headers);
  }

  Reply post(String path) {
    return call("POST", path, BodyPublishers.noBody());
  }

  /** Sends this as JSON; further headers replace those that are usual. */
  Reply post(String path, String json, String... headers) {
    return call("POST", path, BodyPublishers.ofString(json), headers);
  }

  /** Sends whatever it is; names and values of headers by turns. */
  Reply call(String method, String path, BodyPublisher body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path)).method(method, body);
    token.ifPresent(bearer -> request.header("Authorization", "Bearer " + bearer));
    if (body.contentLength() != 0) {
      request.header("Content-Type", "application/json");
    }
    for (int i = 0; i < headers.length; i += 2) {
      request.setHeader(headers[i], headers[i + 1]);
    }
    HttpResponse<String> answer = send(request);
    contract.check(method, path.replaceFirst("\\?.*", ""), answer);
    return new Reply(answer);
  }

  /** Sends a request to any address, and doesn't hold the answer against the contract. */
  static HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return HTTP.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
