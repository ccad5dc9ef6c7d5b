package dev.sotto.ml;

import dev.sotto.spark.OutputColumn;
import dev.sotto.spark.RowMode;
import dev.sotto.spark.ScoringOptions;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;

/** The parameters of {@link ScoringStage}, made for one stage. */
record StageParams(
    Param<String> featuresCol,
    StringArrayParam inputCols,
    Param<String> predictionCol,
    Param<String> probabilityCol,
    StringArrayParam outputCols,
    Param<String> mode,
    Param<String> errorCol,
    IntParam batchSize)
    implements Serializable {

  static final String INPUT_COLS = "columns of the model's inputs, each input=column[,column...]";
  static final String PREDICTION_COL = "column of the predicted class or value, or empty";
  static final String PROBABILITY_COL = "column of the class probabilities, or empty";
  static final String OUTPUT_COLS = "outputs of the model added as they are, each column=output";

  static StageParams of(Params stage) {
    return new StageParams(
        new Param<>(
            stage, "featuresCol", "column of features: array<float>, array<double> or Vector"),
        pairs(stage, "inputCols", INPUT_COLS),
        new Param<>(stage, "predictionCol", PREDICTION_COL),
        new Param<>(stage, "probabilityCol", PROBABILITY_COL),
        pairs(stage, "outputCols", OUTPUT_COLS),
        mode(stage, "rows that cannot be scored"),
        new Param<>(stage, "errorCol", "column of the reason in mode PERMISSIVE"),
        new IntParam(stage, "batchSize", "rows scored at once", ParamValidators.gt(0)));
  }

  static void setDefaults(ScoringStage stage) {
    stage.setDefault(stage.featuresCol(), "features");
    stage.setDefault(stage.inputCols(), new String[0]);
    stage.setDefault(stage.predictionCol(), "prediction");
    stage.setDefault(stage.probabilityCol(), "probability");
    stage.setDefault(stage.outputCols(), new String[0]);
    stage.setDefault(stage.mode(), RowMode.FAILFAST.name());
    stage.setDefault(stage.errorCol(), "error");
    stage.setDefault(stage.batchSize(), ScoringOptions.DEFAULT_BATCH);
  }

  /** The parameter of what happens to those that cannot be worked on. */
  static Param<String> mode(Params stage, String which) {
    return new Param<>(
        stage,
        "mode",
        which + ": FAILFAST, PERMISSIVE or DROPMALFORMED",
        ParamValidators.inArray(
            Arrays.stream(RowMode.values()).map(RowMode::name).toArray(String[]::new)));
  }

  /** The columns that these parameters ask for; empty names ask for none. */
  static List<OutputColumn> outputs(String prediction, String probability, String[] pairs) {
    List<OutputColumn> outputs = new ArrayList<>();
    if (!prediction.isEmpty()) {
      outputs.add(new OutputColumn.Prediction(prediction));
    }
    if (!probability.isEmpty()) {
      outputs.add(new OutputColumn.Probabilities(probability, true));
    }
    for (String pair : pairs) {
      outputs.add(new OutputColumn.Raw(left(pair), String.join(",", rights(pair))));
    }
    return outputs;
  }

  /** A parameter of {@code name=value}. */
  static StringArrayParam pairs(Params stage, String name, String doc) {
    return new StringArrayParam(
        stage,
        name,
        doc,
        (scala.Function1<String[], Object> & Serializable)
            pairs -> Arrays.stream(pairs).allMatch(pair -> pair.indexOf('=') > 0));
  }

  /** The part of {@code name=value} before the sign. */
  static String left(String pair) {
    return pair.substring(0, pair.indexOf('='));
  }

  /** The parts behind the sign. */
  static List<String> rights(String pair) {
    return List.of(pair.substring(pair.indexOf('=') + 1).split(",", -1));
  }
}
