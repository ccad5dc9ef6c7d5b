package dev.sotto.spark.encrypted;

import static org.apache.spark.sql.functions.col;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.compiler.CompiledCircuit;
import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.EncryptedBlock;
import dev.sotto.runtime.KeyFile;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.runtime.client.ClientKeys;
import dev.sotto.runtime.server.FheServer;
import dev.sotto.spark.ModelSignature;
import dev.sotto.spark.RowMode;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A model, its packages, and a folder with the keys of one owner.
 *
 * @param keys the folder
 */
record EncryptedParty(
    CompiledCircuit compiled, ClientPackage client, ServerPackage server, Path keys) {

  static EncryptedParty of(CompiledCircuit compiled, Path keys) {
    ClientPackage client = ClientPackage.of(compiled);
    try (ClientKeys own = ClientKeys.generate(client)) {
      own.save(keys);
    }
    return new EncryptedParty(compiled, client, ServerPackage.of(compiled), keys);
  }

  /** Rows {@code id: long, name: string, features: array<float>}. */
  static Dataset<Row> table(SparkSession spark, Tensor features) {
    int rows = features.shape().dim(0);
    int width = features.size() / rows;
    float[] values = features.toFloats();
    List<Row> table = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      Float[] cells = new Float[width];
      for (int i = 0; i < width; i++) {
        cells[i] = values[row * width + i];
      }
      table.add(RowFactory.create((long) row, "row " + row, cells));
    }
    StructType schema =
        new StructType()
            .add("id", DataTypes.LongType, false)
            .add("name", DataTypes.StringType, true)
            .add("features", DataTypes.createArrayType(DataTypes.FloatType, true), true);
    return spark.createDataFrame(table, schema);
  }

  static EncryptionOptions options() {
    return EncryptionOptions.standard().withKeys(List.of("id", "name"));
  }

  RowEncryptor encryptor(EncryptionOptions options) {
    return RowEncryptor.of(client, keys.toString(), options);
  }

  ResultDecryptor decryptor(RowMode mode) {
    return ResultDecryptor.of(client, keys.toString(), DecryptionOptions.standard().withMode(mode));
  }

  TableScorer scorer(BlockScoringOptions options, String... evaluationKeys) {
    return TableScorer.of(server, List.of(evaluationKeys), options);
  }

  String evaluationKeys() {
    return keys.resolve(KeyFile.EVALUATION.fileName()).toString();
  }

  /** What this JVM alone gives for the blocks of an encrypted table, by number. */
  Map<Long, byte[]> scoredHere(Dataset<Row> encrypted) {
    FheServer alone = new FheServer(server, evaluationKeysOrNull(), 1);
    Map<Long, byte[]> results = new TreeMap<>();
    for (Row row : encrypted.collectAsList()) {
      EncryptedBlock result = alone.score(EncryptedBlock.of(row.<byte[]>getList(3)));
      results.put(row.getLong(0), result.toBytes());
    }
    return results;
  }

  private dev.sotto.slots.EvaluationKeys evaluationKeysOrNull() {
    Path file = Path.of(evaluationKeys());
    return Files.exists(file) ? server.readKeys(file) : null;
  }

  /** The blocks of a scored table, by number. */
  static Map<Long, byte[]> blocks(Dataset<Row> scored) {
    Map<Long, byte[]> blocks = new TreeMap<>();
    for (Row row : scored.collectAsList()) {
      blocks.put(row.getLong(0), EncryptedBlock.of(row.<byte[]>getList(3)).toBytes());
    }
    return blocks;
  }

  /** Encrypts rows into a stored table, which is read again. */
  Dataset<Row> encrypted(SparkSession spark, Tensor rows, int perBlock, String path) {
    RowEncryptor.Encrypted encrypted =
        encryptor(options().withRowsPerBlock(perBlock)).encrypt(table(spark, rows).repartition(3));
    EncryptedTable.write(encrypted.blocks(), path, false);
    assertEquals(rows.shape().dim(0), encrypted.counters().rows().value());
    return EncryptedTable.read(spark, path);
  }

  /** The blocks of a table are these, byte for byte. */
  static void assertSameBlocks(Map<Long, byte[]> expected, Dataset<Row> scored) {
    Map<Long, byte[]> blocks = blocks(scored);
    assertEquals(expected.keySet(), blocks.keySet());
    expected.forEach((number, bytes) -> assertArrayEquals(bytes, blocks.get(number)));
  }

  /** Every row once, with the scores of the clear circuit. */
  void assertScores(Tensor rows, Dataset<Row> scored) {
    int count = rows.shape().dim(0);
    String output = ModelSignature.of(client).scoreOutputs().get(0);
    int place = compiled.client().outputNames().indexOf(output);
    float[] expected = compiled.score(rows)[place].toFloats();
    int width = expected.length / count;
    Dataset<Row> decrypted = decryptor(RowMode.FAILFAST).decrypt(scored).rows();
    List<Row> back = decrypted.select(col("id"), col("`" + output + "`")).collectAsList();
    assertEquals(count, back.size());
    boolean[] seen = new boolean[count];
    for (Row row : back) {
      int id = (int) row.getLong(0);
      assertTrue(!seen[id], "row " + id + " twice");
      seen[id] = true;
      List<Float> scores = row.getList(1);
      for (int i = 0; i < width; i++) {
        assertEquals(expected[id * width + i], scores.get(i), "row " + id);
      }
    }
  }

  /** Changes one byte in the middle of a file. */
  static void damage(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 1;
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
