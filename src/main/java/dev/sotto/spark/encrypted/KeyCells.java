package dev.sotto.spark.encrypted;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** Some columns of rows, with their values as they are. */
@SuppressWarnings("ArrayRecordComponent")
record KeyCells(int[] ordinals, DataType[] types) implements Serializable {

  static KeyCells of(StructType schema, List<StructField> columns) {
    return new KeyCells(
        columns.stream().mapToInt(c -> schema.fieldIndex(c.name())).toArray(),
        columns.stream().map(StructField::dataType).toArray(DataType[]::new));
  }

  int count() {
    return ordinals.length;
  }

  /** A copy of a row's cells, which stays when the row is gone. */
  InternalRow copyOf(InternalRow row) {
    @Nullable Object[] cells = new Object[ordinals.length];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = row.isNullAt(ordinals[i]) ? null : InternalRow.copyValue(cell(row, i));
    }
    return new GenericInternalRow(cells);
  }

  /** Puts a row's cells, shared, into the first places of another. */
  void into(InternalRow row, GenericInternalRow target) {
    for (int i = 0; i < ordinals.length; i++) {
      target.update(i, row.isNullAt(ordinals[i]) ? null : cell(row, i));
    }
  }

  private Object cell(InternalRow row, int i) {
    return row.get(ordinals[i], types[i]);
  }
}
