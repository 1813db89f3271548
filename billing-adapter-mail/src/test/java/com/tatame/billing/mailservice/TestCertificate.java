package com.tatame.billing.mailservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.ssl.SSLContexts;

/** A certificate of localhost that is in no list of trusted ones. */
final class TestCertificate {
  static final String PASSWORD = "changeit";

  private final Path file;
  private final SSLContext context;

  private TestCertificate(Path file, SSLContext context) {
    this.file = file;
    this.context = context;
  }

  static TestCertificate in(Path folder) throws Exception {
    Path file = folder.resolve("localhost.p12");
    Process keytool = new ProcessBuilder(List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "localhost",
            "-keyalg",
            "EC",
            "-groupname",
            "secp256r1",
            "-dname",
            "CN=localhost",
            "-ext",
            "san=dns:localhost",
            "-validity",
            "2",
            "-storetype",
            "PKCS12",
            "-keystore",
            file.toString(),
            "-storepass",
            PASSWORD))
        .redirectErrorStream(true)
        .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return new TestCertificate(
        file,
        SSLContexts.custom()
            .loadKeyMaterial(keys, PASSWORD.toCharArray())
            .loadTrustMaterial(keys, null)
            .build());
  }

  Path file() {
    return file;
  }

  /** Has the key, and trusts the certificate. */
  SSLContext context() {
    return context;
  }
}
