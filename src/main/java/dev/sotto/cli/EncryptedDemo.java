package dev.sotto.cli;

import dev.sotto.compiler.CircuitCompiler;
import dev.sotto.compiler.CompileOptions;
import dev.sotto.compiler.CompileReport;
import dev.sotto.compiler.CompiledCircuit;
import dev.sotto.compiler.slots.KernelCosts;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.runtime.client.ClientKeys;
import dev.sotto.runtime.simulation.CircuitModel;
import dev.sotto.spark.OutputLayout;
import dev.sotto.spark.encrypted.BlockScoringOptions;
import dev.sotto.spark.encrypted.DecryptionOptions;
import dev.sotto.spark.encrypted.EncryptedTable;
import dev.sotto.spark.encrypted.EncryptionOptions;
import dev.sotto.spark.encrypted.ResultDecryptor;
import dev.sotto.spark.encrypted.RowEncryptor;
import dev.sotto.spark.encrypted.TableScorer;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The encrypted half of the demo: owner and provider on one Spark, tables of parquet between them.
 *
 * @param rows encrypted, scored and decrypted
 * @param score share of rows whose decrypted class is the label
 * @param agreement share of rows with the same class as the compiled model has in the clear
 * @param blocks of the table
 * @param seconds of each step
 * @param bytes of keys and tables
 * @param scheme and ring, in words
 * @param coreSeconds predicted for scoring the blocks, on the reference machine
 */
record EncryptedDemo(
    long rows,
    double score,
    double agreement,
    long blocks,
    Map<String, Double> seconds,
    Map<String, Long> bytes,
    String scheme,
    double coreSeconds) {
  private static final String KEY = "row";

  /** The steps, each told when it is done. */
  private static final class Steps {
    private final Consumer<String> tell;
    private final Map<String, Double> seconds = new LinkedHashMap<>();
    private final Map<String, Long> bytes = new LinkedHashMap<>();
    private long start = System.nanoTime();

    Steps(Consumer<String> tell) {
      this.tell = tell;
    }

    void done(String step, String what, Path result) throws IOException {
      double took = (System.nanoTime() - start) / 1e9;
      long size = size(result);
      seconds.put(step, took);
      bytes.put(step, size);
      tell.accept(
          String.format(Locale.ROOT, "%-10s %s, %.2f s, %,d bytes", step, what, took, size));
      start = System.nanoTime();
    }

    private static long size(Path path) throws IOException {
      try (Stream<Path> files = Files.walk(path)) {
        return files
            .filter(
                file ->
                    Files.isRegularFile(file) && !file.getFileName().toString().endsWith(".crc"))
            .mapToLong(file -> file.toFile().length())
            .sum();
      }
    }
  }

  /**
   * Compiles, makes keys, encrypts, scores and decrypts.
   *
   * @param sample calibration rows, one tensor per input
   * @param table rows with columns {@code features} and {@code label}
   * @param features the same rows, one tensor per input
   * @param folder for packages, keys and tables
   * @param tell told of each step
   */
  static EncryptedDemo run(
      SparkSession spark,
      QuantizedModule quantized,
      Tensor[] sample,
      Dataset<Row> table,
      Tensor[] features,
      Path folder,
      Consumer<String> tell)
      throws IOException {
    Steps steps = new Steps(tell);
    CompiledCircuit compiled =
        CircuitCompiler.compile(
            quantized, CompileOptions.standard(), CompilationInput.some(sample));
    ClientPackage client = ClientPackage.of(compiled);
    ServerPackage server = ServerPackage.of(compiled);
    Path packages = Files.createDirectories(folder.resolve("model"));
    client.write(packages.resolve("client.zip"));
    server.write(packages.resolve("server.zip"));
    CompileReport report = CompileReport.of(compiled, KernelCosts.REFERENCE);
    String scheme = scheme(report);
    steps.done("compile", scheme, packages);

    Path keys = folder.resolve("keys");
    try (ClientKeys own = ClientKeys.generate(client)) {
      own.save(keys);
    }
    steps.done("keygen", "secret key, and evaluation keys where they are needed", keys);

    Path encrypted = folder.resolve("encrypted.parquet");
    String input = client.part().module().inputs().get(0).name();
    RowEncryptor.Encrypted blocks =
        RowEncryptor.of(
                client,
                keys.toString(),
                EncryptionOptions.standard()
                    .withInput(input, List.of("features"))
                    .withKeys(List.of("label"))
                    .withRowColumn(KEY))
            .encrypt(table);
    EncryptedTable.write(blocks.blocks(), encrypted.toString(), false);
    long count = blocks.counters().blocks().value();
    steps.done(
        "encrypt",
        String.format(
            Locale.ROOT, "%,d rows in %d block(s)", blocks.counters().rows().value(), count),
        encrypted);

    Path scored = folder.resolve("scored.parquet");
    Path evaluation = keys.resolve("evaluation.keys");
    TableScorer scorer =
        TableScorer.of(
            server,
            Files.exists(evaluation) ? List.of(evaluation.toString()) : List.of(),
            BlockScoringOptions.standard());
    TableScorer.ScoredBlocks results =
        scorer.score(EncryptedTable.read(spark, encrypted.toString()));
    EncryptedTable.write(results.blocks(), scored.toString(), false);
    steps.done("score", "encrypted, without the secret key", scored);

    Path decrypted = folder.resolve("result.parquet");
    ResultDecryptor.of(client, keys.toString(), DecryptionOptions.standard())
        .decrypt(EncryptedTable.read(spark, scored.toString()))
        .rows()
        .write()
        .parquet(decrypted.toString());
    List<Row> rows = spark.read().parquet(decrypted.toString()).orderBy(KEY).collectAsList();
    steps.done("decrypt", String.format(Locale.ROOT, "%,d rows", rows.size()), decrypted);

    Tensor[] outputs = CircuitModel.clear(client, server).score(features).outputs();
    int seen = features[0].shape().dim(0);
    double[] expected = OutputLayout.of(outputs, seen).numbers(outputs, seen);
    long right = 0;
    long same = 0;
    for (Row row : rows) {
      double prediction = row.<Number>getAs("prediction").doubleValue();
      right += prediction == row.<Number>getAs("label").doubleValue() ? 1 : 0;
      same += prediction == expected[(int) row.<Number>getAs(KEY).longValue()] ? 1 : 0;
    }
    return new EncryptedDemo(
        rows.size(),
        (double) right / rows.size(),
        (double) same / rows.size(),
        count,
        steps.seconds,
        steps.bytes,
        scheme,
        report.cost().coreSecondsPerBlock() * count);
  }

  private static String scheme(CompileReport report) {
    CompileReport.Parameters parameters = report.parameters();
    return parameters.scheme() + ", ring of " + parameters.n();
  }
}
