package dev.sotto.cli;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;

import dev.sotto.quantization.QuantizedModule;
import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.spark.RowFiles;
import dev.sotto.spark.RowMode;
import dev.sotto.spark.encrypted.BlockScoringOptions;
import dev.sotto.spark.encrypted.DecryptionOptions;
import dev.sotto.spark.encrypted.EncryptedTable;
import dev.sotto.spark.encrypted.EncryptionOptions;
import dev.sotto.spark.encrypted.ResultDecryptor;
import dev.sotto.spark.encrypted.RowEncryptor;
import dev.sotto.spark.encrypted.TableScorer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.NumericType;
import org.jspecify.annotations.Nullable;

/**
 * The way of encrypted rows through tables on Spark: encrypt, score, decrypt, a job each.
 *
 * @param job where the table goes
 */
record EncryptedTableJobs(TableJob job) {
  private static final int LISTED = 10;
  private static final String ROW = "row";

  /**
   * Encrypts rows.
   *
   * @param label column that is kept when the rows are one wider than the model
   * @param keep further columns that are kept
   * @param split rows of a block at most; null for as many as fit
   */
  TableResult encrypt(
      String input,
      ClientPackage client,
      String keys,
      String label,
      List<String> keep,
      @Nullable Integer split) {
    job.requireFree();
    int width =
        client.part().module().inputs().stream().mapToInt(QuantizedModule.Input::width).sum();
    Dataset<Row> rows = RowFiles.read(job.spark(), input, width);
    List<String> kept = kept(rows, width, label, keep);
    EncryptionOptions options =
        EncryptionOptions.standard()
            .withKeys(kept)
            .withRowColumn(kept.contains(ROW) ? "" : ROW)
            .withRowsPerBlock(split == null ? 0 : split);
    RowEncryptor.Encrypted encrypted = RowEncryptor.of(client, keys, options).encrypt(rows);
    double seconds =
        job.run(
            "encrypting",
            "encrypt " + input + " into " + job.output(),
            () -> encrypted.counters().rows().value() + encrypted.counters().rejected().value(),
            encrypted.total(),
            () -> EncryptedTable.write(encrypted.blocks(), job.output(), job.overwrite()));
    boolean any = encrypted.counters().rejected().value() > 0;
    if (any) {
      TableJob.write(encrypted.rejected(), job.rejected(), job.overwrite());
    }
    return TableResult.of(
        job.output(),
        "encrypted",
        encrypted.counters(),
        any ? job.rejected() : null,
        List.of(),
        kept,
        seconds);
  }

  /** As for folders of blocks: named columns, and the label where that leaves the features. */
  private static List<String> kept(Dataset<Row> rows, int width, String label, List<String> keep) {
    List<String> kept = new ArrayList<>();
    keep.forEach(name -> kept.add(RowFiles.column(rows, name)));
    List<org.apache.spark.sql.types.StructField> rest =
        Arrays.stream(rows.schema().fields()).filter(f -> !kept.contains(f.name())).toList();
    boolean plain =
        rest.stream()
            .allMatch(
                f -> f.dataType() instanceof NumericType || f.dataType() instanceof BooleanType);
    if (plain && rest.size() == width + 1) {
      kept.add(RowFiles.column(rows, label));
    }
    return kept;
  }

  /**
   * Scores encrypted blocks.
   *
   * @param evaluationKeys files of the data owners
   * @param tell what is told before the job starts
   */
  TableResult score(
      String input,
      ServerPackage server,
      List<String> evaluationKeys,
      BlockScoringOptions options,
      Consumer<String> tell) {
    job.requireFree();
    Dataset<Row> table = EncryptedTable.read(job.spark(), input);
    TableScorer.ScoredBlocks scored = TableScorer.of(server, evaluationKeys, options).score(table);
    tell.accept(scored.plan().toString());
    long total = table.select(EncryptedTable.ROWS).agg(expr("sum(rows)")).head().getLong(0);
    double seconds =
        job.run(
            "scoring",
            "score " + input + " into " + job.output(),
            () -> scored.counters().rows().value() + scored.counters().rejected().value(),
            total,
            () -> EncryptedTable.write(scored.blocks(), job.output(), job.overwrite()));
    boolean listed =
        scored.counters().rejected().value() > 0 && options.mode() == RowMode.PERMISSIVE;
    return TableResult.of(
        job.output(),
        "scored",
        scored.counters(),
        null,
        listed ? reasons(EncryptedTable.read(job.spark(), job.output())) : List.of(),
        List.of(),
        seconds);
  }

  private static List<String> reasons(Dataset<Row> table) {
    return table
        .filter(col(EncryptedTable.ERROR).isNotNull())
        .select(EncryptedTable.ERROR)
        .limit(LISTED)
        .as(Encoders.STRING())
        .collectAsList();
  }

  /** Decrypts results: one row per record, those of refused blocks in a table beside it. */
  TableResult decrypt(String input, ClientPackage client, String keys) {
    job.requireFree();
    Dataset<Row> table = EncryptedTable.read(job.spark(), input);
    ResultDecryptor decryptor =
        ResultDecryptor.of(client, keys, DecryptionOptions.standard().withMode(RowMode.PERMISSIVE));
    ResultDecryptor.Decrypted decrypted = decryptor.decrypt(table);
    Dataset<Row> good =
        decrypted.rows().filter(col(EncryptedTable.ERROR).isNull()).drop(EncryptedTable.ERROR);
    if (decryptor.signature().isClassifier()
        && good.schema().apply("prediction").dataType() instanceof NumericType) {
      good = good.withColumn("prediction", col("prediction").cast("long"));
    }
    Dataset<Row> written = good;
    double seconds =
        job.run(
            "decrypting",
            "decrypt " + input + " into " + job.output(),
            () -> decrypted.counters().rows().value() + decrypted.counters().rejected().value(),
            0,
            () -> job.write(written));
    List<String> reasons = List.of(); // of refused blocks, which alone are read again
    boolean any = decrypted.counters().rejected().value() > 0;
    if (any) {
      Object[] blocks = decrypted.counters().refused().value().toArray();
      Dataset<Row> again = table.filter(col(EncryptedTable.BLOCK).isin(blocks));
      Dataset<Row> refused =
          decryptor.decrypt(again).rows().filter(col(EncryptedTable.ERROR).isNotNull()).persist();
      List<org.apache.spark.sql.Column> columns = new ArrayList<>();
      for (String key : EncryptedTable.keys(table.schema()).fieldNames()) {
        columns.add(col("`" + key + "`"));
      }
      columns.add(expr("split(error, ' ')[0]").alias(RowEncryptor.CODE));
      columns.add(expr("substring(error, 1 + locate(' ', error))").alias(RowEncryptor.DETAIL));
      TableJob.write(
          refused.select(columns.toArray(org.apache.spark.sql.Column[]::new)),
          job.rejected(),
          job.overwrite());
      reasons =
          refused
              .select(EncryptedTable.ERROR)
              .distinct()
              .limit(LISTED)
              .as(Encoders.STRING())
              .collectAsList();
      refused.unpersist();
    }
    return TableResult.of(
        job.output(),
        "decrypted",
        decrypted.counters(),
        any ? job.rejected() : null,
        reasons,
        List.of(),
        seconds);
  }
}
