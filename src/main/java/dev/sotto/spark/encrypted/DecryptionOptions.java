package dev.sotto.spark.encrypted;

import dev.sotto.spark.OutputColumn;
import dev.sotto.spark.RowMode;
import java.util.List;

/**
 * How results are decrypted.
 *
 * @param outputs the columns to add behind the caller's own; none means every score of the model,
 *     and last the prediction
 * @param mode what happens to the rows of blocks that are refused: FAILFAST fails the job,
 *     PERMISSIVE gives nulls and a column {@code error}, DROPMALFORMED leaves them out
 */
public record DecryptionOptions(List<OutputColumn> outputs, RowMode mode) {
  /** Copies the list. */
  public DecryptionOptions {
    outputs = List.copyOf(outputs);
  }

  /** All scores and the prediction; the first refused block fails the job. */
  public static DecryptionOptions standard() {
    return new DecryptionOptions(List.of(), RowMode.FAILFAST);
  }

  /** The same options with other result columns. */
  public DecryptionOptions withOutputs(List<OutputColumn> columns) {
    return new DecryptionOptions(columns, mode);
  }

  /** The same options with another way with refused blocks. */
  public DecryptionOptions withMode(RowMode newMode) {
    return new DecryptionOptions(outputs, newMode);
  }
}
