package dev.sotto.spark.encrypted;

import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.runtime.EncryptedBlock;
import dev.sotto.runtime.RuntimeError;
import java.io.Serializable;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Where the columns of an encrypted table stand.
 *
 * @param error −1 where there is none
 */
record BlockColumns(int block, int rows, int keys, int payload, int error) implements Serializable {

  static BlockColumns of(StructType table) {
    boolean errors = Arrays.asList(table.fieldNames()).contains(EncryptedTable.ERROR);
    return new BlockColumns(
        table.fieldIndex(EncryptedTable.BLOCK),
        table.fieldIndex(EncryptedTable.ROWS),
        table.fieldIndex(EncryptedTable.KEYS),
        table.fieldIndex(EncryptedTable.PAYLOAD),
        errors ? table.fieldIndex(EncryptedTable.ERROR) : -1);
  }

  long number(InternalRow row) {
    return row.getLong(block);
  }

  int count(InternalRow row) {
    return row.getInt(rows);
  }

  ArrayData keys(InternalRow row) {
    return row.getArray(keys);
  }

  /** Why an earlier job left a block without payload. */
  @Nullable String error(InternalRow row) {
    return error < 0 || row.isNullAt(error) ? null : row.getUTF8String(error).toString();
  }

  /**
   * The block of a row; its ciphertexts are copied out of the row one by one, when they are read.
   *
   * @throws SottoException where the row contradicts the block
   */
  EncryptedBlock read(InternalRow row) {
    String where = "block " + number(row);
    if (row.isNullAt(payload)) {
      throw RuntimeError.refused(RuntimeError.DAMAGED, where, "a payload expected, got null.");
    }
    EncryptedBlock block = EncryptedBlock.of(pieces(row.getArray(payload), where));
    if (block.number() != number(row)
        || block.rows() != count(row)
        || keys(row).numElements() != count(row)) {
      throw RuntimeError.refused(
          RuntimeError.DAMAGED,
          where,
          count(row)
              + " rows expected, got "
              + block
              + " and keys of "
              + keys(row).numElements()
              + " rows.");
    }
    return block;
  }

  /** The pieces of a payload, each copied out of the row when it is read. */
  static List<byte[]> pieces(ArrayData payload, String where) {
    return new AbstractList<>() {
      @Override
      public byte[] get(int index) {
        if (payload.isNullAt(index)) {
          throw RuntimeError.refused(
              RuntimeError.DAMAGED, where, "piece " + index + " expected, got null.");
        }
        return payload.getBinary(index);
      }

      @Override
      public int size() {
        return payload.numElements();
      }
    };
  }

  /** What a column of errors says of a refused block: the code first. */
  static String text(SottoException refusal) {
    Problem problem = refusal.problems().get(0);
    String place = problem.where().isEmpty() ? "" : problem.where() + ": ";
    return problem.code().code() + " " + place + problem.detail();
  }
}
