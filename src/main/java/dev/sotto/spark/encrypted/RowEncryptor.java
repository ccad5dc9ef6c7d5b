package dev.sotto.spark.encrypted;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.monotonically_increasing_id;
import static org.apache.spark.sql.functions.shiftright;

import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.client.ClientKeys;
import dev.sotto.spark.ClassicRows;
import dev.sotto.spark.FeatureReader;
import dev.sotto.spark.FeatureReaders;
import dev.sotto.spark.PackageBytes;
import dev.sotto.spark.RowFeatures;
import dev.sotto.spark.SparkError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Encrypts DataFrames, on the data owner's Spark: rows become blocks of as many rows as fit.
 *
 * <pre>
 *   rows ─► number ─► pack into full blocks ─► quantize, encode, encrypt ─► {@link EncryptedTable}
 *        └► rows with a null, a NaN or another width ─► keys, code, detail
 * </pre>
 *
 * <p>The secret key is no part of what Spark sends: tasks get the name of the owner's folder and
 * read it themselves. Each task encrypts with random numbers of its own, so a task that runs again
 * makes other bytes that decrypt to the same rows.
 */
public final class RowEncryptor {
  /** Where a rejected row's code stands, behind its keys. */
  public static final String CODE = "code";

  /** Where it is said what was wrong with a row. */
  public static final String DETAIL = "detail";

  private static final String NUMBER = "__sotto_row";
  private static final int PARTITION_SHIFT = 33;

  /** Rows are moved to fill blocks where that saves a tenth of them. */
  private static final double PARTLY_FILLED = 1.1;

  /** Tasks for every core, so that none waits long for the last. */
  private static final int TASKS_PER_CORE = 3;

  /** One row of a table is at most this large. */
  private static final long MOST_PAYLOAD = Integer.MAX_VALUE - (1L << 20);

  private final ClientPackage client;
  private final String keyFolder;
  private final EncryptionOptions options;

  private RowEncryptor(ClientPackage client, String keyFolder, EncryptionOptions options) {
    this.client = client;
    this.keyFolder = keyFolder;
    this.options = options;
  }

  /**
   * An encryptor.
   *
   * @param keyFolder the folder that {@code keygen} wrote; in a cluster every executor opens it
   */
  public static RowEncryptor of(ClientPackage client, String keyFolder, EncryptionOptions options) {
    return new RowEncryptor(client, keyFolder, options);
  }

  /**
   * The schema of the encrypted table.
   *
   * @throws SottoException with everything that does not fit
   */
  public StructType schema(StructType rows) {
    List<Problem> problems = new ArrayList<>();
    List<StructField> keys = keys(rows, problems);
    readers(rows, problems);
    if (!problems.isEmpty()) {
      throw new SottoException(problems);
    }
    return EncryptedTable.schema(keys);
  }

  private List<StructField> keys(StructType rows, List<Problem> problems) {
    List<StructField> keys = new ArrayList<>();
    if (!options.rowColumn().isEmpty()) {
      keys.add(DataTypes.createStructField(options.rowColumn(), DataTypes.LongType, false));
    }
    List<String> names = Arrays.asList(rows.fieldNames());
    for (String key : options.keys()) {
      if (!names.contains(key)) {
        problems.add(
            Problem.of(
                SparkError.MISSING_COLUMN, "column '" + key + "'", "the columns are " + names));
      } else if (key.equals(options.rowColumn())) {
        problems.add(
            Problem.of(SparkError.COLUMN_EXISTS, "column '" + key + "'", "is there already."));
      } else {
        keys.add(rows.apply(key));
      }
    }
    return keys;
  }

  private List<FeatureReader> readers(StructType rows, List<Problem> problems) {
    List<String> ignored = new ArrayList<>(options.ignored());
    ignored.addAll(options.keys());
    ignored.add(NUMBER);
    return new FeatureReaders(rows, problems)
        .readers(client.part().module().inputs(), options.inputs(), ignored);
  }

  /**
   * Encrypts rows. They are counted at once; everything else is computed by actions on the results.
   *
   * @throws SottoException with everything that does not fit, and for keys of another circuit,
   *     before any row is read
   */
  public Encrypted encrypt(Dataset<Row> rows) {
    StructType schema = schema(rows.schema());
    var classic = ClassicRows.of(rows);
    requireOneArray();
    PackageBytes bytes = PackageBytes.of(classic.session(), client);
    KeyFolder keys = new KeyFolder(keyFolder, HadoopSettings.of(classic.session()));
    try (ClientKeys own = keys.open(client)) {
      own.circuitHash(); // refused here, on the driver, where they are another circuit's
    }
    long[] offsets = offsets(rows);
    Column partition = shiftright(monotonically_increasing_id(), PARTITION_SHIFT).cast("int");
    Column index = monotonically_increasing_id().bitwiseAND(lit((1L << PARTITION_SHIFT) - 1));
    Dataset<Row> numbered =
        rows.withColumn(NUMBER, coalesce(get(lit(offsets), partition), lit(0L)).plus(index));
    int perBlock = rowsPerBlock();
    boolean packed = isWorthPacking(offsets, perBlock);
    BlockCounters counters = BlockCounters.register(classic.session().sparkContext(), "encrypted");
    List<StructField> keyFields = keys(rows.schema(), new ArrayList<>());
    EncryptPartition encrypt =
        new EncryptPartition(
            bytes,
            keys,
            readers(numbered.schema(), new ArrayList<>()),
            numbered.schema().fieldIndex(NUMBER),
            keyCells(numbered.schema(), keyFields),
            perBlock,
            packed,
            counters);
    StructType rejected = new StructType(keyFields.toArray(StructField[]::new));
    rejected = rejected.add(CODE, DataTypes.StringType).add(DETAIL, DataTypes.StringType);
    return new Encrypted(
        ClassicRows.of(packed ? packed(numbered, offsets, perBlock) : numbered)
            .mapPartitions(encrypt, schema),
        ClassicRows.of(numbered).mapPartitions(encrypt.rejecting(), rejected),
        counters,
        offsets[offsets.length - 1]);
  }

  /** Rows of a block at most. */
  public int rowsPerBlock() {
    int fit = client.rowsPerBlock();
    return options.rowsPerBlock() == 0 ? fit : Math.min(fit, options.rowsPerBlock());
  }

  private void requireOneArray() {
    long bytes = client.blockBytes();
    if (bytes > MOST_PAYLOAD) {
      throw SottoException.of(
          SparkError.BLOCK_SIZE,
          "encrypted block",
          "at most " + MOST_PAYLOAD + " bytes expected, " + bytes + " are needed.");
    }
  }

  /** The row's number under the name that it is to have. */
  private KeyCells keyCells(StructType numbered, List<StructField> keys) {
    List<StructField> read = new ArrayList<>(keys);
    if (!options.rowColumn().isEmpty()) {
      read.set(0, numbered.apply(NUMBER));
    }
    return KeyCells.of(numbered, read);
  }

  /** How many rows there are before each partition, and behind the last. */
  private static long[] offsets(Dataset<Row> rows) {
    List<Long> counts =
        ClassicRows.of(rows.select(lit(1)))
            .partitions()
            .mapPartitions(
                (FlatMapFunction<Iterator<InternalRow>, Long>)
                    partition -> {
                      long count = 0;
                      for (; partition.hasNext(); count++) {
                        partition.next();
                      }
                      return List.of(count).iterator();
                    },
                true)
            .collect();
    long[] offsets = new long[counts.size() + 1];
    for (int i = 0; i < counts.size(); i++) {
      offsets[i + 1] = offsets[i] + counts.get(i);
    }
    return offsets;
  }

  private static boolean isWorthPacking(long[] offsets, int perBlock) {
    long blocks = 0;
    for (int i = 0; i + 1 < offsets.length; i++) {
      blocks += ceil(offsets[i + 1] - offsets[i], perBlock);
    }
    long fewest = ceil(offsets[offsets.length - 1], perBlock);
    return blocks > fewest && blocks > PARTLY_FILLED * fewest;
  }

  private static long ceil(long rows, int perBlock) {
    return (rows + perBlock - 1) / perBlock;
  }

  private static Dataset<Row> packed(Dataset<Row> numbered, long[] offsets, int perBlock) {
    long blocks = ceil(offsets[offsets.length - 1], perBlock);
    int cores = numbered.sparkSession().sparkContext().defaultParallelism();
    int partitions = (int) Math.max(1, Math.min(blocks, (long) TASKS_PER_CORE * cores));
    Column block = floor(col(NUMBER).divide(lit(perBlock)));
    return numbered.repartition(partitions, block).sortWithinPartitions(NUMBER);
  }

  /**
   * Encrypted rows.
   *
   * @param blocks an {@link EncryptedTable}
   * @param rejected the keys of rows that cannot be encrypted, and {@value #CODE} and {@value
   *     #DETAIL}
   * @param counters filled while actions on {@code blocks} run
   * @param total rows, encrypted or not
   */
  public record Encrypted(
      Dataset<Row> blocks, Dataset<Row> rejected, BlockCounters counters, long total) {}

  /** What is sent to every task: nothing that is secret. */
  private record EncryptPartition(
      PackageBytes client,
      KeyFolder keys,
      List<FeatureReader> readers,
      int number,
      KeyCells cells,
      int perBlock,
      boolean packed,
      BlockCounters counters)
      implements FlatMapFunction<Iterator<InternalRow>, InternalRow> {
    private static final long serialVersionUID = 1L;

    @Override
    public Iterator<InternalRow> call(Iterator<InternalRow> rows) {
      if (!rows.hasNext()) {
        return rows;
      }
      boolean missing = client.client().part().module().readsMissing();
      return new EncryptedRows(
          rows,
          keys.forTask(client.client()),
          new RowFeatures(readers, perBlock, missing),
          cells,
          number,
          packed,
          perBlock,
          (long) TaskContext.getPartitionId() << Integer.SIZE,
          counters);
    }

    FlatMapFunction<Iterator<InternalRow>, InternalRow> rejecting() {
      PackageBytes model = client;
      List<FeatureReader> features = readers;
      KeyCells kept = cells;
      return rows ->
          new RejectedRows(
              rows,
              new RowFeatures(features, 1, model.client().part().module().readsMissing()),
              kept);
    }
  }
}
