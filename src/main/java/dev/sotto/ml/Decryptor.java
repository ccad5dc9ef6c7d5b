package dev.sotto.ml;

import dev.sotto.runtime.ClientPackage;
import dev.sotto.spark.HadoopFiles;
import dev.sotto.spark.OutputColumn;
import dev.sotto.spark.RowMode;
import dev.sotto.spark.encrypted.BlockCounters;
import dev.sotto.spark.encrypted.DecryptionOptions;
import dev.sotto.spark.encrypted.ResultDecryptor;
import java.util.List;
import org.apache.spark.ml.Transformer;
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
 * Decrypts scored blocks, on the data owner's Spark: one row per record again, with the columns
 * that {@link Encryptor} kept.
 *
 * <p>Saved as its parameters and {@code client.zip}; keys are named, never saved.
 */
public final class Decryptor extends Transformer implements MLWritable {
  private static final long serialVersionUID = 1L;
  private static final String FILE = HadoopFiles.CLIENT;

  private final String uid;
  private final transient ClientPackage client;
  private final Param<String> keys;
  private final Param<String> predictionCol;
  private final Param<String> probabilityCol;
  private final StringArrayParam outputCols;
  private final Param<String> mode;
  private transient ResultDecryptor.@Nullable Decrypted last;

  /** A stage for a model. */
  public Decryptor(String uid, ClientPackage client) {
    this.uid = uid;
    this.client = client;
    this.keys = new Param<>(this, "keys", "folder of the owner's keys, on any file system");
    this.predictionCol = new Param<>(this, "predictionCol", StageParams.PREDICTION_COL);
    this.probabilityCol = new Param<>(this, "probabilityCol", StageParams.PROBABILITY_COL);
    this.outputCols = StageParams.pairs(this, "outputCols", StageParams.OUTPUT_COLS);
    this.mode = StageParams.mode(this, "rows of blocks that are refused");
    setDefault(predictionCol, "prediction");
    setDefault(probabilityCol, "probability");
    setDefault(outputCols, new String[0]);
    setDefault(mode, RowMode.FAILFAST.name());
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Folder of the owner's keys. */
  public Param<String> keys() {
    return keys;
  }

  /** Column of the predicted class or value; empty for none. */
  public Param<String> predictionCol() {
    return predictionCol;
  }

  /** Column of the probabilities, an ML Vector; empty for none. */
  public Param<String> probabilityCol() {
    return probabilityCol;
  }

  /** Outputs of the model to add as they are, {@code column=output}. */
  public StringArrayParam outputCols() {
    return outputCols;
  }

  /** What happens to rows of refused blocks: FAILFAST, PERMISSIVE or DROPMALFORMED. */
  public Param<String> mode() {
    return mode;
  }

  /** Sets the folder of the owner's keys. */
  public Decryptor setKeys(String folder) {
    set(keys, folder);
    return this;
  }

  /** Sets the column of the prediction; empty for none. */
  public Decryptor setPredictionCol(String column) {
    set(predictionCol, column);
    return this;
  }

  /** Sets the column of the probabilities; empty for none. */
  public Decryptor setProbabilityCol(String column) {
    set(probabilityCol, column);
    return this;
  }

  /** Sets the outputs added as they are, each {@code column=output}. */
  public Decryptor setOutputCols(String... pairs) {
    set(outputCols, pairs);
    return this;
  }

  /** Sets what happens to rows of blocks that are refused. */
  public Decryptor setMode(String name) {
    set(mode, name);
    return this;
  }

  private ResultDecryptor decryptor() {
    DecryptionOptions options =
        DecryptionOptions.standard().withMode(RowMode.valueOf(getOrDefault(mode)));
    ResultDecryptor all = ResultDecryptor.of(client, getOrDefault(keys), options);
    List<OutputColumn> outputs =
        StageParams.outputs(
            getOrDefault(predictionCol),
            all.signature().scoresClasses() || isSet(probabilityCol)
                ? getOrDefault(probabilityCol)
                : "",
            getOrDefault(outputCols));
    return all.with(options.withOutputs(outputs));
  }

  /**
   * Decrypts; nothing is computed before an action.
   *
   * @throws dev.sotto.problem.SottoException with everything that does not fit, before any job
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    ResultDecryptor.Decrypted decrypted = decryptor().decrypt(dataset.toDF());
    synchronized (this) {
      last = decrypted;
    }
    return decrypted.rows();
  }

  /** What the last {@link #transform} counted so far; null before the first. */
  public synchronized @Nullable BlockCounters counters() {
    return last == null ? null : last.counters();
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return decryptor().schema(schema);
  }

  @Override
  public Decryptor copy(ParamMap extra) {
    return copyValues(new Decryptor(uid, client), extra);
  }

  @Override
  public MLWriter write() {
    return new FileWriter(this, FILE, client.toBytes());
  }

  /** Reads a stage that was saved. */
  public static Decryptor load(String path) {
    return read().load(path);
  }

  /** A reader of saved stages; Pipelines call it by name. */
  public static MLReader<Decryptor> read() {
    return FileWriter.reader(
        Decryptor.class, FILE, (uid, bytes) -> new Decryptor(uid, ClientPackage.parse(bytes)));
  }
}
