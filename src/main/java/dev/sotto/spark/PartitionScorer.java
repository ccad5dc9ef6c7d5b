package dev.sotto.spark;

import dev.sotto.problem.SottoException;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.runtime.simulation.CircuitModel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructType;

/**
 * Scores DataFrames with a quantized or compiled model, in the clear: the model is broadcast,
 * partitions are scored batch after batch, every row keeps its columns and gets the results beside
 * them.
 *
 * <pre>
 *   rows ─► copy features ─► QuantizedModule.score, 1,024 rows at once ─► rows + prediction, probability …
 * </pre>
 *
 * <p>A row's result depends on nothing but the row and the model, so it is the same for any
 * partitioning. Everything is checked on the driver before a job starts.
 */
public final class PartitionScorer {
  /** Numbers of a batch, so that wide rows make smaller batches. */
  private static final int LARGEST_BATCH = 1 << 20;

  private final Function<SparkSession, BatchSource> source;
  private final boolean missing;
  private final ModelSignature signature;
  private final ScoringOptions options;

  private PartitionScorer(
      Function<SparkSession, BatchSource> source,
      boolean missing,
      ModelSignature signature,
      ScoringOptions options) {
    this.source = source;
    this.missing = missing;
    this.signature = signature;
    this.options = options;
  }

  /** A scorer. */
  public static PartitionScorer of(QuantizedModule module, ScoringOptions options) {
    return of(module, ModelSignature.of(module), options);
  }

  /** A scorer of a model whose signature is known already. */
  public static PartitionScorer of(
      QuantizedModule module, ModelSignature signature, ScoringOptions options) {
    return new PartitionScorer(
        spark ->
            new BatchSource.Quantized(
                JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(module)),
        false,
        signature,
        options);
  }

  /**
   * A scorer of a compiled model on clear rows, as an encrypted run would score them.
   *
   * @param simulated whether with the noise of an encrypted run; it differs with the rows that are
   *     scored together, as it does in blocks
   * @throws SottoException for packages of different circuits
   */
  public static PartitionScorer of(
      ClientPackage client, ServerPackage server, boolean simulated, ScoringOptions options) {
    CircuitModel.clear(client, server); // refused here, on the driver
    return new PartitionScorer(
        spark ->
            new BatchSource.Compiled(
                PackageBytes.of(spark, client), PackageBytes.of(spark, server), simulated),
        client.part().module().readsMissing(),
        ModelSignature.of(client),
        options);
  }

  /**
   * The schema that scoring gives.
   *
   * @throws SottoException with everything that does not fit
   */
  public StructType schema(StructType rows) {
    return signature.schema(rows, options);
  }

  /**
   * Adds the results to rows, with counters of its own; nothing is computed before an action.
   *
   * @throws SottoException with everything that does not fit, before any job
   */
  public Scored score(Dataset<?> rows) {
    StructType schema = schema(rows.schema());
    ClassicRows classic = ClassicRows.of(rows);
    SparkContext context = classic.session().sparkContext();
    ScoringCounters counters = ScoringCounters.register(context);
    ScorePartition score =
        new ScorePartition(
            source.apply(classic.session()),
            missing,
            signature.readers(rows.schema(), options, new ArrayList<>()),
            signature.writer(options),
            options.mode(),
            counters,
            signature.outputs(options).size(),
            batchSize());
    return new Scored(classic.mapPartitions(score, schema), counters);
  }

  private int batchSize() {
    return Math.max(
        1, Math.min(options.batchSize(), LARGEST_BATCH / Math.max(1, signature.width())));
  }

  /**
   * A scored DataFrame.
   *
   * @param rows all input columns, then the results
   * @param counters filled while actions on {@code rows} run
   */
  public record Scored(Dataset<Row> rows, ScoringCounters counters) {}

  /** What is sent to every task. */
  private record ScorePartition(
      BatchSource source,
      boolean missing,
      List<FeatureReader> readers,
      ResultWriter writer,
      RowMode mode,
      ScoringCounters counters,
      int columns,
      int batchSize)
      implements FlatMapFunction<Iterator<InternalRow>, InternalRow> {
    private static final long serialVersionUID = 1L;

    @Override
    public Iterator<InternalRow> call(Iterator<InternalRow> rows) {
      return new ScoredRows(
          rows, source.model(), readers, missing, writer, mode, counters, columns, batchSize);
    }
  }
}
