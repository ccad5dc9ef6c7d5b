package dev.sotto.runtime.client;

import dev.sotto.problem.SottoException;
import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.KeyFile;
import dev.sotto.runtime.RuntimeError;
import dev.sotto.slots.SecretKey;
import dev.sotto.slots.SecretKeyFormat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** The files of a data owner's keys. */
final class KeyDirectory {
  /** A secret key is a seed and parameters. */
  private static final long MOST_BYTES = 1 << 16;

  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private final Path directory;

  private KeyDirectory(Path directory) {
    this.directory = directory;
  }

  static KeyDirectory of(Path directory) {
    return new KeyDirectory(directory);
  }

  private Path secret() {
    return directory.resolve(KeyFile.SECRET.fileName());
  }

  void write(ClientKeys keys) {
    try {
      Files.createDirectories(directory);
      try (OutputStream out = create(secret())) {
        keys.writeSecret(out);
      }
      if (keys.evaluationKeys() != null) {
        try (OutputStream out =
            Files.newOutputStream(directory.resolve(KeyFile.EVALUATION.fileName()))) {
          keys.writeEvaluation(out);
        }
      }
    } catch (FileAlreadyExistsException e) {
      throw SottoException.of(
          RuntimeError.KEYS_EXIST, secret().toString(), "no file expected here, got one.", e);
    } catch (IOException e) {
      throw SottoException.of(
          RuntimeError.FILE, directory.toString(), "cannot write keys: " + e + ".", e);
    }
  }

  /** A new file that only its owner can read, from the moment it is there. */
  private static OutputStream create(Path file) throws IOException {
    Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        posix
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
            : new FileAttribute<?>[0];
    SeekableByteChannel channel = Files.newByteChannel(file, options, attributes);
    return Channels.newOutputStream(channel);
  }

  SecretKey read(ClientPackage client) {
    try {
      if (Files.size(secret()) > MOST_BYTES) {
        throw RuntimeError.refused(
            RuntimeError.NOT_A_PACKAGE,
            secret().toString(),
            "at most " + MOST_BYTES + " bytes expected.");
      }
      return parse(Files.readAllBytes(secret()), client, secret().toString());
    } catch (IOException e) {
      throw SottoException.of(RuntimeError.FILE, secret().toString(), "cannot read: " + e + ".", e);
    }
  }

  /** The key of a file's bytes, which are wiped. */
  static SecretKey parse(byte[] bytes, ClientPackage client, String where) {
    try {
      ByteBuffer rest = KeyFile.SECRET.open(bytes, client.circuitHash());
      SecretKey key =
          SecretKeyFormat.read(new ByteArrayInputStream(bytes, rest.position(), rest.remaining()));
      if (!key.parameters().equals(client.part().plan().ring())) {
        key.close();
        throw RuntimeError.refused(
            RuntimeError.OTHER_CIRCUIT,
            where,
            "a key of "
                + client.part().plan().ring()
                + " expected, got one of "
                + key.parameters()
                + ".");
      }
      return key;
    } catch (IOException e) {
      throw SottoException.of(RuntimeError.DAMAGED, where, "cannot read: " + e + ".", e);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }
}
