package dev.sotto.cli;

import dev.sotto.spark.encrypted.BlockCounters;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a job on encrypted tables made.
 *
 * @param done such as {@code encrypted}
 * @param rejected rows set aside, or of blocks that were refused
 * @param rejectedTable where they are listed; null where they are in the output itself, or none
 * @param reasons why, the first of them
 * @param kept columns beside the rows, in the clear
 * @param seconds of the job
 * @param engineSeconds of all tasks within the engine; the rest is Spark's, reading and writing
 */
record TableResult(
    String output,
    String done,
    long rows,
    long blocks,
    long products,
    long clipped,
    long rejected,
    @Nullable String rejectedTable,
    List<String> reasons,
    List<String> kept,
    double seconds,
    double engineSeconds)
    implements Report {

  static TableResult of(
      String output,
      String done,
      BlockCounters counters,
      @Nullable String rejectedTable,
      List<String> reasons,
      List<String> kept,
      double seconds) {
    return new TableResult(
        output,
        done,
        counters.rows().value(),
        counters.blocks().value(),
        counters.products().value(),
        counters.clipped().value(),
        counters.rejected().value(),
        rejectedTable,
        reasons,
        kept,
        seconds,
        counters.engine().value() / 1e9);
  }

  @Override
  public void print(PrintWriter out) {
    reasons.forEach(out::println);
    out.printf(
        Locale.ROOT,
        "%s: %,d rows %s in %,d block%s, %.1f s, %,.0f rows/s; %,d set aside%s%n",
        output,
        rows,
        done,
        blocks,
        blocks == 1 ? "" : "s",
        seconds,
        rows / seconds,
        rejected,
        rejectedTable == null ? "" : " (" + rejectedTable + ")");
    if (products > 0) {
      out.printf(Locale.ROOT, "%,d products of encrypted numbers%n", products);
    }
    if (clipped > 0) {
      out.printf(Locale.ROOT, "%,d input values clipped%n", clipped);
    }
    if (!kept.isEmpty()) {
      out.println("in the clear beside them: " + String.join(", ", kept));
    }
  }

  @Override
  public Map<String, Object> json() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("output", output);
    document.put("rows", rows);
    document.put("blocks", blocks);
    document.put("products", products);
    document.put("clipped", clipped);
    document.put("rejected", rejected);
    document.put("rejected_table", rejectedTable);
    document.put("reasons", reasons);
    document.put("kept_columns", kept);
    document.put("seconds", seconds);
    document.put("engine_seconds", engineSeconds);
    document.put("rows_per_second", Math.round(rows / seconds));
    return document;
  }
}
