package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ServerErrorsTest {
  @ParameterizedTest
  @CsvSource({"503,store_unavailable,true", "429,rate_limited,true", "431,validation_failed,false"})
  void refusalThatPassesSaysWhenToRetry(int status, String code, boolean passes) throws Exception {
    Server server = new Server(0);
    server.setErrorHandler(new ServerErrors());
    server.setHandler(new Handler.Abstract() {
      @Override
      public boolean handle(Request request, Response response, Callback callback) {
        Response.writeError(request, response, callback, status);
        return true;
      }
    });
    server.start();
    try {
      int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
      HttpResponse<String> refused = HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(refused.statusCode()).isEqualTo(status);
      assertThat(refused.body()).contains("\"code\":\"" + code + "\"");
      assertThat(refused.headers().firstValue("Retry-After").isPresent()).isEqualTo(passes);
    } finally {
      server.stop();
    }
  }
}
