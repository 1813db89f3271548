package com.tatame.billing.identity;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Fetches an issuer's published keys. */
@FunctionalInterface
public interface KeySetSource {
  /**
   * The JSON Web Key Set as it is published now.
   *
   * @throws IOException if it can't be had
   */
  String fetch() throws IOException;

  /**
   * Fetches over HTTP.
   *
   * @param bearer sent as authorization where the address asks for it
   */
  static KeySetSource http(URI address, Optional<String> bearer) {
    Duration timeout = Duration.ofSeconds(3);
    HttpClient client = HttpClient.newBuilder().connectTimeout(timeout).build();
    HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(timeout);
    bearer.ifPresent(token -> request.header("Authorization", "Bearer " + token));
    HttpRequest get = request.build();
    return () -> {
      try {
        HttpResponse<String> response = client.send(get, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
          throw new IOException("the key set was answered with status " + response.statusCode());
        }
        return response.body();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while fetching the key set", e);
      }
    };
  }
}
