package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** Keeps the account in a file that is always whole: it is written aside and then takes the old one's place. */
final class StateFile {
  private static final ObjectMapper MAPPER = new ObjectMapper()
      .setVisibility(PropertyAccessor.GETTER, Visibility.NONE)
      .setVisibility(PropertyAccessor.IS_GETTER, Visibility.NONE)
      .setVisibility(PropertyAccessor.SETTER, Visibility.NONE)
      .setVisibility(PropertyAccessor.FIELD, Visibility.ANY);

  private static final Set<PosixFilePermission> OWNERS =
      PosixFilePermissions.fromString("rw-------");

  private final Path file;

  StateFile(Path file) {
    this.file = file.toAbsolutePath();
  }

  Optional<Account> load() {
    try {
      return Files.exists(file)
          ? Optional.of(MAPPER.readValue(file.toFile(), Account.class))
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("the simulator's state cannot be read from " + file, e);
    }
  }

  void save(Account account) {
    try {
      Path folder = file.getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Path aside = file.resolveSibling(file.getFileName() + ".new");
      // It holds what signs the webhooks.
      Files.deleteIfExists(aside);
      if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createFile(aside, PosixFilePermissions.asFileAttribute(OWNERS));
      }
      Files.write(aside, MAPPER.writeValueAsBytes(account));
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("the simulator's state cannot be written to " + file, e);
    }
  }
}
