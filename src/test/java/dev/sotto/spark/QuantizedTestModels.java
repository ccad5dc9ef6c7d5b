package dev.sotto.spark;

import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.quantization.BitWidths;
import dev.sotto.quantization.Calibrator;
import dev.sotto.quantization.QuantizationOptions;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A small quantized classifier and rows for it. */
public final class QuantizedTestModels {
  /** Features of a row. */
  public static final int FEATURES = 5;

  private QuantizedTestModels() {}

  /** The float model: a layer with ReLU, 5 features to 7 scores. */
  public static OnnxModel classifier() {
    return SparkTestModels.layer(FEATURES).model();
  }

  /** The classifier, quantized. */
  public static QuantizedModule quantized() {
    NumpyModule module = SparkTestModels.layer(FEATURES);
    Tensor rows = Tensor.of(Shape.of(200, FEATURES), features(200, 1));
    return QuantizedModule.quantize(
        module.model(),
        Calibrator.calibrate(module, rows),
        QuantizationOptions.of(BitWidths.of(6)));
  }

  /** The sum of two inputs {@code a} and {@code b}, quantized. */
  public static QuantizedModule sum() {
    NumpyModule module = SparkTestModels.sum(FEATURES);
    Tensor a = Tensor.of(Shape.of(200, FEATURES), features(200, 1));
    Tensor b = Tensor.of(Shape.of(200, FEATURES), features(200, 2));
    return QuantizedModule.quantize(
        module.model(),
        Calibrator.calibrate(module, a, b),
        QuantizationOptions.of(BitWidths.of(6)));
  }

  /** Seeded features between −1 and 1, row after row. */
  public static float[] features(int rows, long seed) {
    Random random = new Random(seed);
    float[] features = new float[rows * FEATURES];
    for (int i = 0; i < features.length; i++) {
      features[i] = random.nextFloat() * 2 - 1;
    }
    return features;
  }

  /** Rows {@code id: long, features: array<float>} of {@link #features}. */
  public static Dataset<Row> table(SparkSession spark, int rows, long seed) {
    float[] features = features(rows, seed);
    StructType schema =
        new StructType()
            .add("id", DataTypes.LongType, false)
            .add("features", DataTypes.createArrayType(DataTypes.FloatType, true), true);
    java.util.List<Row> table = new java.util.ArrayList<>();
    for (int row = 0; row < rows; row++) {
      java.util.List<Float> cells = new java.util.ArrayList<>();
      for (int i = 0; i < FEATURES; i++) {
        cells.add(features[row * FEATURES + i]);
      }
      table.add(RowFactory.create((long) row, cells.toArray(new Float[0])));
    }
    return spark.createDataFrame(table, schema);
  }
}
