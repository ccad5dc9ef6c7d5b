package dev.sotto.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sotto.compiler.CompiledCircuit;
import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.runtime.TinyCircuits;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.SparkTestSession;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The way of encrypted rows through the commands as tables on Spark, and with evaluation keys. */
final class EncryptedTableCommandsTest {
  private static final int ROWS = 60;

  @TempDir static Path shared;

  @TempDir Path folder;
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();
  private Path rows;
  private Path keys;

  @BeforeAll
  static void compile() throws IOException {
    SparkTestSession.get();
    write("logistic", TinyCircuits.logistic());
    write("relinearised", TinyCircuits.relinearised());
  }

  private static void write(String name, CompiledCircuit compiled) throws IOException {
    Files.createDirectories(shared.resolve(name));
    ClientPackage.of(compiled).write(client(name));
    ServerPackage.of(compiled).write(server(name));
  }

  private static Path client(String name) {
    return shared.resolve(name).resolve("client.zip");
  }

  private static Path server(String name) {
    return shared.resolve(name).resolve("server.zip");
  }

  /** Three features and a label, the third row with a gap. */
  @BeforeEach
  void writeRows() throws IOException {
    float[] values = TinyCircuits.rows(7, ROWS).toFloats();
    List<String> lines = new ArrayList<>(List.of("a,b,c,label"));
    for (int row = 0; row < ROWS; row++) {
      String first = row == 2 ? "" : Float.toString(values[3 * row]);
      lines.add(first + "," + values[3 * row + 1] + "," + values[3 * row + 2] + "," + row % 2);
    }
    rows = Files.write(folder.resolve("rows.csv"), lines);
    keys = folder.resolve("keys");
  }

  private int run(Object... arguments) {
    out = new StringWriter();
    err = new StringWriter();
    CommandLine commandLine = SottoCommand.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(
        Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
  }

  private void done(Object... arguments) {
    assertEquals(0, run(arguments), () -> err + "\n" + out);
  }

  private JsonNode json() throws IOException {
    return new ObjectMapper().readTree(out.toString());
  }

  private Path at(String name) {
    return folder.resolve(name);
  }

  private void keygen(String model) {
    done("keygen", "--client", client(model), "-o", keys);
  }

  private void encrypt(String model, String into, Object... more) {
    List<Object> arguments =
        new ArrayList<>(
            List.of("encrypt", "--client", client(model), "--keys", keys, "-i", rows, "-o"));
    arguments.add(at(into));
    arguments.addAll(List.of(more));
    done(arguments.toArray());
  }

  /** From rows.parquet into scored.parquet, without keys. */
  private void score(String model) {
    done(
        "score",
        "--mode",
        "encrypted",
        "--server",
        server(model),
        "-i",
        at("rows.parquet"),
        "-o",
        at("scored.parquet"));
  }

  private static List<Row> table(Path file) {
    return SparkTestSession.get().read().parquet(file.toString()).orderBy("row").collectAsList();
  }

  /** Lines of the local result: row, label, scores, prediction. */
  private List<String[]> clear(String model) throws IOException {
    done(
        "score",
        "--mode",
        "clear",
        "--client",
        client(model),
        "--server",
        server(model),
        "-i",
        rows,
        "-o",
        at("clear.csv"));
    List<String> lines = Files.readAllLines(at("clear.csv"));
    return lines.subList(1, lines.size()).stream().map(line -> line.split(",")).toList();
  }

  @Test
  void tables_give_what_files_give_and_set_the_same_rows_aside() throws IOException {
    keygen("logistic");
    encrypt("logistic", "rows.parquet", "--split", 20, "--json");
    assertEquals(ROWS - 1, json().get("rows").asInt());
    assertEquals(1, json().get("rejected").asInt());
    assertEquals(at("rows.rejected.parquet").toString(), json().get("rejected_table").asText());
    List<Row> rejected = table(at("rows.rejected.parquet"));
    assertEquals(1, rejected.size());
    assertEquals(2, rejected.get(0).<Long>getAs("row"));
    assertEquals("SOTTO-RUNTIME-011", rejected.get(0).<String>getAs("code"));

    score("logistic");
    assertTrue(err.toString().contains("memory: "), err.toString());
    done(
        "decrypt",
        "--client",
        client("logistic"),
        "--keys",
        keys,
        "-i",
        at("scored.parquet"),
        "-o",
        at("result.parquet"),
        "--json");
    assertEquals(ROWS - 1, json().get("rows").asInt());
    List<Row> result = table(at("result.parquet"));
    List<String[]> expected = clear("logistic");
    assertEquals(expected.size(), result.size());
    for (int i = 0; i < result.size(); i++) {
      String[] cells = expected.get(i);
      Row row = result.get(i);
      assertEquals(cells[0], Long.toString(row.getAs("row")));
      assertEquals(Integer.parseInt(cells[1]), row.<Float>getAs("label").intValue());
      assertEquals(cells[2], row.<Float>getList(2).get(0).toString());
      assertEquals(cells[cells.length - 1], Long.toString(row.getAs("prediction")));
    }
    assertEquals("prediction", result.get(0).schema().fieldNames()[3]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"clear", "simulated"})
  void compiled_model_scores_clear_rows_on_spark(String mode) throws IOException {
    Object[] arguments = {
      "score",
      "--mode",
      mode,
      "--client",
      client("logistic"),
      "--server",
      server("logistic"),
      "-i",
      rows,
      "-o",
      at(mode + ".parquet"),
      "--on-error",
      "DROPMALFORMED",
      "--json"
    };
    done(arguments);
    assertEquals(1, json().get("rejected").asInt());
    List<String[]> expected = clear("logistic");
    Dataset<Row> scored = SparkTestSession.get().read().parquet(at(mode + ".parquet").toString());
    List<Row> back = scored.collectAsList();
    assertEquals(expected.size(), back.size());
    for (int i = 0; i < back.size(); i++) {
      String[] cells = expected.get(i);
      double prediction = back.get(i).getAs("prediction");
      assertEquals(cells[cells.length - 1], Long.toString((long) prediction));
    }
    assertEquals(2, run(arguments));
    assertTrue(out.toString().contains("SOTTO-CLI-007"), out.toString());
  }

  @Test
  void evaluation_keys_come_from_a_file_in_folders_and_in_tables() throws IOException {
    keygen("relinearised");
    Path evaluation = keys.resolve("evaluation.keys");
    assertTrue(Files.size(evaluation) > 0);
    encrypt("relinearised", "rows");
    Object[] score = {
      "score",
      "--mode",
      "encrypted",
      "--server",
      server("relinearised"),
      "-i",
      at("rows"),
      "-o",
      at("scored"),
      "--evaluation-keys",
      evaluation
    };
    assertEquals(2, run(Arrays.copyOf(score, score.length - 2)));
    assertTrue(err.toString().startsWith("SOTTO-RUNTIME-007"), err.toString());
    done(score);
    Object[] decrypt = {
      "decrypt",
      "--client",
      client("relinearised"),
      "--keys",
      keys,
      "-i",
      at("scored"),
      "-o",
      at("result.csv")
    };
    done(decrypt);
    assertNear(
        Files.readAllLines(at("result.csv")).stream()
            .skip(1)
            .map(line -> Float.parseFloat(line.split(",")[2]))
            .toList());

    encrypt("relinearised", "rows.parquet");
    score[6] = at("rows.parquet");
    score[8] = at("scored.parquet");
    assertEquals(2, run(Arrays.copyOf(score, score.length - 2)));
    assertTrue(err.toString().startsWith("SOTTO-RUNTIME-007"), err.toString());
    done(score);
    decrypt[6] = at("scored.parquet");
    decrypt[8] = at("result.parquet");
    done(decrypt);
    assertNear(
        table(at("result.parquet")).stream().map(row -> row.<Number>getAs("prediction")).toList());
  }

  private static void assertNear(List<? extends Number> values) {
    Tensor clear = TinyCircuits.relinearised().score(TinyCircuits.rows(7, ROWS))[0];
    float[] expected = clear.toFloats();
    assertEquals(ROWS - 1, values.size());
    for (int i = 0; i < values.size(); i++) {
      assertEquals(expected[i < 2 ? i : i + 1], values.get(i).floatValue(), 1e-3, "row " + i);
    }
  }

  @Test
  void refused_blocks_are_listed_beside_the_result() throws IOException {
    keygen("logistic");
    encrypt("logistic", "rows.parquet");
    Path others = at("others");
    done("keygen", "--client", client("logistic"), "-o", others);
    score("logistic");
    int status =
        run(
            "decrypt",
            "--client",
            client("logistic"),
            "--keys",
            others,
            "-i",
            at("scored.parquet"),
            "-o",
            at("result.parquet"));
    assertEquals(2, status, err.toString());
    assertTrue(out.toString().contains("SOTTO-RUNTIME-006"), out.toString());
    List<Row> rejected = table(at("result.rejected.parquet"));
    assertEquals(ROWS - 1, rejected.size());
    assertEquals("SOTTO-RUNTIME-006", rejected.get(0).<String>getAs("code"));
    assertFalse(rejected.get(0).<String>getAs("detail").isEmpty());
  }

  @Test
  void options_of_folders_are_refused_for_tables() throws IOException {
    keygen("logistic");
    List<String> owner = List.of("--client", client("logistic").toString(), "--keys", "" + keys);
    for (List<String> more :
        List.of(
            List.of("encrypt", "--threads", "2", "-o", "" + at("rows.parquet")),
            List.of("encrypt", "--only", "" + rows, "-o", "" + at("rows.parquet")),
            List.of("decrypt", "--threads", "2", "-o", "" + at("result.parquet")))) {
      List<Object> arguments = new ArrayList<>(more);
      arguments.addAll(owner);
      arguments.addAll(List.of("-i", at("table.parquet")));
      assertEquals(2, run(arguments.toArray()), out.toString());
      assertTrue(err.toString().contains("SOTTO-CLI-006"), err.toString());
      assertTrue(err.toString().contains(more.get(1)), err.toString());
    }
  }
}
