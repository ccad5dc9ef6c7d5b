package dev.sotto.cli;

import dev.sotto.problem.Problem;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.runtime.server.FheServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Scores a folder of encrypted blocks into another one, in this process.
 *
 * @param evaluationKeys the file of the data owner's, null where there is none
 * @param threads that share the work on each block
 */
record EncryptedScoring(ServerPackage compiled, @Nullable Path evaluationKeys, int threads) {

  /** Scores all blocks; those that are refused do not stop the others. */
  Result run(Path input, Path output, PrintWriter err) throws IOException {
    byte[] keys = evaluationKeys == null ? null : Files.readAllBytes(evaluationKeys);
    FheServer scorer = FheServer.open(compiled, keys, threads, 1);
    BlockFolder from = BlockFolder.open(input);
    try (BlockFolder into = BlockFolder.create(output)) {
      return run(scorer, from, into, err);
    }
  }

  private static Result run(FheServer scorer, BlockFolder from, BlockFolder into, PrintWriter err)
      throws IOException {
    BlockFolder.Index index = from.index();
    BlockFailures failures = new BlockFailures();
    AtomicLong done = new AtomicLong();
    long start = System.nanoTime();
    CpuTime time = CpuTime.start();
    try (Progress progress = Progress.start(err, "scoring", done::get, index.count())) {
      for (Map.Entry<Long, List<KeptRow>> block : index.blocks().entrySet()) {
        boolean scored =
            failures.attempt(
                block.getKey(), () -> into.write(scorer.score(from.read(block.getKey()))));
        done.addAndGet(scored ? block.getValue().size() : 0);
      }
    }
    double core = time.seconds();
    failures.requireAny();
    from.copyListsTo(into);
    return new Result(
        into.path(),
        done.get(),
        index.blocks().size() - failures.count(),
        index.count() - done.get(),
        failures.problems(),
        into.bytes(),
        core,
        (System.nanoTime() - start) / 1e9);
  }

  /** What was scored. */
  record Result(
      Path output,
      long rows,
      int blocks,
      long refused,
      List<Problem> problems,
      long bytes,
      double coreSeconds,
      double seconds)
      implements Report {
    @Override
    public void print(PrintWriter out) {
      problems.forEach(problem -> out.println(problem.message()));
      out.printf(
          Locale.ROOT,
          "%s: %,d encrypted rows in %d block%s, %.2f s (%.2f core-seconds), %,.0f rows/s,"
              + " %,d bytes; %,d rows of refused blocks%n",
          output,
          rows,
          blocks,
          blocks == 1 ? "" : "s",
          seconds,
          coreSeconds,
          rows / seconds,
          bytes,
          refused);
    }

    @Override
    public Map<String, Object> json() {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("output", output.toString());
      document.put("rows", rows);
      document.put("blocks", blocks);
      document.put("refused_rows", refused);
      document.put("problems", JsonOutput.of(problems));
      document.put("bytes", bytes);
      document.put("core_seconds", coreSeconds);
      document.put("seconds", seconds);
      document.put("rows_per_second", Math.round(rows / seconds));
      return document;
    }
  }
}
