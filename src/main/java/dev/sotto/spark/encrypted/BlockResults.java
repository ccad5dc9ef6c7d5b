package dev.sotto.spark.encrypted;

import dev.sotto.problem.SottoException;
import dev.sotto.runtime.EncryptedBlock;
import dev.sotto.runtime.server.FheServer;
import dev.sotto.spark.RowMode;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/** The blocks of one partition with their results: scores one, gives it, takes the next. */
final class BlockResults implements Iterator<InternalRow> {
  private static final int COLUMNS = 4;

  private final Iterator<InternalRow> rows;
  private final Function<EncryptedBlock, FheServer> servers;
  private final BlockColumns columns;
  private final RowMode mode;
  private final long products;
  private final BlockCounters counters;
  private @Nullable InternalRow result;

  /**
   * Scores a partition.
   *
   * @param servers the server for a block's circuit and key owner
   * @param products that one block takes
   */
  BlockResults(
      Iterator<InternalRow> rows,
      Function<EncryptedBlock, FheServer> servers,
      BlockColumns columns,
      RowMode mode,
      long products,
      BlockCounters counters) {
    this.rows = rows;
    this.servers = servers;
    this.columns = columns;
    this.mode = mode;
    this.products = products;
    this.counters = counters;
  }

  @Override
  public boolean hasNext() {
    while (result == null && rows.hasNext()) {
      result = scored(rows.next());
    }
    return result != null;
  }

  @Override
  public InternalRow next() {
    InternalRow ready = hasNext() ? result : null;
    if (ready == null) {
      throw new NoSuchElementException();
    }
    result = null;
    return ready;
  }

  /** The result of a block; null where it is left out. */
  private @Nullable InternalRow scored(InternalRow row) {
    String earlier = columns.error(row);
    if (earlier != null && mode != RowMode.FAILFAST) {
      return refused(row, earlier);
    }
    try {
      EncryptedBlock block = columns.read(row);
      FheServer server = servers.apply(block);
      long start = System.nanoTime();
      EncryptedBlock scores = server.score(block);
      counters.engine().add(System.nanoTime() - start);
      counters.rows().add(block.rows());
      counters.blocks().add(1);
      counters.products().add(products);
      return result(row, new GenericArrayData(scores.payload().toArray()), null);
    } catch (SottoException e) {
      if (mode == RowMode.FAILFAST) {
        throw e;
      }
      return refused(row, BlockColumns.text(e));
    }
  }

  private @Nullable InternalRow refused(InternalRow row, String error) {
    counters.rejected().add(columns.count(row));
    counters.refused().add(columns.number(row));
    return mode == RowMode.PERMISSIVE ? result(row, null, error) : null;
  }

  private InternalRow result(
      InternalRow row, @Nullable GenericArrayData payload, @Nullable String error) {
    boolean withError = mode == RowMode.PERMISSIVE;
    GenericInternalRow out = new GenericInternalRow(COLUMNS + (withError ? 1 : 0));
    out.update(0, columns.number(row));
    out.update(1, columns.count(row));
    out.update(2, columns.keys(row).copy());
    out.update(3, payload);
    if (withError) {
      out.update(COLUMNS, error == null ? null : UTF8String.fromString(error));
    }
    return out;
  }
}
