package dev.sotto.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sotto.testing.SharedMaterial;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The way of encrypted rows through the commands, and what is refused on it. */
final class EncryptedCommandsTest {
  private static final int ROWS = 143;

  @TempDir static Path shared;
  private static Path benchmark;
  private static Path client;
  private static Path server;
  private static Path keys;

  @TempDir Path folder;
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  private static int run(StringWriter out, StringWriter err, Object... arguments) {
    CommandLine commandLine = SottoCommand.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(
        java.util.Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
  }

  private int run(Object... arguments) {
    out = new StringWriter();
    err = new StringWriter();
    return run(out, err, arguments);
  }

  private JsonNode json() throws IOException {
    return new ObjectMapper().readTree(out.toString());
  }

  @BeforeAll
  static void compile() {
    benchmark = SharedMaterial.require("benchmark-models/logistic-cancer");
    StringWriter err = new StringWriter();
    Path compiled = shared.resolve("compiled");
    keys = shared.resolve("keys");
    client = compiled.resolve("client.zip");
    server = compiled.resolve("server.zip");
    int status =
        run(
            new StringWriter(),
            err,
            "compile",
            benchmark.resolve("model.onnx"),
            "--calibration",
            benchmark.resolve("calibration.csv"),
            "-o",
            compiled);
    assertEquals(0, status, err.toString());
    assertEquals(
        0, run(new StringWriter(), err, "keygen", "--client", client, "-o", keys), err.toString());
  }

  private int encrypt(Object rows, String name, Object... more) {
    List<Object> arguments =
        new ArrayList<>(
            List.of("encrypt", "--client", client, "--keys", keys, "-i", rows, "-o", at(name)));
    arguments.addAll(List.of(more));
    arguments.add("--json");
    return run(arguments.toArray());
  }

  private int score(String from, String into) {
    return run("score", "--mode", "encrypted", "--server", server, "-i", at(from), "-o", at(into));
  }

  private int decrypt(Path secret, String from, String into) {
    return run(
        "decrypt", "--client", client, "--keys", secret, "-i", at(from), "-o", at(into), "--json");
  }

  private Path at(String name) {
    return folder.resolve(name);
  }

  @Test
  void encrypted_way_gives_the_same_file_as_the_clear_one() throws IOException {
    Path rows = benchmark.resolve("test.csv");
    assertEquals(0, encrypt(rows, "rows"), err.toString());
    assertEquals(1, json().get("blocks").asInt());
    assertEquals(0, score("rows", "scored"), err.toString());
    assertEquals(0, decrypt(keys, "scored", "result.csv"), err.toString());
    assertEquals(ROWS, json().get("rows").asInt());
    Path clear = at("clear.csv");
    int status =
        run(
            "score",
            "--mode",
            "clear",
            "--client",
            client,
            "--server",
            server,
            "-i",
            rows,
            "-o",
            clear);
    assertEquals(0, status, err.toString());
    List<String> lines = Files.readAllLines(at("result.csv"));
    assertEquals(Files.readAllLines(clear), lines);
    assertEquals(ROWS + 1, lines.size());
    assertTrue(lines.get(0).startsWith("row,label,"), lines.get(0));
    assertTrue(lines.get(0).endsWith(",prediction"), lines.get(0));
  }

  @Test
  void secret_key_is_its_owners_alone_and_never_overwritten() throws IOException {
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(keys.resolve(KeygenCommand.SECRET))));
    assertEquals(2, run("keygen", "--client", client, "-o", keys));
    assertTrue(err.toString().startsWith("SOTTO-RUNTIME-014"), err.toString());
  }

  @Test
  void rows_that_cannot_be_encrypted_are_listed_and_the_others_go_on() throws IOException {
    List<String> lines = new ArrayList<>();
    int row = 123456780; // long identifiers come back as they were
    for (String line : Files.readAllLines(benchmark.resolve("test.csv")).subList(0, 20)) {
      lines.add(row++ + "," + line);
    }
    lines.set(4, lines.get(4).replaceFirst(",[^,]*", ","));
    lines.set(7, "1,2,3");
    Path rows = Files.write(at("rows.csv"), lines);
    assertEquals(2, encrypt(rows, "none"));
    assertEquals("SOTTO-CLI-005", json().at("/error/0/code").asText());
    assertEquals(0, encrypt(rows, "enc", "--keep", "first"), err.toString());
    assertEquals(18, json().get("rows").asInt());
    assertEquals(2, json().get("rejected").asInt());
    List<String> rejected = Files.readAllLines(at("enc").resolve("rejected.csv"));
    assertTrue(rejected.get(1).startsWith("4,SOTTO-RUNTIME-011,"), rejected.toString());
    assertTrue(rejected.get(2).startsWith("7,SOTTO-RUNTIME-012,"), rejected.toString());
    List<String> kept = Files.readAllLines(at("enc").resolve("rows.csv"));
    assertEquals(19, kept.size());
    assertTrue(kept.get(5).startsWith("0,5,123456785,"), kept.get(5));
  }

  @Test
  void altered_block_is_refused_and_the_others_are_decrypted() throws IOException {
    assertEquals(0, encrypt(benchmark.resolve("test.csv"), "enc", "--split", 50), err.toString());
    assertEquals(3, json().get("blocks").asInt());
    Path block = at("enc").resolve("block-00001.enc");
    byte[] bytes = Files.readAllBytes(block);
    bytes[bytes.length / 2] ^= 1;
    Files.write(block, bytes);
    assertEquals(2, score("enc", "scored"));
    assertTrue(out.toString().contains("SOTTO-"), out.toString());
    assertEquals(2, decrypt(keys, "scored", "result.csv"));
    assertEquals(93, json().get("rows").asInt());
    assertEquals(50, json().get("refused_rows").asInt());
    assertEquals(94, Files.readAllLines(at("result.csv")).size());
    Path rejected = at("result.rejected.csv");
    assertEquals(51, Files.readAllLines(rejected).size());

    assertEquals(
        0, encrypt(benchmark.resolve("test.csv"), "again", "--only", rejected), err.toString());
    assertEquals(50, json().get("rows").asInt());
  }

  @Test
  void refused_run_leaves_no_folder_that_the_next_one_is_refused_for() throws IOException {
    assertEquals(0, encrypt(benchmark.resolve("test.csv"), "enc"), err.toString());
    Path block = at("enc").resolve("block-00000.enc");
    byte[] whole = Files.readAllBytes(block);
    byte[] altered = whole.clone();
    altered[whole.length / 2] ^= 1;
    Files.write(block, altered);
    assertEquals(2, score("enc", "scored"));
    assertFalse(Files.exists(at("scored")));
    Files.write(block, whole);
    assertEquals(0, score("enc", "scored"), err.toString());
  }

  @Test
  void results_of_another_key_are_refused() throws IOException {
    Path others = at("others");
    assertEquals(0, run("keygen", "--client", client, "-o", others));
    assertEquals(0, encrypt(benchmark.resolve("test.csv"), "enc"));
    assertEquals(0, score("enc", "scored"));
    assertEquals(2, decrypt(others, "scored", "result.csv"));
    assertEquals("SOTTO-RUNTIME-006", json().at("/error/0/code").asText());
    assertFalse(Files.exists(at("result.csv")));
    assertEquals(2, decrypt(keys, "enc", "result.csv"));
    assertEquals("SOTTO-RUNTIME-008", json().at("/error/0/code").asText());
  }

  @ParameterizedTest
  @CsvSource({
    "--engine, tfhe, SOTTO-CLI-006",
    "--degree, 9, SOTTO-CLI-006",
    "--ring, torus, SOTTO-CLI-006",
    "--loss-budget, 2, SOTTO-CLI-006",
    "--calibration-limit, 0, SOTTO-CLI-006",
    "--scheme, tfhe, SOTTO-CLI-001"
  })
  void options_of_the_compiler_that_it_does_not_take_are_refused(
      String option, String value, String code) {
    Object model = benchmark.resolve("model.onnx");
    Object rows = benchmark.resolve("calibration.csv");
    assertEquals(2, run("compile", model, "--calibration", rows, "-o", at("no"), option, value));
    assertTrue(err.toString().startsWith(code), err.toString());
    assertFalse(Files.exists(at("no")));
  }

  @Test
  void limit_takes_the_first_calibration_rows() throws IOException {
    Path few = at("few.csv");
    List<String> lines = Files.readAllLines(benchmark.resolve("calibration.csv"));
    Files.write(few, lines.subList(0, 100));
    Object model = benchmark.resolve("model.onnx");
    Object all = benchmark.resolve("calibration.csv");
    assertEquals(0, run("compile", model, "--calibration", few, "-o", at("a")), err.toString());
    int status =
        run("compile", model, "--calibration", all, "--calibration-limit", 100, "-o", at("b"));
    assertEquals(0, status, err.toString());
    byte[] limited = Files.readAllBytes(at("b").resolve("client.zip"));
    assertArrayEquals(Files.readAllBytes(at("a").resolve("client.zip")), limited);
    assertFalse(Arrays.equals(Files.readAllBytes(client), limited));
  }

  @Test
  void report_tells_what_the_server_package_computes() throws IOException {
    assertEquals(0, run("report", "--server", server, "--json"));
    assertEquals("BGV", json().at("/parameters/scheme").asText());
    assertEquals(128, json().at("/security/bits").asInt());
    assertFalse(json().has("loss"));
  }

  @Test
  void evaluate_tells_score_and_agreement_of_every_mode_and_what_encryption_costs()
      throws IOException {
    int status =
        run(
            "evaluate",
            benchmark.resolve("model.onnx"),
            "--calibration",
            benchmark.resolve("calibration.csv"),
            "--test",
            benchmark.resolve("test.csv"),
            "--mode",
            "clear,simulated,encrypted",
            "--rows",
            "100",
            "--json");
    assertEquals(0, status, err.toString());
    JsonNode document = json();
    for (String run : List.of("float", "quantized", "clear", "simulated", "encrypted")) {
      assertTrue(document.at("/score/" + run).asDouble() > 0.9, run);
    }
    assertEquals(1, document.at("/agreement/simulated").asDouble());
    assertEquals(1, document.at("/agreement/encrypted").asDouble());
    JsonNode encrypted = document.get("encrypted");
    assertEquals("slots", encrypted.get("engine").asText());
    assertEquals(100, encrypted.get("rows").asInt());
    assertEquals(100, encrypted.get("equal_rows").asInt());
    for (String key :
        List.of(
            "rows_per_block",
            "core_seconds_per_block",
            "core_seconds_per_row",
            "input_bytes_per_row",
            "output_bytes_per_row",
            "compile_seconds",
            "keygen_seconds",
            "encrypt_seconds_per_row",
            "decrypt_seconds_per_row",
            "peak_heap_bytes")) {
      assertTrue(encrypted.get(key).asDouble() > 0, key);
    }
    assertEquals(0, encrypted.get("key_bytes").asLong());
    assertTrue(encrypted.get("parameters").isObject());
  }
}
