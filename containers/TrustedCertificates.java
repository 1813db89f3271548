import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;

/**
 * Gives a JDK the certificate authorities of its system. Those from a distribution's package have
 * none of their own, only a link to a file which another package would make.
 */
public final class TrustedCertificates {
  private TrustedCertificates() {}

  /** Takes the system's file of certificates, and the file to write. */
  public static void main(String[] arguments) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (InputStream system = Files.newInputStream(Path.of(arguments[0]))) {
      Collection<? extends Certificate> authorities =
          CertificateFactory.getInstance("X.509").generateCertificates(system);
      int number = 0;
      for (Certificate authority : authorities) {
        store.setCertificateEntry("authority-" + number++, authority);
      }
    }
    if (store.size() == 0) {
      throw new IllegalStateException(arguments[0] + " holds no certificate");
    }
    Path written = Path.of(arguments[1]);
    Files.createDirectories(written.getParent());
    try (OutputStream out = Files.newOutputStream(written)) {
      // Like the JDK's own: readable without a password.
      store.store(out, null);
    }
  }
}
