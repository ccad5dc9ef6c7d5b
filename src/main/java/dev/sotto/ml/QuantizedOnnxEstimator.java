package dev.sotto.ml;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.quantization.BitWidths;
import dev.sotto.quantization.CalibrationMethod;
import dev.sotto.quantization.ModelPreparation;
import dev.sotto.quantization.QuantizationOptions;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.quantization.Thresholds;
import dev.sotto.spark.FeatureColumns;
import dev.sotto.spark.ModelSignature;
import dev.sotto.spark.SparkCalibrator;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Quantizes an ONNX model: {@code fit} calibrates it over a DataFrame and gives a stage that
 * scores.
 *
 * <pre>{@code
 * QuantizedOnnxModel model = new QuantizedOnnxEstimator()
 *     .setModelPath("mlp.onnx").setFeaturesCol("pixels").setBits(6).fit(rows);
 * model.transform(rows).select("prediction", "probability");
 * }</pre>
 *
 * <p>Parameters and defaults: {@code modelPath}, {@code bits} 6, {@code method} mse, {@code
 * thresholds} model, and those of {@link ScoringStage}: {@code featuresCol} features, {@code
 * predictionCol} prediction, {@code probabilityCol} probability, {@code mode} FAILFAST, {@code
 * errorCol} error, {@code batchSize} 1024.
 */
public final class QuantizedOnnxEstimator extends Estimator<QuantizedOnnxModel>
    implements ScoringStage, DefaultParamsWritable {
  private static final long serialVersionUID = 1L;

  private final String uid;
  private final StageParams stage;
  private final Param<String> modelPath;
  private final IntParam bits;
  private final Param<String> method;
  private final Param<String> thresholds;

  /** An estimator with a random id. */
  public QuantizedOnnxEstimator() {
    this(Identifiable$.MODULE$.randomUID("quantizedOnnxEstimator"));
  }

  /** An estimator with an id. */
  public QuantizedOnnxEstimator(String uid) {
    this.uid = uid;
    this.stage = StageParams.of(this);
    this.modelPath = new Param<>(this, "modelPath", "the ONNX file, where the driver runs");
    this.bits =
        new IntParam(
            this, "bits", "bits of weights and activations", ParamValidators.inRange(2, 16));
    this.method =
        new Param<>(this, "method", "how ranges are chosen: mse, minmax, percentile, entropy");
    this.thresholds = new Param<>(this, "thresholds", "thresholds of trees: model or uniform(n)");
    StageParams.setDefaults(this);
    setDefault(bits, BitWidths.DEFAULT);
    setDefault(method, CalibrationMethod.meanSquaredError().name());
    setDefault(thresholds, Thresholds.ofModel().toString());
  }

  @Override
  public String uid() {
    return uid;
  }

  /** The ONNX file, where the driver runs. */
  public Param<String> modelPath() {
    return modelPath;
  }

  /** Bits of weights and activations, 2 to 16. */
  public IntParam bits() {
    return bits;
  }

  /** How ranges are chosen: mse, minmax, percentile, percentile:99.9 or entropy. */
  public Param<String> method() {
    return method;
  }

  /** Thresholds of trees: {@code model} or {@code uniform(n)}. */
  public Param<String> thresholds() {
    return thresholds;
  }

  /** Sets the ONNX file. */
  public QuantizedOnnxEstimator setModelPath(String path) {
    set(modelPath, path);
    return this;
  }

  /** Sets the bits of weights and activations, 2 to 16. */
  public QuantizedOnnxEstimator setBits(int value) {
    set(bits, value);
    return this;
  }

  /** Sets how ranges are chosen. */
  public QuantizedOnnxEstimator setMethod(String name) {
    set(method, CalibrationMethod.parse(name).name());
    return this;
  }

  /** Sets the thresholds of trees. */
  public QuantizedOnnxEstimator setThresholds(String value) {
    set(thresholds, Thresholds.parse(value).toString());
    return this;
  }

  /** Sets the column of features. */
  public QuantizedOnnxEstimator setFeaturesCol(String column) {
    set(featuresCol(), column);
    return this;
  }

  /** Sets the columns of the model's inputs, each {@code input=column[,column...]}. */
  public QuantizedOnnxEstimator setInputCols(String... pairs) {
    set(inputCols(), pairs);
    return this;
  }

  /** Sets the column of the prediction; empty for none. */
  public QuantizedOnnxEstimator setPredictionCol(String column) {
    set(predictionCol(), column);
    return this;
  }

  /** Sets the column of the probabilities; empty for none. */
  public QuantizedOnnxEstimator setProbabilityCol(String column) {
    set(probabilityCol(), column);
    return this;
  }

  /** Sets the outputs added as they are, each {@code column=output}. */
  public QuantizedOnnxEstimator setOutputCols(String... pairs) {
    set(outputCols(), pairs);
    return this;
  }

  /** Sets what happens to rows that cannot be scored. */
  public QuantizedOnnxEstimator setMode(String mode) {
    set(mode(), mode);
    return this;
  }

  /** Sets the rows scored at once. */
  public QuantizedOnnxEstimator setBatchSize(int rows) {
    set(batchSize(), rows);
    return this;
  }

  /**
   * Calibrates the model over the rows, one pass, and quantizes it.
   *
   * @throws dev.sotto.problem.SottoException with everything that is wrong with model or columns
   */
  @Override
  public QuantizedOnnxModel fit(Dataset<?> dataset) {
    QuantizationOptions options =
        QuantizationOptions.of(BitWidths.of((Integer) getOrDefault(bits)))
            .withMethod(CalibrationMethod.parse(getOrDefault(method)))
            .withThresholds(Thresholds.parse(getOrDefault(thresholds)));
    OnnxModel onnx = OnnxModel.read(Path.of(getOrDefault(modelPath)));
    NumpyModule module = NumpyModule.of(ModelPreparation.prepare(onnx));
    Graph graph = module.model().graph();
    List<String> inputs = graph.inputs().stream().map(Graph.Value::name).toList();
    Dataset<Row> rows = dataset.toDF();
    FeatureColumns columns =
        FeatureColumns.find(rows, graph, scoringOptions(inputs, true).inputs(), List.of());
    SparkCalibrator.Result calibrated =
        SparkCalibrator.of(module).named(getOrDefault(modelPath)).calibrate(rows, columns);
    QuantizedModule quantized = QuantizedModule.quantize(onnx, calibrated.calibration(), options);
    QuantizedOnnxModel model = new QuantizedOnnxModel(uid, quantized);
    return copyValues(model, ParamMap.empty()).setParent(this);
  }

  /**
   * The schema that the fitted stage will give.
   *
   * @throws dev.sotto.problem.SottoException with everything that does not fit
   */
  @Override
  public StructType transformSchema(StructType schema) {
    OnnxModel onnx = OnnxModel.read(Path.of(getOrDefault(modelPath)));
    ModelSignature signature = ModelSignature.of(NumpyModule.of(ModelPreparation.prepare(onnx)));
    return signature.schema(schema, scoringOptions(signature));
  }

  @Override
  public QuantizedOnnxEstimator copy(ParamMap extra) {
    return (QuantizedOnnxEstimator) defaultCopy(extra);
  }

  /** Reads an estimator that was saved. */
  public static QuantizedOnnxEstimator load(String path) {
    return read().load(path);
  }

  /** A reader of saved estimators; Pipelines call it by name. */
  public static MLReader<QuantizedOnnxEstimator> read() {
    return new DefaultParamsReader<>();
  }

  @Override
  public Param<String> featuresCol() {
    return stage.featuresCol();
  }

  @Override
  public StringArrayParam inputCols() {
    return stage.inputCols();
  }

  @Override
  public Param<String> predictionCol() {
    return stage.predictionCol();
  }

  @Override
  public Param<String> probabilityCol() {
    return stage.probabilityCol();
  }

  @Override
  public StringArrayParam outputCols() {
    return stage.outputCols();
  }

  @Override
  public Param<String> mode() {
    return stage.mode();
  }

  @Override
  public Param<String> errorCol() {
    return stage.errorCol();
  }

  @Override
  public IntParam batchSize() {
    return stage.batchSize();
  }
}
