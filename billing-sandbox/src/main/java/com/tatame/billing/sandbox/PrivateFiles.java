package com.tatame.billing.sandbox;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Folders and files that only their owner may read, where the file system knows owners. */
final class PrivateFiles {
  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

  private PrivateFiles() {}

  /** Makes a folder, or closes one that is there already to others. */
  static void createFolder(Path folder) throws IOException {
    Files.createDirectories(folder);
    restrict(folder, FOLDER);
  }

  /** Writes a file that only its owner can read, from its first moment on. */
  static void write(Path file, String content) throws IOException {
    Files.deleteIfExists(file);
    if (hasOwners(file)) {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(FILE));
    }
    Files.writeString(file, content);
  }

  /** Closes a file that an older version may have left open to others. */
  static void restrictFile(Path file) throws IOException {
    restrict(file, FILE);
  }

  private static void restrict(Path path, Set<PosixFilePermission> permissions) throws IOException {
    if (!hasOwners(path) || Files.getPosixFilePermissions(path).equals(permissions)) {
      return;
    }
    try {
      Files.setPosixFilePermissions(path, permissions);
    } catch (FileSystemException e) {
      // A mounted folder may be another user's: what is written into it is private all the same.
      System.getLogger(PrivateFiles.class.getName())
          .log(System.Logger.Level.WARNING, "{0} can be read by others", path);
    }
  }

  private static boolean hasOwners(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
