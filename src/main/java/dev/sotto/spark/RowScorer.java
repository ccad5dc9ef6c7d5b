package dev.sotto.spark;

import dev.sotto.problem.SottoException;
import dev.sotto.quantization.QuantizedModule;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Scores single rows in the clear, where they come one by one: SQL functions. {@link
 * PartitionScorer} is faster over tables.
 *
 * <p>Travels as the model's bytes, which every JVM prepares once. Any number of threads may share
 * one.
 */
public final class RowScorer implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final ExecutorCache<QuantizedModule> PREPARED = new ExecutorCache<>(16);

  @SuppressWarnings("serial") // an immutable list, which is serializable
  private final List<FeatureReader> readers;

  private final byte[] bytes;
  private final String hash;
  private final ResultWriter writer;
  private final StructType type;
  private transient volatile @Nullable QuantizedModule prepared;

  private RowScorer(
      byte[] bytes, List<FeatureReader> readers, ResultWriter writer, StructType type) {
    this.bytes = bytes;
    this.hash = ModelBytes.sha256(bytes);
    this.readers = readers;
    this.writer = writer;
    this.type = type;
  }

  /**
   * A scorer of rows of a schema.
   *
   * @param rows the schema of the rows
   * @param columns for each input of the model, in order, the columns it reads: one of arrays or
   *     Vectors, or one for each number
   * @throws SottoException with everything that does not fit
   */
  public static RowScorer of(QuantizedModule module, StructType rows, List<List<String>> columns) {
    ModelSignature signature = ModelSignature.of(module);
    ScoringOptions options = ScoringOptions.standard();
    for (int i = 0; i < columns.size(); i++) {
      options = options.withInput(module.inputs().get(i).name(), columns.get(i));
    }
    StructType scored = signature.schema(rows, options);
    StructType type = new StructType();
    for (int i = rows.size(); i < scored.size(); i++) {
      type = type.add(scored.apply(i));
    }
    RowScorer scorer =
        new RowScorer(
            module.toBytes(),
            new ArrayList<>(signature.readers(rows, options, new ArrayList<>())),
            signature.writer(options),
            type);
    PREPARED.get(scorer.hash, () -> module);
    return scorer;
  }

  /** What a score holds: {@code prediction}, and {@code probability} of classifiers. */
  public StructType type() {
    return type;
  }

  /** SHA-256 of the model. */
  public String hash() {
    return hash;
  }

  /**
   * Scores a row.
   *
   * @return null when a column that holds features is null, unless the model reads missing values
   * @throws SottoException (SOTTO-SPARK-013) on null elements, NaN, infinities and wrong widths
   */
  public @Nullable InternalRow score(InternalRow row) {
    QuantizedModule module = module();
    boolean missing = module.readsMissing();
    for (int i = 0; i < row.numFields() && !missing; i++) {
      if (row.isNullAt(i)) {
        return null;
      }
    }
    RowFeatures features = new RowFeatures(readers, 1, missing);
    RowFlaw flaw = features.read(row, 0);
    if (flaw != null) {
      throw SottoException.of(SparkError.BAD_ROW, "", flaw.detail() + ".");
    }
    GenericInternalRow result = new GenericInternalRow(type.size());
    writer.write(writer.batch(module.score(features.tensors(1)).outputs(), 1), 0, result);
    return result;
  }

  /** The model, looked up once; threads that meet here find the same one. */
  private QuantizedModule module() {
    QuantizedModule known = prepared;
    if (known == null) {
      known = PREPARED.get(hash, () -> QuantizedModule.parse(bytes));
      prepared = known;
    }
    return known;
  }
}
