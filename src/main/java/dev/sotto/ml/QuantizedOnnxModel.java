package dev.sotto.ml;

import dev.sotto.compiler.CircuitCompiler;
import dev.sotto.compiler.CompileOptions;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.spark.FeatureSample;
import dev.sotto.spark.HadoopFiles;
import dev.sotto.spark.ModelSignature;
import dev.sotto.spark.PartitionScorer;
import dev.sotto.spark.ScoringCounters;
import dev.sotto.spark.ScoringOptions;
import dev.sotto.tensor.Tensor;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * A quantized ONNX model as a stage: {@code transform} adds predictions, probabilities and outputs.
 *
 * <p>Parameters are those of {@link ScoringStage}. Saved as the parameters and one file, {@code
 * module.sotto}, that {@code sotto score} and {@code sotto compile} read too.
 */
public final class QuantizedOnnxModel extends Model<QuantizedOnnxModel>
    implements ScoringStage, MLWritable {
  private static final long serialVersionUID = 1L;

  /** The file of the module, in the folder of a saved stage. */
  private static final String FILE = HadoopFiles.MODULE;

  /** Rows that polynomials are fitted on, at most. */
  private static final int COMPILED_ROWS = 1000;

  private final String uid;
  private final QuantizedModule module;
  private final StageParams stage;
  private transient @Nullable ModelSignature signature;
  private transient @Nullable ScoringCounters counters;

  /** A stage for a quantized module. */
  public QuantizedOnnxModel(String uid, QuantizedModule module) {
    this.uid = uid;
    this.module = module;
    this.stage = StageParams.of(this);
    StageParams.setDefaults(this);
  }

  @Override
  public String uid() {
    return uid;
  }

  /** The quantized module. */
  public QuantizedModule module() {
    return module;
  }

  private synchronized ModelSignature signature() {
    ModelSignature known = signature;
    if (known == null) {
      known = ModelSignature.of(module);
      signature = known;
    }
    return known;
  }

  /** What the last {@link #transform} counted so far; null before the first. */
  public synchronized @Nullable ScoringCounters counters() {
    return counters;
  }

  /** Sets the column of features. */
  public QuantizedOnnxModel setFeaturesCol(String column) {
    set(featuresCol(), column);
    return this;
  }

  /** Sets the columns of the model's inputs, each {@code input=column[,column...]}. */
  public QuantizedOnnxModel setInputCols(String... pairs) {
    set(inputCols(), pairs);
    return this;
  }

  /** Sets the column of the prediction; empty for none. */
  public QuantizedOnnxModel setPredictionCol(String column) {
    set(predictionCol(), column);
    return this;
  }

  /** Sets the column of the probabilities; empty for none. */
  public QuantizedOnnxModel setProbabilityCol(String column) {
    set(probabilityCol(), column);
    return this;
  }

  /** Sets the outputs added as they are, each {@code column=output}. */
  public QuantizedOnnxModel setOutputCols(String... pairs) {
    set(outputCols(), pairs);
    return this;
  }

  /** Sets what happens to rows that cannot be scored. */
  public QuantizedOnnxModel setMode(String mode) {
    set(mode(), mode);
    return this;
  }

  /** Sets the rows scored at once. */
  public QuantizedOnnxModel setBatchSize(int rows) {
    set(batchSize(), rows);
    return this;
  }

  /**
   * Adds the results to rows; nothing is computed before an action.
   *
   * @throws dev.sotto.problem.SottoException with everything that does not fit, before any job
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    ModelSignature known = signature();
    PartitionScorer.Scored scored =
        PartitionScorer.of(module, known, scoringOptions(known)).score(dataset);
    synchronized (this) {
      counters = scored.counters();
    }
    return scored.rows();
  }

  /**
   * Compiles the model for encrypted rows.
   *
   * @param rows representative rows with the feature columns of this stage; some hundreds, chosen
   *     by their values, are looked at
   * @throws dev.sotto.problem.SottoException with what cannot be computed on encrypted data
   */
  public CompiledOnnxModel compile(Dataset<?> rows) {
    return compile(rows, CompileOptions.standard());
  }

  /** Compiles the model with options of the compiler; see {@link #compile(Dataset)}. */
  public CompiledOnnxModel compile(Dataset<?> rows, CompileOptions options) {
    ScoringOptions scoring = scoringOptions(signature());
    Tensor[] seen = FeatureSample.of(rows, module, scoring, COMPILED_ROWS);
    return new CompiledOnnxModel(CircuitCompiler.compile(module, options, seen), scoring.inputs());
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return signature().schema(schema, scoringOptions(signature()));
  }

  @Override
  public QuantizedOnnxModel copy(ParamMap extra) {
    QuantizedOnnxModel copy = new QuantizedOnnxModel(uid, module);
    return copyValues(copy, extra).setParent(parent());
  }

  @Override
  public MLWriter write() {
    return new FileWriter(this, FILE, module.toBytes());
  }

  /** Reads a stage that was saved. */
  public static QuantizedOnnxModel load(String path) {
    return read().load(path);
  }

  /** A reader of saved stages; Pipelines call it by name. */
  public static MLReader<QuantizedOnnxModel> read() {
    return FileWriter.reader(
        QuantizedOnnxModel.class,
        FILE,
        (uid, bytes) -> new QuantizedOnnxModel(uid, QuantizedModule.parse(bytes)));
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
