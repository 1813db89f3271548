package com.tatame.billing.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** A host without Micrometer and OpenTelemetry. */
final class OptionalLibrariesTest {
  private static final String[] LEFT_OUT = {"micrometer", "opentelemetry"};

  @Test
  void routesAreServedWithoutMetricsAndTracing() throws Exception {
    try (URLClassLoader host =
        new URLClassLoader(hostsClassPath(), ClassLoader.getPlatformClassLoader())) {
      assertThat(host.getResource("io/micrometer/core/instrument/MeterRegistry.class"))
          .isNull();
      assertThat(host.getResource("io/opentelemetry/context/Context.class")).isNull();
      Thread thread = Thread.currentThread();
      ClassLoader before = thread.getContextClassLoader();
      thread.setContextClassLoader(host);
      try {
        Object caller =
            host.loadClass(MountedCall.class.getName()).getDeclaredConstructor().newInstance();
        assertThat(((Callable<?>) caller).call()).isEqualTo("200 free 404");
      } finally {
        thread.setContextClassLoader(before);
      }
    }
  }

  private static URL[] hostsClassPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(File::new)
        .filter(file -> Arrays.stream(LEFT_OUT).noneMatch(file.getName()::contains))
        .map(OptionalLibrariesTest::url)
        .toArray(URL[]::new);
  }

  private static URL url(File file) {
    try {
      return file.toURI().toURL();
    } catch (MalformedURLException e) {
      throw new AssertionError(e);
    }
  }
}
