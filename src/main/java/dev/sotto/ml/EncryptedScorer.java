package dev.sotto.ml;

import dev.sotto.runtime.ServerPackage;
import dev.sotto.spark.HadoopFiles;
import dev.sotto.spark.RowMode;
import dev.sotto.spark.encrypted.BlockCounters;
import dev.sotto.spark.encrypted.BlockScoringOptions;
import dev.sotto.spark.encrypted.TableScorer;
import java.util.List;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Scores a table of encrypted blocks, on the compute provider's Spark, without any secret.
 *
 * <p>Saved as its parameters and {@code server.zip}.
 */
public final class EncryptedScorer extends Transformer implements MLWritable {
  private static final long serialVersionUID = 1L;
  private static final String FILE = HadoopFiles.SERVER;

  private final String uid;
  private final transient ServerPackage server;
  private final StringArrayParam evaluationKeys;
  private final Param<String> mode;
  private final IntParam blocksPerTask;
  private transient TableScorer.@Nullable ScoredBlocks last;

  /** A stage for a model. */
  public EncryptedScorer(String uid, ServerPackage server) {
    this.uid = uid;
    this.server = server;
    this.evaluationKeys =
        new StringArrayParam(
            this,
            "evaluationKeys",
            "files of evaluation keys, on any file system; none if not needed");
    this.mode = StageParams.mode(this, "blocks that cannot be scored");
    this.blocksPerTask =
        new IntParam(
            this,
            "blocksPerTask",
            "blocks of a task; 0 to choose by cost",
            ParamValidators.gtEq(0));
    setDefault(evaluationKeys, new String[0]);
    setDefault(mode, RowMode.FAILFAST.name());
    setDefault(blocksPerTask, 0);
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Files of evaluation keys. */
  public StringArrayParam evaluationKeys() {
    return evaluationKeys;
  }

  /** What happens to blocks that cannot be scored: FAILFAST, PERMISSIVE or DROPMALFORMED. */
  public Param<String> mode() {
    return mode;
  }

  /** Blocks of a task. */
  public IntParam blocksPerTask() {
    return blocksPerTask;
  }

  /** Sets the files of evaluation keys. */
  public EncryptedScorer setEvaluationKeys(String... files) {
    set(evaluationKeys, files);
    return this;
  }

  /** Sets what happens to blocks that cannot be scored. */
  public EncryptedScorer setMode(String name) {
    set(mode, name);
    return this;
  }

  /** Sets the blocks of a task; 0 to choose by cost. */
  public EncryptedScorer setBlocksPerTask(int blocks) {
    set(blocksPerTask, blocks);
    return this;
  }

  private TableScorer scorer() {
    return TableScorer.of(
        server,
        List.of(getOrDefault(evaluationKeys)),
        BlockScoringOptions.standard()
            .withMode(RowMode.valueOf(getOrDefault(mode)))
            .withBlocksPerTask((Integer) getOrDefault(blocksPerTask)));
  }

  /**
   * Scores; nothing is computed before an action.
   *
   * @throws dev.sotto.problem.SottoException with everything that does not fit, before any job
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    TableScorer.ScoredBlocks scored = scorer().score(dataset.toDF());
    synchronized (this) {
      last = scored;
    }
    return scored.blocks();
  }

  /** What the last {@link #transform} counted so far; null before the first. */
  public synchronized @Nullable BlockCounters counters() {
    return last == null ? null : last.counters();
  }

  /** How the last {@link #transform} divides the work, and its cost; null before the first. */
  public synchronized TableScorer.@Nullable Plan plan() {
    return last == null ? null : last.plan();
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return scorer().schema(schema);
  }

  @Override
  public EncryptedScorer copy(ParamMap extra) {
    return copyValues(new EncryptedScorer(uid, server), extra);
  }

  @Override
  public MLWriter write() {
    return new FileWriter(this, FILE, server.toBytes());
  }

  /** Reads a stage that was saved. */
  public static EncryptedScorer load(String path) {
    return read().load(path);
  }

  /** A reader of saved stages; Pipelines call it by name. */
  public static MLReader<EncryptedScorer> read() {
    return FileWriter.reader(
        EncryptedScorer.class,
        FILE,
        (uid, bytes) -> new EncryptedScorer(uid, ServerPackage.parse(bytes)));
  }
}
