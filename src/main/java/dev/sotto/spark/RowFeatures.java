package dev.sotto.spark;

import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.jspecify.annotations.Nullable;

/** The features of some rows, one array of floats per model input, filled row by row. */
public final class RowFeatures {
  private final List<FeatureReader> readers;
  private final boolean missing;
  private final float[][] values;

  /**
   * Room for rows.
   *
   * @param missing whether NaN, infinity and null, which is NaN, are values that the model reads
   */
  public RowFeatures(List<FeatureReader> readers, int capacity, boolean missing) {
    this.readers = readers;
    this.missing = missing;
    this.values = new float[readers.size()][];
    for (int i = 0; i < values.length; i++) {
      values[i] = new float[Math.multiplyExact(capacity, readers.get(i).width)];
    }
  }

  /**
   * Reads a row into a place.
   *
   * @return null when all is well, otherwise what is wrong with the row
   */
  public @Nullable RowFlaw read(InternalRow row, int at) {
    for (int i = 0; i < values.length; i++) {
      FeatureReader reader = readers.get(i);
      int from = at * reader.width;
      RowFlaw flaw = reader.read(row, values[i], from, missing);
      if (flaw == null && !missing && !isFinite(values[i], from, reader.width)) {
        flaw = nonFinite(values[i], from, reader.width);
      }
      if (flaw != null) {
        return flaw;
      }
    }
    return null;
  }

  /** The first rows, one tensor {@code rows × width} per input; may share the arrays. */
  public Tensor[] tensors(int rows) {
    Tensor[] inputs = new Tensor[values.length];
    for (int i = 0; i < inputs.length; i++) {
      int width = readers.get(i).width;
      float[] all = values[i];
      if (all.length != rows * width) {
        all = Arrays.copyOf(all, rows * width);
      }
      inputs[i] = Tensor.of(Shape.of(rows, width), all);
    }
    return inputs;
  }

  /** Four sums of x·0, which are 0 unless an x is NaN or infinite. */
  private static boolean isFinite(float[] values, int from, int length) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int i = from;
    for (; i <= from + length - 4; i += 4) {
      a += values[i] * 0f;
      b += values[i + 1] * 0f;
      c += values[i + 2] * 0f;
      d += values[i + 3] * 0f;
    }
    for (; i < from + length; i++) {
      a += values[i] * 0f;
    }
    return a + b + c + d == 0;
  }

  private static RowFlaw nonFinite(float[] values, int from, int length) {
    int i = 0;
    while (i < length - 1 && Float.isFinite(values[from + i])) {
      i++;
    }
    return RowFlaw.notANumber("feature " + i + " is " + values[from + i]);
  }
}
