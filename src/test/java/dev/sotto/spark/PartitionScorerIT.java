package dev.sotto.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.quantization.QuantizedModule;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Scoring on a cluster of two executor JVMs, which get the model by broadcast only. */
final class PartitionScorerIT {
  private static final int ROWS = 5000;

  private static SparkSession cluster;

  @BeforeAll
  static void start() {
    cluster =
        SparkSession.builder()
            .appName("sotto-cluster-test")
            .master("local-cluster[2,1,1024]")
            .config("spark.executor.memory", "900m")
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    cluster.stop();
  }

  @Test
  void two_executors_give_what_the_driver_gives() {
    QuantizedModule module = QuantizedTestModels.quantized();
    PartitionScorer.Scored scored =
        PartitionScorer.of(module, ScoringOptions.standard())
            .score(QuantizedTestModels.table(cluster, ROWS, 9).repartition(7));
    List<Row> rows = new ArrayList<>(scored.rows().collectAsList());
    rows.sort(Comparator.comparingLong(row -> row.getLong(0)));
    Tensor features =
        Tensor.of(
            Shape.of(ROWS, QuantizedTestModels.FEATURES), QuantizedTestModels.features(ROWS, 9));
    Tensor[] outputs = module.forward(features);
    double[] expected = OutputLayout.of(outputs, ROWS).numbers(outputs, ROWS);
    assertEquals(ROWS, rows.size());
    for (int row = 0; row < ROWS; row++) {
      assertEquals(expected[row], rows.get(row).<Double>getAs("prediction"), "row " + row);
    }
    assertEquals(ROWS, scored.counters().rows().value());
    assertTrue(cluster.sparkContext().statusTracker().getExecutorInfos().length >= 3);
  }
}
