package com.tatame.billing.mailservice;

import java.net.URI;
import java.time.Duration;

/**
 * How Postmark is reached.
 *
 * @param serverToken of the server that sends
 * @param messageStream one for transactional mail
 * @param timeout for a whole request
 */
public record PostmarkSettings(
    String serverToken, String messageStream, URI baseUrl, Duration timeout) {
  /** With the stream that each server has, and 15 seconds. */
  public static PostmarkSettings of(String serverToken) {
    return new PostmarkSettings(
        serverToken, "outbound", URI.create("https://api.postmarkapp.com"), Duration.ofSeconds(15));
  }

  @Override
  public String toString() {
    return "PostmarkSettings[messageStream=" + messageStream + ", baseUrl=" + baseUrl + "]";
  }
}
