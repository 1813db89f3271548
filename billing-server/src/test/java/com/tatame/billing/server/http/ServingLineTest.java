package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.tatame.billing.server.BillingServer;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class ServingLineTest {
  @Test
  void servingLineHasAddressModeStoreAndSchema() {
    Logger log = (Logger) LoggerFactory.getLogger(BillingServer.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    int port;
    try (RunningServer server = new RunningServer()) {
      port = server.port();
    } finally {
      log.detachAppender(lines);
    }

    assertThat(lines.list)
        .filteredOn(line -> line.getMessage().equals("serving"))
        .singleElement()
        .satisfies(line -> {
          Map<String, String> pairs = line.getKeyValuePairs().stream()
              .collect(Collectors.toMap(pair -> pair.key, pair -> String.valueOf(pair.value)));
          assertThat(pairs)
              .containsEntry("address", "http://0.0.0.0:" + port)
              .containsEntry("port", Integer.toString(port))
              .containsEntry("store", "given by the program")
              .containsKey("schema");
          assertThat(pairs.get("mode")).matches("(development|production|test), test keys");
        });
  }
}
