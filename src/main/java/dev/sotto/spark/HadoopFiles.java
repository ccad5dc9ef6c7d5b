package dev.sotto.spark;

import dev.sotto.problem.SottoException;
import dev.sotto.runtime.RuntimeError;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;

/** Packages and keys as whole files on any file system that Hadoop knows. */
public final class HadoopFiles {
  /** A quantized model in the folder of a saved stage. */
  public static final String MODULE = "module.sotto";

  /** A server's package there, and among the packages of one model. */
  public static final String SERVER = "server.zip";

  /** A client's package there. */
  public static final String CLIENT = "client.zip";

  /** Larger files are no packages and no keys. */
  private static final long MOST_BYTES = 1L << 30;

  private static final FsPermission OWNER_ONLY = new FsPermission("600");

  private HadoopFiles() {}

  /** Whether a name says its file system, so that only Hadoop can open it. */
  public static boolean isRemote(String name) {
    return name.contains("://");
  }

  /** A folder and a name in it. */
  public static String in(String folder, String name) {
    return new Path(folder, name).toString();
  }

  /**
   * The file itself, or the first of some names that is in the folder.
   *
   * @throws SottoException when there is none, or it cannot be read
   */
  public static String find(String name, Configuration configuration, String... within) {
    Path path = new Path(name);
    try {
      FileSystem files = path.getFileSystem(configuration);
      if (!files.getFileStatus(path).isDirectory()) {
        return name;
      }
      for (String file : within) {
        if (files.exists(new Path(path, file))) {
          return in(name, file);
        }
      }
    } catch (IOException e) {
      throw SottoException.of(RuntimeError.FILE, name, "cannot read: " + e + ".", e);
    }
    throw SottoException.of(
        RuntimeError.FILE, name, "one of " + List.of(within) + " expected in the folder.");
  }

  /**
   * Reads a file.
   *
   * @throws SottoException when it cannot be read, or is too large for a package or key
   */
  public static byte[] read(String name, Configuration configuration) {
    Path path = new Path(name);
    try {
      FileSystem files = path.getFileSystem(configuration);
      FileStatus status = files.getFileStatus(path);
      if (status.isDirectory() || status.getLen() > MOST_BYTES) {
        throw RuntimeError.refused(
            RuntimeError.NOT_A_PACKAGE,
            name,
            "a file of at most " + MOST_BYTES + " bytes expected.");
      }
      byte[] bytes = new byte[(int) status.getLen()];
      try (FSDataInputStream in = files.open(path)) {
        in.readFully(0, bytes);
      }
      return bytes;
    } catch (IOException e) {
      throw SottoException.of(RuntimeError.FILE, name, "cannot read: " + e + ".", e);
    }
  }

  /** What writes the content of a file. */
  public interface Content {
    /** Writes it; the stream stays open. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a file, over one that is there.
   *
   * @throws SottoException when it cannot be written
   */
  public static void write(String name, Configuration configuration, Content content) {
    Path path = new Path(name);
    try (FSDataOutputStream out = path.getFileSystem(configuration).create(path, true)) {
      content.writeTo(out);
    } catch (IOException e) {
      throw SottoException.of(RuntimeError.FILE, name, "cannot write: " + e + ".", e);
    }
  }

  /**
   * Writes a new file that only its owner can read, from the moment it is there.
   *
   * @throws SottoException when there is one already, or it cannot be written
   */
  public static void writeSecret(String name, Configuration configuration, Content content) {
    Path path = new Path(name);
    try {
      FileSystem files = path.getFileSystem(configuration);
      if (files.exists(path)) {
        throw RuntimeError.refused(
            RuntimeError.KEYS_EXIST, name, "no file expected here, got one.");
      }
      files.mkdirs(path.getParent());
      try (FSDataOutputStream out =
          files.createFile(path).permission(OWNER_ONLY).overwrite(false).recursive().build()) {
        content.writeTo(out);
      }
    } catch (FileAlreadyExistsException e) {
      throw SottoException.of(RuntimeError.KEYS_EXIST, name, "no file expected here, got one.", e);
    } catch (IOException e) {
      throw SottoException.of(RuntimeError.FILE, name, "cannot write: " + e + ".", e);
    }
  }
}
