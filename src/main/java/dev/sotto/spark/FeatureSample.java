package dev.sotto.spark;

import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.functions;

/** Some rows of a DataFrame as the tensors of a model, on the driver. */
public final class FeatureSample {
  private FeatureSample() {}

  /**
   * Takes rows by a hash of their features, so that the same table gives the same rows, however it
   * is partitioned; rows that cannot be read are left out.
   *
   * @param options which columns are features
   * @param count rows at most
   * @return one tensor {@code rows × width} per input of the model
   * @throws SottoException with everything that does not fit, and when no row can be read
   */
  public static Tensor[] of(
      Dataset<?> rows, QuantizedModule module, ScoringOptions options, int count) {
    List<Problem> problems = new ArrayList<>();
    List<FeatureReader> readers =
        ModelSignature.of(module).readers(rows.schema(), options, problems);
    if (!problems.isEmpty()) {
      throw new SottoException(problems);
    }
    Column[] features =
        options.inputs().values().stream()
            .flatMap(List::stream)
            .map(name -> functions.col("`" + name.replace("`", "``") + "`"))
            .toArray(Column[]::new);
    Dataset<Row> taken = rows.toDF().orderBy(functions.xxhash64(features)).limit(count);
    InternalRow[] found =
        ClassicRows.of(taken).rows().queryExecution().executedPlan().executeCollect();
    RowFeatures values = new RowFeatures(readers, found.length, module.readsMissing());
    int read = 0;
    for (InternalRow row : found) {
      read += values.read(row, read) == null ? 1 : 0;
    }
    if (read == 0) {
      throw SottoException.of(
          SparkError.BAD_ROW, "", "none of " + found.length + " rows can be read.");
    }
    return values.tensors(read);
  }
}
