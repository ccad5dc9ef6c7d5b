package dev.sotto.spark.encrypted;

import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.spark.SparkError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Tables of encrypted blocks, before and after they are scored: one row per block.
 *
 * <pre>
 *   block    long                   the block's number, its owner's
 *   rows     int                    how many rows it holds
 *   keys     array&lt;struct&lt;…&gt;&gt;       the caller's own columns of each row, in the clear
 *   payload  array&lt;binary&gt;          header and ciphertexts, as in {@code EncryptedBlock.payload()}
 *   error    string                 after scoring in mode PERMISSIVE: why there is no payload
 * </pre>
 *
 * <p>As parquet: one file per block, not compressed, as ciphertexts cannot be; so a task that reads
 * one file has one block, and no reader holds two.
 */
public final class EncryptedTable {
  /** Number of a block. */
  public static final String BLOCK = "block";

  /** Rows of a block. */
  public static final String ROWS = "rows";

  /** The caller's columns. */
  public static final String KEYS = "keys";

  /** Header and ciphertexts. */
  public static final String PAYLOAD = "payload";

  /** Why there is no payload. */
  public static final String ERROR = "error";

  private static final String SUCCESS_PENDING = "_temporary";

  private EncryptedTable() {}

  /** The schema of a table whose rows have some columns in the clear. */
  static StructType schema(List<StructField> keys) {
    List<StructField> nullable =
        keys.stream().map(k -> DataTypes.createStructField(k.name(), k.dataType(), true)).toList();
    return new StructType()
        .add(BLOCK, DataTypes.LongType, false)
        .add(ROWS, DataTypes.IntegerType, false)
        .add(
            KEYS,
            DataTypes.createArrayType(
                DataTypes.createStructType(nullable.toArray(StructField[]::new)), false),
            false)
        .add(PAYLOAD, DataTypes.createArrayType(DataTypes.BinaryType, false), true);
  }

  /**
   * The caller's columns of a table.
   *
   * @throws SottoException where it is no table of encrypted blocks
   */
  public static StructType keys(StructType table) {
    List<Problem> problems = new ArrayList<>();
    require(table, BLOCK, DataTypes.LongType, problems);
    require(table, ROWS, DataTypes.IntegerType, problems);
    DataType keys = require(table, KEYS, null, problems);
    DataType payload = require(table, PAYLOAD, null, problems);
    if (problems.isEmpty() && !(payload instanceof ArrayType p && isBinary(p))) {
      problems.add(wrong(PAYLOAD, "array<binary> expected, got " + payload.catalogString() + "."));
    }
    if (problems.isEmpty()
        && keys instanceof ArrayType array
        && array.elementType() instanceof StructType struct) {
      return struct;
    }
    if (problems.isEmpty()) {
      problems.add(wrong(KEYS, "an array of structs expected, got " + keys.catalogString() + "."));
    }
    throw new SottoException(problems);
  }

  private static boolean isBinary(ArrayType array) {
    return array.elementType().equals(DataTypes.BinaryType);
  }

  private static DataType require(
      StructType table,
      String name,
      @org.jspecify.annotations.Nullable DataType type,
      List<Problem> problems) {
    if (!Arrays.asList(table.fieldNames()).contains(name)) {
      problems.add(
          wrong(name, "expected, got columns " + Arrays.toString(table.fieldNames()) + "."));
      return DataTypes.NullType;
    }
    DataType found = table.apply(name).dataType();
    if (type != null && !found.equals(type)) {
      problems.add(
          wrong(name, type.catalogString() + " expected, got " + found.catalogString() + "."));
    }
    return found;
  }

  private static Problem wrong(String column, String detail) {
    return Problem.of(SparkError.NO_BLOCKS, "column '" + column + "'", detail);
  }

  /**
   * Opens a table, one partition per file, so that tasks have one block each.
   *
   * <p>Blocks are read one at a time: by Spark's reader of single rows, in a session of its own
   * that shares everything but these settings with the given one.
   *
   * @param path a folder that {@link #write} made, on any file system that Hadoop knows
   * @throws SottoException where there is none, where the job that wrote it did not finish, and
   *     where it is no table of encrypted blocks
   */
  public static Dataset<Row> read(SparkSession spark, String path) {
    requireFinished(spark, path);
    SparkSession reader = ((org.apache.spark.sql.classic.SparkSession) spark).cloneSession();
    String whole = Long.toString(Long.MAX_VALUE / 4);
    reader.conf().set("spark.sql.files.maxPartitionBytes", whole);
    reader.conf().set("spark.sql.files.openCostInBytes", whole);
    reader.conf().set("spark.sql.parquet.enableVectorizedReader", "false");
    Dataset<Row> table = reader.read().parquet(path);
    keys(table.schema());
    return table;
  }

  private static void requireFinished(SparkSession spark, String name) {
    Path path = new Path(name);
    try {
      FileSystem files = path.getFileSystem(spark.sessionState().newHadoopConf());
      if (!files.exists(path)) {
        throw SottoException.of(SparkError.NO_FILES, name, "a folder expected, got none.");
      }
      if (files.exists(new Path(path, SUCCESS_PENDING))) {
        throw SottoException.of(
            SparkError.UNFINISHED, name, "'" + SUCCESS_PENDING + "' is in the folder.");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes a table as parquet, one file per block; files appear all at once, when the job is done.
   *
   * @param overwrite whether to replace what is there, such as what a job left that did not finish
   */
  public static void write(Dataset<Row> table, String path, boolean overwrite) {
    table
        .write()
        .mode(overwrite ? SaveMode.Overwrite : SaveMode.ErrorIfExists)
        .option("maxRecordsPerFile", 1)
        .option("compression", "uncompressed")
        .option("parquet.enable.dictionary", "false")
        .option("parquet.page.size.row.check.min", "1")
        .option("parquet.page.size.row.check.max", "100")
        .parquet(path);
  }
}
