package dev.sotto.ml;

import dev.sotto.spark.ModelSignature;
import dev.sotto.spark.RowMode;
import dev.sotto.spark.ScoringOptions;
import java.util.List;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;

/**
 * The parameters that estimator and model share: which columns are read and written, and how rows
 * are scored.
 */
public interface ScoringStage extends Params {
  /** Column of features, an array or a Vector; several columns when {@code inputCols} is set. */
  Param<String> featuresCol();

  /**
   * Columns of the model's inputs as {@code input=column} or {@code input=column,column}; for
   * models with several inputs, or with plain numeric columns.
   */
  StringArrayParam inputCols();

  /** Column of the predicted class or value; empty for none. */
  Param<String> predictionCol();

  /** Column of the probabilities, an ML Vector; empty for none. */
  Param<String> probabilityCol();

  /** Outputs of the model to add as they are, {@code column=output}. */
  StringArrayParam outputCols();

  /** What happens to rows that cannot be scored: FAILFAST, PERMISSIVE or DROPMALFORMED. */
  Param<String> mode();

  /** Column that says in mode PERMISSIVE why a row was not scored. */
  Param<String> errorCol();

  /** Rows scored at once. */
  IntParam batchSize();

  /** The parameters as options of the scorer of a model. */
  default ScoringOptions scoringOptions(ModelSignature signature) {
    return scoringOptions(
        signature.inputs().stream().map(input -> input.name()).toList(), signature.scoresClasses());
  }

  /**
   * The parameters as options of the scorer.
   *
   * @param inputs ONNX names of the model's inputs
   * @param scoresClasses whether the model gives probabilities
   */
  default ScoringOptions scoringOptions(List<String> inputs, boolean scoresClasses) {
    ScoringOptions options =
        ScoringOptions.standard()
            .withMode(RowMode.valueOf(getOrDefault(mode())))
            .withErrorColumn(getOrDefault(errorCol()))
            .withBatchSize((Integer) getOrDefault(batchSize()));
    String[] mapped = getOrDefault(inputCols());
    for (String pair : mapped) {
      options = options.withInput(StageParams.left(pair), StageParams.rights(pair));
    }
    if (mapped.length == 0 && inputs.size() == 1) {
      options = options.withInput(inputs.get(0), List.of(getOrDefault(featuresCol())));
    }
    return options.withOutputs(
        StageParams.outputs(
            getOrDefault(predictionCol()),
            scoresClasses || isSet(probabilityCol()) ? getOrDefault(probabilityCol()) : "",
            getOrDefault(outputCols())));
  }
}
