package dev.sotto.ml;

import dev.sotto.runtime.ClientPackage;
import dev.sotto.spark.HadoopFiles;
import dev.sotto.spark.encrypted.BlockCounters;
import dev.sotto.spark.encrypted.EncryptionOptions;
import dev.sotto.spark.encrypted.RowEncryptor;
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
 * Encrypts rows, on the data owner's Spark: a table of blocks comes out.
 *
 * <p>Saved as its parameters and {@code client.zip}; keys are named, never saved. Rows that cannot
 * be encrypted are in {@link #rejected} after {@code transform}.
 */
public final class Encryptor extends Transformer implements MLWritable {
  private static final long serialVersionUID = 1L;
  private static final String FILE = HadoopFiles.CLIENT;

  private final String uid;
  private final transient ClientPackage client;
  private final Param<String> keys;
  private final StringArrayParam inputCols;
  private final StringArrayParam keyCols;
  private final Param<String> rowCol;
  private final IntParam rowsPerBlock;
  private transient RowEncryptor.@Nullable Encrypted last;

  /** A stage for a model. */
  public Encryptor(String uid, ClientPackage client) {
    this.uid = uid;
    this.client = client;
    this.keys = new Param<>(this, "keys", "folder of the owner's keys, on any file system");
    this.inputCols = StageParams.pairs(this, "inputCols", StageParams.INPUT_COLS);
    this.keyCols =
        new StringArrayParam(this, "keyCols", "columns that stay beside the rows, in the clear");
    this.rowCol = new Param<>(this, "rowCol", "column for the numbers of rows; empty for none");
    this.rowsPerBlock =
        new IntParam(
            this,
            "rowsPerBlock",
            "rows of a block at most; 0 for all that fit",
            ParamValidators.gtEq(0));
    setDefault(inputCols, new String[0]);
    setDefault(keyCols, new String[0]);
    setDefault(rowCol, "");
    setDefault(rowsPerBlock, 0);
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Folder of the owner's keys. */
  public Param<String> keys() {
    return keys;
  }

  /** Columns of the model's inputs, each {@code input=column[,column...]}. */
  public StringArrayParam inputCols() {
    return inputCols;
  }

  /** Columns that stay beside the rows, in the clear. */
  public StringArrayParam keyCols() {
    return keyCols;
  }

  /** Column for the numbers of rows. */
  public Param<String> rowCol() {
    return rowCol;
  }

  /** Rows of a block at most. */
  public IntParam rowsPerBlock() {
    return rowsPerBlock;
  }

  /** Sets the folder of the owner's keys. */
  public Encryptor setKeys(String folder) {
    set(keys, folder);
    return this;
  }

  /** Sets the columns of the model's inputs, each {@code input=column[,column...]}. */
  public Encryptor setInputCols(String... pairs) {
    set(inputCols, pairs);
    return this;
  }

  /** Sets the columns that stay beside the rows, in the clear. */
  public Encryptor setKeyCols(String... columns) {
    set(keyCols, columns);
    return this;
  }

  /** Sets the column for the numbers of rows. */
  public Encryptor setRowCol(String column) {
    set(rowCol, column);
    return this;
  }

  /** Sets the rows of a block at most. */
  public Encryptor setRowsPerBlock(int rows) {
    set(rowsPerBlock, rows);
    return this;
  }

  private RowEncryptor encryptor() {
    EncryptionOptions options =
        EncryptionOptions.standard().withRowsPerBlock((Integer) getOrDefault(rowsPerBlock));
    for (String pair : getOrDefault(inputCols)) {
      options = options.withInput(StageParams.left(pair), StageParams.rights(pair));
    }
    String[] kept = getOrDefault(keyCols);
    if (kept.length > 0) {
      options = options.withKeys(List.of(kept));
    }
    if (!getOrDefault(rowCol).isEmpty()) {
      options = options.withRowColumn(getOrDefault(rowCol));
    }
    return RowEncryptor.of(client, getOrDefault(keys), options);
  }

  /**
   * Encrypts. Rows are counted at once, everything else waits for an action.
   *
   * @throws dev.sotto.problem.SottoException with everything that does not fit
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    RowEncryptor.Encrypted encrypted = encryptor().encrypt(dataset.toDF());
    synchronized (this) {
      last = encrypted;
    }
    return encrypted.blocks();
  }

  /** The rows that the last {@link #transform} could not encrypt; null before the first. */
  public synchronized @Nullable Dataset<Row> rejected() {
    return last == null ? null : last.rejected();
  }

  /** What the last {@link #transform} counted so far; null before the first. */
  public synchronized @Nullable BlockCounters counters() {
    return last == null ? null : last.counters();
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return encryptor().schema(schema);
  }

  @Override
  public Encryptor copy(ParamMap extra) {
    return copyValues(new Encryptor(uid, client), extra);
  }

  @Override
  public MLWriter write() {
    return new FileWriter(this, FILE, client.toBytes());
  }

  /** Reads a stage that was saved. */
  public static Encryptor load(String path) {
    return read().load(path);
  }

  /** A reader of saved stages; Pipelines call it by name. */
  public static MLReader<Encryptor> read() {
    return FileWriter.reader(
        Encryptor.class, FILE, (uid, bytes) -> new Encryptor(uid, ClientPackage.parse(bytes)));
  }
}
