package dev.sotto.spark.encrypted;

import dev.sotto.problem.SottoException;
import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.client.ClientKeys;
import dev.sotto.spark.ClassicRows;
import dev.sotto.spark.ModelSignature;
import dev.sotto.spark.OutputColumn;
import dev.sotto.spark.PackageBytes;
import dev.sotto.spark.ResultWriter;
import dev.sotto.spark.RowMode;
import dev.sotto.spark.ScoringOptions;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructType;

/**
 * Decrypts scored tables, on the data owner's Spark: one row per record again.
 *
 * <pre>
 *   {@link EncryptedTable} of results ─► decrypt, de-quantize, post-process ─► keys, scores, prediction
 * </pre>
 *
 * <p>The secret key is read by each task, as {@link RowEncryptor} does it.
 */
public final class ResultDecryptor {
  private final ClientPackage client;
  private final String keyFolder;
  private final DecryptionOptions options;
  private final ModelSignature signature;

  private ResultDecryptor(
      ClientPackage client, String keyFolder, DecryptionOptions options, ModelSignature signature) {
    this.client = client;
    this.keyFolder = keyFolder;
    this.options = options;
    this.signature = signature;
  }

  /**
   * A decryptor.
   *
   * @param keyFolder the folder that {@code keygen} wrote; in a cluster every executor opens it
   */
  public static ResultDecryptor of(
      ClientPackage client, String keyFolder, DecryptionOptions options) {
    return new ResultDecryptor(client, keyFolder, options, ModelSignature.of(client));
  }

  /** The same decryptor with other options; the model is not looked at again. */
  public ResultDecryptor with(DecryptionOptions newOptions) {
    return new ResultDecryptor(client, keyFolder, newOptions, signature);
  }

  /** What the model takes and gives. */
  public ModelSignature signature() {
    return signature;
  }

  /**
   * The schema of the decrypted rows: the caller's columns, then the results.
   *
   * @throws SottoException with everything that does not fit
   */
  public StructType schema(StructType table) {
    return signature.resultSchema(EncryptedTable.keys(table), scoring());
  }

  private ScoringOptions scoring() {
    List<OutputColumn> outputs = new ArrayList<>(options.outputs());
    if (outputs.isEmpty()) {
      signature.scoreOutputs().forEach(name -> outputs.add(new OutputColumn.Raw(name, name)));
      outputs.add(new OutputColumn.Prediction("prediction"));
    }
    return ScoringOptions.standard().withOutputs(outputs).withMode(options.mode());
  }

  /**
   * Decrypts a table; nothing is computed before an action.
   *
   * @throws SottoException with everything that does not fit, and for keys of another circuit,
   *     before any job
   */
  public Decrypted decrypt(Dataset<Row> table) {
    StructType schema = schema(table.schema());
    ClassicRows classic = ClassicRows.of(table);
    KeyFolder keys = new KeyFolder(keyFolder, HadoopSettings.of(classic.session()));
    try (ClientKeys own = keys.open(client)) {
      own.circuitHash(); // refused here, on the driver, where they are another circuit's
    }
    StructType cells = EncryptedTable.keys(table.schema());
    BlockCounters counters = BlockCounters.register(classic.session().sparkContext(), "decrypted");
    DecryptPartition decrypt =
        new DecryptPartition(
            PackageBytes.of(classic.session(), client),
            keys,
            BlockColumns.of(table.schema()),
            KeyCells.of(cells, List.of(cells.fields())),
            signature.writer(scoring()),
            signature.outputs(scoring()).size(),
            options.mode(),
            counters);
    return new Decrypted(classic.mapPartitions(decrypt, schema), counters);
  }

  /**
   * Decrypted rows.
   *
   * @param rows the caller's columns, then the results
   * @param counters filled while actions on {@code rows} run
   */
  public record Decrypted(Dataset<Row> rows, BlockCounters counters) {}

  /** What is sent to every task: nothing that is secret. */
  private record DecryptPartition(
      PackageBytes client,
      KeyFolder keys,
      BlockColumns columns,
      KeyCells cells,
      ResultWriter writer,
      int results,
      RowMode mode,
      BlockCounters counters)
      implements FlatMapFunction<Iterator<InternalRow>, InternalRow> {
    private static final long serialVersionUID = 1L;

    @Override
    public Iterator<InternalRow> call(Iterator<InternalRow> rows) {
      return rows.hasNext()
          ? new DecryptedRows(
              rows, keys.forTask(client.client()), columns, cells, writer, results, mode, counters)
          : rows;
    }
  }
}
