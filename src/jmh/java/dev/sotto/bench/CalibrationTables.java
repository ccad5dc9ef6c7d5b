package dev.sotto.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The tables of the calibration benchmark, written as parquet into a temporary folder. */
final class CalibrationTables {
  private static final int IDX_IMAGES = 0x803;
  private static final int HEADER_BYTES = 16;

  private CalibrationTables() {}

  /** The folder of Debian's {@code dataset-fashion-mnist} under the data folders of this system. */
  static Path fashionMnist() {
    String folders = System.getenv().getOrDefault("XDG_DATA_DIRS", "/usr/local/share:/usr/share");
    for (String folder : folders.split(":")) {
      Path file = Path.of(folder, "datasets", "fashion-mnist", "train-images-idx3-ubyte.gz");
      if (Files.isReadable(file)) {
        return file;
      }
    }
    throw new IllegalStateException(
        "Fashion-MNIST is not installed: apt-get install dataset-fashion-mnist");
  }

  /** Images as one {@code array<float>} column of 784 pixels between 0 and 1. */
  static Dataset<Row> fashionMnist(SparkSession spark, Path folder, int rows) throws IOException {
    byte[] pixels;
    int width;
    try (DataInputStream in =
        new DataInputStream(new GZIPInputStream(Files.newInputStream(fashionMnist())))) {
      int magic = in.readInt();
      int images = in.readInt();
      width = in.readInt() * in.readInt();
      if (magic != IDX_IMAGES || images < rows) {
        throw new IOException("not " + rows + " images, " + HEADER_BYTES + " bytes of header");
      }
      pixels = in.readNBytes(rows * width);
    }
    Broadcast<byte[]> bytes =
        JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(pixels);
    int size = width;
    Dataset<Row> table =
        spark.createDataFrame(
            spark
                .range(0, rows, 1, 8)
                .javaRDD()
                .mapPartitions(positions -> images(positions, bytes, size)),
            new StructType()
                .add("pixels", DataTypes.createArrayType(DataTypes.FloatType, false), false));
    return stored(table, folder.resolve("fashion-mnist"));
  }

  private static Iterator<Row> images(
      Iterator<Long> positions, Broadcast<byte[]> bytes, int width) {
    byte[] pixels = bytes.value();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return positions.hasNext();
      }

      @Override
      public Row next() {
        int from = Math.toIntExact(positions.next() * width);
        float[] image = new float[width];
        for (int i = 0; i < width; i++) {
          image[i] = (pixels[from + i] & 0xff) / 255f;
        }
        return RowFactory.create((Object) image);
      }
    };
  }

  /** Normally distributed features in plain float columns. */
  static Dataset<Row> gaussian(SparkSession spark, Path folder, long rows, int features)
      throws IOException {
    Column[] columns =
        IntStream.range(0, features)
            .mapToObj(i -> functions.randn(i).cast(DataTypes.FloatType).alias("f" + i))
            .toArray(Column[]::new);
    int partitions = (int) Math.max(4, rows / 1_000_000);
    Dataset<Row> table = spark.range(0, rows, 1, partitions).select(columns);
    return stored(table, folder.resolve("gaussian"));
  }

  private static Dataset<Row> stored(Dataset<Row> table, Path folder) {
    table.write().parquet(folder.toString());
    return table.sparkSession().read().parquet(folder.toString());
  }
}
