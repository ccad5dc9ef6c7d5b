package dev.sotto.runtime;

import dev.sotto.compiler.slots.SlotsPlan;
import dev.sotto.problem.SottoException;
import dev.sotto.slots.RingParameters;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * A package on disk: a zip archive of {@value #CONTENT}, which is all that is read, and {@value
 * #MANIFEST}, which tells people what it is.
 *
 * <p>Entries are stored, not deflated, in this order and with a fixed time, so that equal contents
 * give equal bytes on every machine; and a reader allocates no more than there are bytes.
 */
final class PackageFile {
  static final String CONTENT = "content.pb";
  static final String MANIFEST = "manifest.json";

  /** Larger files are no packages. */
  private static final long MOST_BYTES = 1L << 30;

  private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private PackageFile() {}

  /** The bytes of a package. */
  static byte[] zip(String manifest, byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(content.length + 4096);
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      put(zip, CONTENT, content);
      put(zip, MANIFEST, manifest.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes all bytes", e);
    }
    return bytes.toByteArray();
  }

  private static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    entry.setCrc(crc.getValue());
    entry.setTimeLocal(TIME);
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }

  /** The content of a package's bytes. */
  static byte[] unzip(byte[] bytes, String where) {
    byte[] content = null;
    int entries = 0;
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        String expected = entries++ == 0 ? CONTENT : MANIFEST;
        if (entries > 2 || !entry.getName().equals(expected)) {
          throw refused(
              RuntimeError.NOT_A_PACKAGE,
              where,
              "'" + CONTENT + "' and '" + MANIFEST + "' expected, got '" + entry.getName() + "'.");
        }
        if (entry.getMethod() != ZipEntry.STORED || entry.getSize() > bytes.length) {
          throw refused(
              RuntimeError.DAMAGED, where, "entry '" + expected + "' is not as it was written.");
        }
        byte[] read = zip.readAllBytes();
        content = entries == 1 ? read : content;
      }
    } catch (IOException | IllegalArgumentException e) {
      throw SottoException.of(
          RuntimeError.DAMAGED, where, "the archive cannot be read: " + e.getMessage() + ".", e);
    }
    if (content == null) {
      throw refused(RuntimeError.NOT_A_PACKAGE, where, "a zip archive expected, got none.");
    }
    if (entries < 2) {
      throw refused(RuntimeError.DAMAGED, where, "'" + MANIFEST + "' expected, got none.");
    }
    return content;
  }

  private static SottoException refused(RuntimeError error, String where, String detail) {
    return RuntimeError.refused(error, where, detail);
  }

  /** Writes a file. */
  static void write(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw SottoException.of(RuntimeError.FILE, file.toString(), "cannot write: " + e + ".", e);
    }
  }

  /** Reads a file of bounded size. */
  static byte[] read(Path file) {
    try {
      long size = Files.size(file);
      if (size > MOST_BYTES) {
        throw refused(
            RuntimeError.NOT_A_PACKAGE,
            file.toString(),
            "at most " + MOST_BYTES + " bytes expected, got " + size + ".");
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw SottoException.of(RuntimeError.FILE, file.toString(), "cannot read: " + e + ".", e);
    }
  }

  /**
   * What people read.
   *
   * @param further lines that belong to one side, each {@code "name": value}
   */
  static String manifest(
      String kind, String circuit, SlotsPlan plan, int contentBytes, String... further) {
    RingParameters ring = plan.ring();
    StringBuilder json = new StringBuilder();
    json.append("{\n");
    line(json, "kind", quoted(kind));
    line(json, "format_version", "1");
    line(json, "circuit_sha256", quoted(circuit));
    line(json, "engine", quoted("slots"));
    line(json, "scheme", quoted(plan.scheme().name()));
    line(json, "ring", quoted(ring.type().name().toLowerCase(Locale.ROOT)));
    line(json, "ring_dimension", Integer.toString(ring.n()));
    line(json, "primes", ring.primes().toString());
    line(json, "special_primes", ring.specialPrimes().toString());
    line(json, "log2_modulus", String.format(Locale.ROOT, "%.2f", ring.logQp()));
    if (plan.scheme() == SlotsPlan.Scheme.BGV) {
      line(json, "plaintext_modulus", Long.toString(plan.plaintextModulus()));
    } else {
      line(json, "scale", Double.toString(plan.scale()));
    }
    line(json, "relinearised_degree", Integer.toString(plan.relinearisedDegree()));
    for (String each : further) {
      json.append("  ").append(each).append(",\n");
    }
    json.append("  \"content_bytes\": ").append(contentBytes).append("\n}\n");
    return json.toString();
  }

  private static void line(StringBuilder json, String name, String value) {
    json.append("  ").append(quoted(name)).append(": ").append(value).append(",\n");
  }

  private static String quoted(String plain) {
    return '"' + plain + '"';
  }
}
