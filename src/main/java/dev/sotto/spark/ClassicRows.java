package dev.sotto.spark;

import dev.sotto.problem.SottoException;
import java.util.Iterator;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructType;

/** A DataFrame whose rows are read as Spark holds them, without conversion. */
public record ClassicRows(org.apache.spark.sql.classic.Dataset<?> rows) {

  /**
   * The rows of a DataFrame.
   *
   * @throws SottoException where it belongs to a session that runs elsewhere
   */
  public static ClassicRows of(Dataset<?> rows) {
    if (!(rows instanceof org.apache.spark.sql.classic.Dataset<?> classic)) {
      throw SottoException.of(SparkError.SESSION, "", "got a " + rows.getClass().getName() + ".");
    }
    return new ClassicRows(classic);
  }

  /** The session that they belong to. */
  public org.apache.spark.sql.classic.SparkSession session() {
    return (org.apache.spark.sql.classic.SparkSession) rows.sparkSession();
  }

  /** The rows, in partitions, planned but not yet computed. */
  public JavaRDD<InternalRow> partitions() {
    return rows.queryExecution().toRdd().toJavaRDD();
  }

  /** A DataFrame of what a function makes of each partition. */
  public Dataset<Row> mapPartitions(
      FlatMapFunction<Iterator<InternalRow>, InternalRow> function, StructType schema) {
    return of(partitions(), function, schema);
  }

  /** The same over some of the partitions' own making. */
  public Dataset<Row> of(
      JavaRDD<InternalRow> partitions,
      FlatMapFunction<Iterator<InternalRow>, InternalRow> function,
      StructType schema) {
    RDD<InternalRow> mapped = partitions.mapPartitions(function, true).rdd();
    return session().internalCreateDataFrame(mapped, schema, false);
  }
}
