package dev.sotto.spark.encrypted;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;

/**
 * What a Spark application has to compute with.
 *
 * @param local whether driver and executor are one JVM
 * @param cores of all executors
 * @param coresPerExecutor how many of them one executor has
 * @param coresPerTask {@code spark.task.cpus}
 * @param heap bytes of one executor's heap
 */
record ClusterShape(boolean local, int cores, int coresPerExecutor, int coresPerTask, long heap) {
  private static final Pattern LOCAL_CLUSTER =
      Pattern.compile("local-cluster\\[ *\\d+ *, *(\\d+) *, *\\d+ *]");

  static ClusterShape of(SparkContext context) {
    SparkConf conf = context.getConf();
    int cores = Math.max(1, context.defaultParallelism());
    int perTask = Math.max(1, conf.getInt("spark.task.cpus", 1));
    if (context.isLocal()) {
      return new ClusterShape(true, cores, cores, perTask, Runtime.getRuntime().maxMemory());
    }
    int executors = Math.max(1, context.statusTracker().getExecutorInfos().length - 1);
    long heap = conf.getSizeAsBytes("spark.executor.memory", "1g");
    return new ClusterShape(
        false, cores, coresPerExecutor(conf, context.master(), cores, executors), perTask, heap);
  }

  private static int coresPerExecutor(SparkConf conf, String master, int cores, int executors) {
    Matcher localCluster = LOCAL_CLUSTER.matcher(master);
    int given = conf.getInt("spark.executor.cores", 0);
    if (given > 0) {
      return given;
    }
    if (localCluster.matches()) {
      return Integer.parseInt(localCluster.group(1));
    }
    boolean standalone = master.startsWith("spark://"); // others give an executor one core
    return standalone ? Math.max(1, (cores + executors - 1) / executors) : 1;
  }

  /** How many tasks an executor runs at once. */
  int tasksPerExecutor() {
    return Math.max(1, coresPerExecutor / coresPerTask);
  }

  /**
   * How many threads share the work on one block: those that Spark gives a task, and more where
   * blocks are too few for all cores.
   */
  int threadsPerBlock(long blocks) {
    long idle = blocks == 0 ? 1 : cores / blocks;
    return (int) Math.max(coresPerTask, Math.min(coresPerExecutor, idle));
  }
}
