package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.server.http.Description.Operation;
import com.tatame.billing.server.http.RunningServer.Reply;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Every 503 and every 429 of every route says when to come back. */
final class RetryAfterTest {
  private static final RunningServer SERVER = new RunningServer();
  private static final Description DESCRIPTION =
      new Description(SERVER.get("/openapi.json", null).json());

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void everyRouteThatIsDownWithItsStoreSaysWhenToRetry() {
    SERVER.cutOffStore(true);
    List<String> silent = new ArrayList<>();
    List<String> down = new ArrayList<>();
    for (Operation operation : DESCRIPTION.operations()) {
      if (operation.method().equals("GET")) {
        Reply reply = SERVER.get(operation.pathWith("id_1"), "user_root");
        if (reply.status() == 503) {
          down.add(operation.toString());
          if (!reply.header("Retry-After").matches("[1-9]\\d*")) {
            silent.add(operation.toString());
          }
        }
      }
    }
    SERVER.cutOffStore(false);

    assertThat(down).hasSizeGreaterThan(20).contains("GET /health", "GET /health/ready");
    assertThat(silent).isEmpty();
  }

  @Test
  void descriptionNamesTheHeaderOfEvery503And429() {
    List<String> silent = new ArrayList<>();
    for (Operation operation : DESCRIPTION.operations()) {
      for (String status : List.of("429", "503")) {
        JsonNode response = operation.details().path("responses").path(status);
        if (!response.isMissingNode() && !response.path("headers").has("Retry-After")) {
          silent.add(operation + " " + status);
        }
      }
    }

    assertThat(silent).isEmpty();
  }
}
