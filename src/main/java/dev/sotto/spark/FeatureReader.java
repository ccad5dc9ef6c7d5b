package dev.sotto.spark;

import java.io.Serializable;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.unsafe.Platform;
import org.jspecify.annotations.Nullable;

/**
 * Copies the features of one row of a DataFrame into a batch, without boxing.
 *
 * <p>Reads Spark's internal rows: a feature array of an {@code UnsafeRow} is one copy of memory.
 */
public abstract class FeatureReader implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Numbers of a row. */
  final int width;

  private FeatureReader(int width) {
    this.width = width;
  }

  /**
   * Copies a row; NaN and infinities are copied too and found later, for the whole batch at once.
   *
   * @param at where in {@code into} the row begins
   * @param missing whether a null is NaN instead of a flaw, in columns of numbers and in arrays
   * @return null when all is well, otherwise what is wrong with the row
   */
  abstract @Nullable RowFlaw read(InternalRow row, float[] into, int at, boolean missing);

  /** One column of arrays. */
  static FeatureReader ofArray(int ordinal, String column, DataType element, int width) {
    return new Arrays(ordinal, column, element, width);
  }

  /** One column of ML Vectors, dense or sparse. */
  static FeatureReader ofVector(int ordinal, String column, int width) {
    return new Vectors(ordinal, column, width);
  }

  /** One numeric column for each number. */
  static FeatureReader ofColumns(int[] ordinals, String[] columns, DataType[] types) {
    return new Columns(ordinals, columns, types);
  }

  /** Whether columns, or elements of arrays, of a type are numbers. */
  static boolean isNumeric(DataType type) {
    return type instanceof DecimalType
        || type.equals(DataTypes.FloatType)
        || type.equals(DataTypes.DoubleType)
        || type.equals(DataTypes.IntegerType)
        || type.equals(DataTypes.LongType)
        || type.equals(DataTypes.ShortType)
        || type.equals(DataTypes.ByteType)
        || type.equals(DataTypes.BooleanType);
  }

  private static RowFlaw isNull(String column) {
    return RowFlaw.notANumber("column '" + column + "' is null");
  }

  private static @Nullable RowFlaw wrongWidth(String column, int expected, int got) {
    return got == expected
        ? null
        : RowFlaw.width("column '" + column + "' should hold " + expected + " numbers, got " + got);
  }

  private static final class Arrays extends FeatureReader {
    private static final long serialVersionUID = 1L;
    private final int ordinal;
    private final String column;
    private final DataType element;

    Arrays(int ordinal, String column, DataType element, int width) {
      super(width);
      this.ordinal = ordinal;
      this.column = column;
      this.element = element;
    }

    @Override
    @Nullable RowFlaw read(InternalRow row, float[] into, int at, boolean missing) {
      if (row.isNullAt(ordinal)) {
        return isNull(column);
      }
      ArrayData array = row.getArray(ordinal);
      RowFlaw wrong = wrongWidth(column, width, array.numElements());
      boolean nulls = wrong == null && hasNull(array);
      if (nulls && !missing) {
        wrong = RowFlaw.notANumber("column '" + column + "' has a null element");
      }
      if (wrong == null) {
        copy(array, into, at);
      }
      for (int i = 0; nulls && missing && i < width; i++) {
        into[at + i] = array.isNullAt(i) ? Float.NaN : into[at + i];
      }
      return wrong;
    }

    private static boolean hasNull(ArrayData array) {
      int size = array.numElements();
      if (array instanceof UnsafeArrayData unsafe) { // a bit per element, behind the length
        for (int word = 0; word < (size + 63) / 64; word++) {
          if (Platform.getLong(unsafe.getBaseObject(), unsafe.getBaseOffset() + 8 + 8L * word)
              != 0) {
            return true;
          }
        }
        return false;
      }
      for (int i = 0; i < size; i++) {
        if (array.isNullAt(i)) {
          return true;
        }
      }
      return false;
    }

    private void copy(ArrayData array, float[] into, int at) {
      if (array instanceof UnsafeArrayData unsafe && element.equals(DataTypes.FloatType)) {
        long from =
            unsafe.getBaseOffset() + UnsafeArrayData.calculateHeaderPortionInBytes((long) width);
        Platform.copyMemory(
            unsafe.getBaseObject(), from, into, Platform.FLOAT_ARRAY_OFFSET + 4L * at, 4L * width);
      } else if (element.equals(DataTypes.FloatType)) {
        for (int i = 0; i < width; i++) {
          into[at + i] = array.getFloat(i);
        }
      } else if (element.equals(DataTypes.DoubleType)) {
        for (int i = 0; i < width; i++) {
          into[at + i] = (float) array.getDouble(i);
        }
      } else {
        for (int i = 0; i < width; i++) {
          into[at + i] = number(array, i, element);
        }
      }
    }
  }

  private static final class Vectors extends FeatureReader {
    private static final long serialVersionUID = 1L;
    private static final int FIELDS = 4;
    private static final byte SPARSE = 0;
    private final int ordinal;
    private final String column;

    Vectors(int ordinal, String column, int width) {
      super(width);
      this.ordinal = ordinal;
      this.column = column;
    }

    /** The struct is (type, size of a sparse one, its indices, values). */
    @Override
    @Nullable RowFlaw read(InternalRow row, float[] into, int at, boolean missing) {
      if (row.isNullAt(ordinal)) {
        return isNull(column);
      }
      InternalRow vector = row.getStruct(ordinal, FIELDS);
      ArrayData values = vector.getArray(3);
      boolean sparse = vector.getByte(0) == SPARSE;
      RowFlaw wrong = wrongWidth(column, width, sparse ? vector.getInt(1) : values.numElements());
      if (wrong != null) {
        return wrong;
      }
      if (sparse) {
        java.util.Arrays.fill(into, at, at + width, 0);
        ArrayData indices = vector.getArray(2);
        for (int i = 0; i < indices.numElements(); i++) {
          into[at + indices.getInt(i)] = (float) values.getDouble(i);
        }
      } else {
        for (int i = 0; i < width; i++) {
          into[at + i] = (float) values.getDouble(i);
        }
      }
      return null;
    }
  }

  private static final class Columns extends FeatureReader {
    private static final long serialVersionUID = 1L;
    private final int[] ordinals;
    private final String[] columns;
    private final DataType[] types;

    Columns(int[] ordinals, String[] columns, DataType[] types) {
      super(ordinals.length);
      this.ordinals = ordinals.clone();
      this.columns = columns.clone();
      this.types = types.clone();
    }

    @Override
    @Nullable RowFlaw read(InternalRow row, float[] into, int at, boolean missing) {
      for (int i = 0; i < width; i++) {
        boolean isNull = row.isNullAt(ordinals[i]);
        if (isNull && !missing) {
          return isNull(columns[i]);
        }
        into[at + i] = isNull ? Float.NaN : number(row, ordinals[i], types[i]);
      }
      return null;
    }
  }

  private static float number(
      org.apache.spark.sql.catalyst.expressions.SpecializedGetters from, int at, DataType type) {
    if (type.equals(DataTypes.DoubleType)) {
      return (float) from.getDouble(at);
    } else if (type.equals(DataTypes.FloatType)) {
      return from.getFloat(at);
    } else if (type.equals(DataTypes.IntegerType)) {
      return from.getInt(at);
    } else if (type.equals(DataTypes.LongType)) {
      return from.getLong(at);
    } else if (type.equals(DataTypes.ShortType)) {
      return from.getShort(at);
    } else if (type.equals(DataTypes.ByteType)) {
      return from.getByte(at);
    } else if (type.equals(DataTypes.BooleanType)) {
      return from.getBoolean(at) ? 1 : 0;
    } else {
      DecimalType decimal = (DecimalType) type;
      return (float) from.getDecimal(at, decimal.precision(), decimal.scale()).toDouble();
    }
  }
}
