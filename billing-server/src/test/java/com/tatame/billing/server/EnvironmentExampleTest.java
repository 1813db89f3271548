package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EnvironmentExampleTest {
  @Test
  void namesEveryVariableOnceAndNoOther() throws IOException {
    List<String> named = Files.readAllLines(Path.of("../.env.example")).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(line -> line.substring(0, line.indexOf('=')))
        .filter(name -> !name.startsWith("STRIPE_PRICE_"))
        .toList();

    assertThat(named).containsExactlyInAnyOrderElementsOf(BillingConfig.variables());
  }
}
