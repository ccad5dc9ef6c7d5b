package dev.sotto.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.compiler.CompiledCircuit;
import dev.sotto.problem.SottoException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code client.zip} and {@code server.zip}. */
final class PackagesTest {

  @Test
  void packages_compiled_twice_have_equal_bytes() {
    assertArrayEquals(
        ServerPackage.of(TinyCircuits.squares()).toBytes(),
        ServerPackage.of(TinyCircuits.squares()).toBytes());
    assertArrayEquals(
        ClientPackage.of(TinyCircuits.squares()).toBytes(),
        ClientPackage.of(TinyCircuits.squares()).toBytes());
    assertNotEquals(TinyCircuits.squares().hash(), TinyCircuits.logistic().hash());
  }

  @Test
  void packages_compiled_in_two_virtual_machines_have_equal_bytes()
      throws IOException, InterruptedException {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xint", // another compiler, other hash seeds
                "-XX:+IgnoreUnrecognizedVMOptions",
                "-cp",
                System.getProperty("java.class.path"),
                Hashes.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String hashes = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, other.waitFor());
    assertEquals(Hashes.text(), hashes);
  }

  /** Prints the hashes of tiny circuits. */
  static final class Hashes {
    private Hashes() {}

    static String text() {
      return TinyCircuits.squares().hash() + " " + TinyCircuits.logistic().hash();
    }

    public static void main(String[] args) {
      System.out.print(text());
    }
  }

  @Test
  void packages_read_back_are_written_the_same(@TempDir Path folder) {
    for (CompiledCircuit compiled :
        new CompiledCircuit[] {
          TinyCircuits.logistic(), TinyCircuits.squares(), TinyCircuits.relinearised()
        }) {
      Path client = folder.resolve("client.zip");
      Path server = folder.resolve("server.zip");
      ClientPackage.of(compiled).write(client);
      ServerPackage.of(compiled).write(server);
      assertArrayEquals(ClientPackage.of(compiled).toBytes(), ClientPackage.read(client).toBytes());
      assertArrayEquals(ServerPackage.of(compiled).toBytes(), ServerPackage.read(server).toBytes());
      assertEquals(compiled.hash(), ServerPackage.read(server).circuitHash());
      assertEquals(compiled.hash(), ClientPackage.read(client).circuitHash());
      assertEquals(compiled.plan(), ServerPackage.read(server).part().plan());
      assertEquals(
          compiled.serverPart().circuit().print(),
          ServerPackage.read(server).part().circuit().print());
    }
  }

  @Test
  void server_package_knows_no_names_of_inputs_and_no_meanings() throws IOException {
    CompiledCircuit compiled = TinyCircuits.logistic();
    String server = new String(ServerPackage.of(compiled).toBytes(), StandardCharsets.ISO_8859_1);
    String client = new String(ClientPackage.of(compiled).toBytes(), StandardCharsets.ISO_8859_1);
    assertTrue(client.contains("monthly_income") && client.contains("Softmax"));
    assertFalse(server.contains("monthly_income"));
    assertFalse(server.contains("Softmax"));
  }

  /** Grows with the layers in the server's package alone. */
  @Test
  void client_package_holds_no_weights() {
    BenchmarkModel small = BenchmarkModel.compile("logistic-cancer", 6);
    BenchmarkModel large = BenchmarkModel.compile("mlp-digits", 6);
    int client = ClientPackage.of(large.compiled()).toBytes().length;
    int server = ServerPackage.of(large.compiled()).toBytes().length;
    assertTrue(server > 4 * ServerPackage.of(small.compiled()).toBytes().length, server + " bytes");
    assertTrue(client < 2048, client + " bytes");
    assertTrue(
        large.compiled().clientPart().module().circuit().nodes().stream()
            .noneMatch(n -> n.operation() instanceof dev.sotto.circuit.Operation.Linear));
  }

  @Test
  void manifest_says_what_the_package_is() throws IOException {
    String json = entries(ServerPackage.of(TinyCircuits.squares()).toBytes()).get("manifest.json");
    assertTrue(
        json.contains("\"circuit_sha256\": \"" + TinyCircuits.squares().hash() + "\""), json);
    assertTrue(json.contains("\"scheme\": \"CKKS\""), json);
    assertTrue(json.contains("\"format_version\": 1"), json);
  }

  private static Map<String, String> entries(byte[] zip) throws IOException {
    Map<String, String> entries = new TreeMap<>();
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
      for (ZipEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
        entries.put(e.getName(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return entries;
  }

  @Test
  void package_of_the_other_side_is_refused() {
    byte[] client = ClientPackage.of(TinyCircuits.logistic()).toBytes();
    byte[] server = ServerPackage.of(TinyCircuits.logistic()).toBytes();
    assertTrue(Faults.code(() -> ServerPackage.parse(client)).contains("SOTTO-COMPILE-010"));
    assertTrue(Faults.code(() -> ClientPackage.parse(server)).contains("SOTTO-COMPILE-010"));
  }

  @Test
  void package_of_a_newer_version_is_refused_by_its_name() {
    byte[] bytes = ServerPackage.of(TinyCircuits.logistic()).toBytes();
    // content.pb begins with its kind, then the version: field 2, varint.
    int at = Faults.indexOf(bytes, "sotto.server-part") + "sotto.server-part".length();
    assertEquals(0x10, bytes[at]);
    byte[] content = PackageFile.unzip(bytes, "test");
    content[Faults.indexOf(content, "sotto.server-part") + "sotto.server-part".length() + 1] = 9;
    byte[] newer = PackageFile.zip("{}", content);
    SottoException refused = Faults.of(() -> ServerPackage.parse(newer));
    assertTrue(refused.getMessage().contains("SOTTO-COMPILE-011"), refused.getMessage());
    assertTrue(refused.getMessage().contains("version 9"), refused.getMessage());
  }

  /** Every byte of the content counts; of the archive's own fields some say nothing. */
  @Test
  void package_with_an_altered_byte_is_refused_or_the_same() {
    byte[] server = ServerPackage.of(TinyCircuits.logistic()).toBytes();
    byte[] client = ClientPackage.of(TinyCircuits.squares()).toBytes();
    int refused = 0;
    for (int at = 0; at < Math.max(server.length, client.length); at++) {
      refused += at < server.length && altered(server, at, true) ? 1 : 0;
      refused += at < client.length && altered(client, at, false) ? 1 : 0;
    }
    assertTrue(refused > 0.7 * (server.length + client.length), refused + " refused");
  }

  private static boolean altered(byte[] bytes, int at, boolean server) {
    byte[] changed = bytes.clone();
    changed[at] ^= 0x10;
    try {
      byte[] again =
          server ? ServerPackage.parse(changed).toBytes() : ClientPackage.parse(changed).toBytes();
      assertArrayEquals(bytes, again, "byte " + at);
      return false;
    } catch (SottoException e) {
      return true;
    }
  }

  @Test
  void package_cut_short_is_refused() {
    byte[] bytes = ServerPackage.of(TinyCircuits.logistic()).toBytes();
    byte[] content = PackageFile.unzip(bytes, "test");
    for (int length = 0; length < content.length + 60; length++) {
      byte[] cut = java.util.Arrays.copyOf(bytes, length);
      Faults.of(() -> ServerPackage.parse(cut));
    }
  }

  @Test
  void file_that_is_no_package_is_refused_with_its_name(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("notes.txt");
    Files.writeString(file, "nothing of the kind");
    assertTrue(Faults.of(() -> ServerPackage.read(file)).getMessage().contains("notes.txt"));
    Path absent = folder.resolve("absent.zip");
    assertTrue(Faults.code(() -> ClientPackage.read(absent)).contains("SOTTO-RUNTIME-003"));
  }
}
